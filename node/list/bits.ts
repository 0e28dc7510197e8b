// A set of small numbers, one bit each. What holds of 100,000 servers takes 12 KB, and two of these are compared in microseconds.
import type { Range } from './filter.ts';

/** Room for this many at first: 32 words. */
const roomMin = 1_024;

export class Bits {
  #words: Uint32Array<ArrayBuffer>;

  constructor(words: Uint32Array<ArrayBuffer> = new Uint32Array(roomMin / 32)) {
    this.#words = words;
  }

  /**
   * So many sets, each with room for so many numbers from the start, since growing takes time and leaves garbage. Their memory is
   * taken as one: the system makes each page of it when it is first written to, and not all in one turn of the event loop.
   */
  static many(count: number, room: number): readonly Bits[] {
    const length = Math.ceil(Math.max(room, roomMin) / 32);
    const words = new Uint32Array(count * length);
    return Array.from({ length: count }, (_, n) => new Bits(words.subarray(n * length, (n + 1) * length)));
  }

  add(at: number): void {
    const word = at >>> 5;
    if (word >= this.#words.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[word]! |= 1 << at;
  }

  delete(at: number): void {
    if (at >>> 5 < this.#words.length) this.#words[at >>> 5]! &= ~(1 << at);
  }

  has(at: number): boolean {
    return ((this.#words[at >>> 5] ?? 0) & (1 << at)) !== 0;
  }

  copy(): Bits {
    return new Bits(this.#words.slice());
  }

  /** Becomes what the other is, in its own memory: each set that is thrown away brings the next garbage collection nearer. */
  become(other: Bits): void {
    if (this.#words.length < other.#words.length) this.#words = new Uint32Array(other.#words.length);
    this.#words.set(other.#words);
    this.#words.fill(0, other.#words.length);
  }

  clear(): void {
    this.#words.fill(0);
  }

  /** Only what is in both. */
  keep(other: Bits): void {
    const [mine, theirs] = [this.#words, other.#words];
    const both = Math.min(mine.length, theirs.length);
    for (let i = 0; i < both; i++) mine[i]! &= theirs[i]!;
    mine.fill(0, both);
  }

  /** What is in either. */
  join(other: Bits): void {
    if (this.#words.length < other.#words.length) {
      const grown = new Uint32Array(other.#words.length);
      grown.set(this.#words);
      this.#words = grown;
    }
    const [mine, theirs] = [this.#words, other.#words];
    for (let i = 0; i < theirs.length; i++) mine[i]! |= theirs[i]!;
  }

  /** All but what is in the other. */
  drop(other: Bits): void {
    const [mine, theirs] = [this.#words, other.#words];
    const both = Math.min(mine.length, theirs.length);
    for (let i = 0; i < both; i++) mine[i]! &= ~theirs[i]!;
  }

  /** All numbers in it are smaller. */
  get room(): number {
    return this.#words.length * 32;
  }

  /** Only those of which it holds; numbers outside `from` and `to`, multiples of 32, stay as they are. */
  filter(holds: (at: number) => boolean, from = 0, to = this.room): void {
    const words = this.#words;
    const end = Math.min(to >>> 5, words.length);
    for (let i = from >>> 5; i < end; i++) {
      for (let left = words[i]!; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        if (!holds(i * 32 + bit)) words[i]! &= ~(1 << bit);
      }
    }
  }

  /** Only those whose number is in the range; NaN stands for one that is not known. */
  keepWithin(numbers: Float64Array, { from, to, outside, unknown }: Range): void {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) {
      let held = 0;
      for (let left = words[i]!; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        const have = numbers[i * 32 + bit]!;
        const holds = Number.isNaN(have) ? unknown : (have >= from && have <= to) !== outside;
        if (holds) held |= 1 << bit;
      }
      words[i] = held;
    }
  }

  *[Symbol.iterator](): Generator<number> {
    const words = this.#words;
    for (let i = 0; i < words.length; i++)
      for (let left = words[i]!; left !== 0; left &= left - 1) yield i * 32 + 31 - Math.clz32(left & -left);
  }

  get size(): number {
    return this.sizeWith(this);
  }

  /** How many are in both. */
  sizeWith(other: Bits): number {
    const [mine, theirs] = [this.#words, other.#words];
    let count = 0;
    for (let i = Math.min(mine.length, theirs.length) - 1; i >= 0; i--) count += countBits(mine[i]! & theirs[i]!);
    return count;
  }
}

/** Sums bits in pairs, fours and bytes: "Hacker's Delight", 5-1. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
