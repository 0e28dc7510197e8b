// How many columns a text takes in a terminal, and cutting it to fit.

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plainAscii = /^[\x20-\x7e]*$/;
const emoji = /^\p{Emoji_Presentation}|^\p{Emoji}\u{fe0f}|^\p{Regional_Indicator}{2}/u;
/** Marks that sit on a letter, and the vowels and finals of decomposed Hangul. Spacing marks (Mc) take a column of their own. */
const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;

/** Blocks whose characters are Wide or Fullwidth; emoji are matched apart. Source: Unicode EastAsianWidth.txt. */
const wideBlocks: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

export function widthOf(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** At most `columns` wide; an ellipsis stands for what was cut. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** An emoji is one picture; of all else, terminals add up the characters: also of a Devanagari cluster, vowel signs included. */
function graphemeWidth(grapheme: string): number {
  if (emoji.test(grapheme)) return 2;
  let width = 0;
  for (const character of grapheme) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (zeroWidth.test(character)) return 0;
  const code = character.codePointAt(0)!;
  return wideBlocks.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
