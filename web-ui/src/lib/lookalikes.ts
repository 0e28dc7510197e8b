// Names that are not what they seem: letters of several scripts in one word, letters that look like others, and what cannot
// be seen at all. They are shown as such, never hidden: honest names hold them too. Pure.

/** A piece of a text as it is to be shown. `points`: why it is marked; empty for what is plain. */
export type Piece = {
  readonly text: string;
  readonly mark: 'plain' | 'invisible' | 'foreign' | 'stacked';
  readonly points: readonly string[];
};

/** Longer than any name; a message is shown by lines. */
const textMax = 2_000;
/** Vietnamese needs two. */
const marksMax = 3;

const invisible =
  /[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\u{fe0e}\u{fe0f}\n]]/v;
/** Scripts whose letters can be taken for Latin ones. Source: UTS 39, confusables. */
const scripts = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const;

/** Letters that are drawn alike, with the Latin letter or digit that they pass for. A choice from UTS 39's confusables.txt. */
const looks = new Map(
  Object.entries({
    a: 'аα',
    b: 'Ьь',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еҽ',
    g: 'ɡ',
    h: 'һ',
    i: 'іıι',
    j: 'јϳ',
    k: 'кκ',
    l: 'ӏ|Iⅼ1',
    m: 'м',
    n: 'ո',
    o: 'оοօ0',
    p: 'рρ',
    q: 'ԛ',
    r: 'г',
    s: 'ѕ',
    t: 'тτ',
    u: 'υս',
    v: 'νѵ',
    w: 'ѡԝ',
    x: 'хχ',
    y: 'уүγ',
    z: 'ᴢ',
    A: 'АΑ',
    B: 'ВΒ',
    C: 'СϹ',
    E: 'ЕΕ',
    H: 'НΗ',
    J: 'Ј',
    K: 'КΚ',
    M: 'МΜ',
    N: 'Ν',
    O: 'ОΟ',
    P: 'РΡ',
    S: 'Ѕ',
    T: 'ТΤ',
    X: 'ХΧ',
    Y: 'УΥ',
    Z: 'Ζ',
  }).flatMap(([latin, others]) => [...others].map(other => [other, latin] as const)),
);

export const codePoint = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

const scriptOf = (letter: string): string | undefined => scripts.find(([, form]) => form.test(letter))?.[0];

/** The text in pieces: what is plain, and what has to be told of. Joined, they are the text, cut to a bound. */
export function inspect(text: string, max = textMax): Piece[] {
  const pieces: Piece[] = [];
  const add = (piece: Piece) => {
    const last = pieces.at(-1);
    if (last?.mark !== piece.mark) pieces.push(piece);
    else
      pieces[pieces.length - 1] = { ...last, text: last.text + piece.text, points: [...last.points, ...piece.points] };
  };
  const cut = text.slice(0, max).toWellFormed();
  for (const word of cut.split(/(\s+)/u)) {
    const foreign = foreignScript(word);
    let marks = 0;
    for (const character of word) {
      marks = /\p{M}/u.test(character) ? marks + 1 : 0;
      if (invisible.test(character)) add({ text: character, mark: 'invisible', points: [codePoint(character)] });
      else if (marks > marksMax) add({ text: character, mark: 'stacked', points: [codePoint(character)] });
      else if (foreign !== undefined && scriptOf(character) === foreign) {
        add({ text: character, mark: 'foreign', points: [codePoint(character)] });
      } else add({ text: character, mark: 'plain', points: [] });
    }
  }
  if (text.length > max) add({ text: '…', mark: 'plain', points: [] });
  return pieces;
}

/** Where a word mixes scripts that look alike: the one with fewer letters in it. */
function foreignScript(word: string): string | undefined {
  const counts = new Map<string, number>();
  for (const character of word) {
    const script = scriptOf(character);
    if (script !== undefined) counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  if (counts.size < 2) return undefined;
  return [...counts].toSorted((a, b) => a[1] - b[1] || (a[0] === 'Latin' ? 1 : -1))[0]![0];
}

/** What scripts a text is written in, of those that look alike: for saying which a name mixes. */
export const scriptsOf = (text: string): string[] => [
  ...new Set([...text.slice(0, textMax)].map(scriptOf).filter(script => script !== undefined)),
];

/** Two texts that people take for one another have one skeleton. */
export const skeleton = (text: string): string =>
  [...text.slice(0, textMax).normalize('NFKD')]
    .filter(character => !invisible.test(character) && !/\p{M}/u.test(character))
    .map(character => looks.get(character) ?? character)
    .join('')
    // Once more: what is drawn alike in capitals need not be in small letters.
    .toLowerCase()
    .replace(/[0-9|]/g, character => looks.get(character) ?? character)
    .replace(/\s+/gu, ' ')
    .trim();

/** Whether one could be taken for the other though they differ in more than their case. */
export const lookAlike = (a: string, b: string): boolean =>
  a.toLowerCase() !== b.toLowerCase() && skeleton(a) !== '' && skeleton(a) === skeleton(b);

/** For finding who looks like somebody else: names by what they look like. */
export function byLook(names: Iterable<string>): (name: string) => string | undefined {
  const looks = new Map<string, Set<string>>();
  for (const name of names) {
    const look = skeleton(name);
    looks.set(look, (looks.get(look) ?? new Set()).add(name));
  }
  return name => [...(looks.get(skeleton(name)) ?? [])].find(other => lookAlike(name, other));
}
