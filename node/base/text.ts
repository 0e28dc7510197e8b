// The one sanitiser. Text from the network is checked with `textFault` where it enters and, because terminals,
// logs and CSV have dangers of their own, cleaned with `printable` where it leaves.

/** No honest grapheme needs more code points than a family emoji or stacked Vietnamese marks. */
const codePointsPerGraphemeMax = 12;

/**
 * Why `text` may not stand in a record, or undefined when it may: well-formed Unicode in NFC, at most
 * `graphemesMax` user-perceived characters, no control, format (bidi, zero-width), private-use, line-separator or
 * invisible character, no white space at either end.
 */
export function textFault(text: string, graphemesMax: number): string | undefined {
  if (ascii.test(text)) {
    if (text !== text.trim()) return 'begins or ends with white space';
    return text.length > graphemesMax ? `is longer than ${graphemesMax} characters` : undefined;
  }
  if (!text.isWellFormed()) return 'holds half a surrogate pair';
  if (text.length > graphemesMax * codePointsPerGraphemeMax * 2) return `is longer than ${graphemesMax} characters`;
  const bad = forbidden.exec(text);
  if (bad) return `holds the character ${codePoint(bad[0])}, which is not allowed`;
  if (text !== text.trim()) return 'begins or ends with white space';
  if (text.normalize('NFC') !== text) return 'is not in Unicode normal form C';
  let count = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (++count > graphemesMax) return `is longer than ${graphemesMax} characters`;
    if ([...segment].length > codePointsPerGraphemeMax) return 'stacks too many marks on one character';
  }
  return undefined;
}

/** `text` made safe for a terminal, a log line or a page: forbidden characters become U+FFFD. */
export const printable = (text: string): string => text.toWellFormed().replace(forbiddenAll, '\u{fffd}');

/** A best effort at turning what a person or a game server typed into text that records accept; may be empty. */
export function tidyText(text: string, graphemesMax: number): string {
  const clean = text.toWellFormed().normalize('NFC').replace(forbiddenAll, '').trim();
  const kept: string[] = [];
  for (const { segment } of segmenter.segment(clean)) {
    if (kept.length === graphemesMax) break;
    kept.push([...segment].slice(0, codePointsPerGraphemeMax).join(''));
  }
  return kept.join('').normalize('NFC').trim();
}

const codePoint = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

// Emoji presentation (U+FE0E, U+FE0F) is default-ignorable yet harmless and common in names.
const forbiddenClass = String.raw`[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\u{fe0e}\u{fe0f}]]`;
const forbidden = new RegExp(forbiddenClass, 'v');
const forbiddenAll = new RegExp(forbiddenClass, 'gv');
/** Most texts: nothing in them is forbidden, and each character is one that is seen. */
const ascii = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
