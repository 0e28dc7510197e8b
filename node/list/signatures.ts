// Finds rows whose text may contain a word without looking at their texts: a signature file, which is a small Bloom filter a
// row, kept bit by bit. Row n has bit b where `#slices[b]` has n, so to ask for a word is to intersect a few sets of bits.
import { Bits } from './bits.ts';

/** 128 bytes a row. A text of 120 characters sets a fifth of them, so each gram asked for leaves a fifth of the others. */
const bitsPerRow = 1_024;
/** The first of them are of single characters, one each: which rows have a letter is known without a look at them. */
const plainMax = 128;
/** More of a long word tell nothing more. */
const gramsMax = 24;
/** Of each exact value: a few in a hundred of the others are left. */
const bitsPerKey = 3;

export class Signatures {
  readonly #slices: readonly Bits[];

  /** `room`: for so many rows at first. */
  constructor(room = 0) {
    this.#slices = Bits.many(bitsPerRow, room);
  }

  add(at: number, words: string, keys: readonly string[]): void {
    for (const bit of bitsOf(words, keys)) this.#slices[bit]!.add(at);
  }

  delete(at: number, words: string, keys: readonly string[]): void {
    for (const bit of bitsOf(words, keys)) this.#slices[bit]!.delete(at);
  }

  /** Leaves all rows whose words contain the word, and some others unless `isExact`. */
  keepWord(rows: Bits, word: string): void {
    for (const bit of new Set(gramsOf(word, gramsMax))) rows.keep(this.#slices[bit]!);
  }

  /** Leaves all rows that have the key, and some others. */
  keepKey(rows: Bits, key: string): void {
    for (const bit of keyBits(key)) rows.keep(this.#slices[bit]!);
  }
}

/** Whether rows that are left for a word are those that have it. */
export const isExact = (word: string): boolean => word.length === 1 && word.charCodeAt(0) < plainMax;

const bitsOf = (words: string, keys: readonly string[]): number[] => [
  ...gramsOf(words, words.length),
  ...keys.flatMap(keyBits),
];

/** A bit for each of the first characters, each two and each three of them in a row. */
function gramsOf(text: string, charactersMax: number): number[] {
  const bits: number[] = [];
  let [before, last] = [0, 0];
  for (let i = 0; i < Math.min(text.length, charactersMax); i++) {
    const code = text.charCodeAt(i);
    bits.push(code < plainMax ? code : mixed(code, 0, 0));
    if (i > 0) bits.push(mixed(code, last, 0));
    if (i > 1) bits.push(mixed(code, last, before));
    [before, last] = [last, code];
  }
  return bits;
}

function keyBits(key: string): number[] {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) + 0x9e3779b1;
  return Array.from({ length: bitsPerKey }, (_, n) => mixed(hash, n + 1, 0));
}

/** Multiplied by large odd numbers and taken from the top, so that neighbours fall far apart. */
const mixed = (a: number, b: number, c: number): number =>
  plainMax +
  ((Math.imul(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35), 0x27d4eb2f) >>> 16) %
    (bitsPerRow - plainMax));
