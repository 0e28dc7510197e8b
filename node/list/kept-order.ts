// Rows in an order that is kept: what has changed is taken out and put where it belongs, and the rest stays as it is.
import type { Sliced } from '../base/slices.ts';
import { Bits } from './bits.ts';
import { sortedInSlices } from './sorted-in-slices.ts';

/** So many are put in their places in one go: 20 ms where names are compared. With more, all are sorted anew in slices. */
const movedMax = 2_000;
/** Room for a tenth more, so that a list which grows row by row is not copied with each. */
const roomFactor = 1.1;

/** Entries whose number is read in one go: 1 ms. */
const sliceRows = 4_096;

export type Ordering<E> = {
  readonly compare: (a: E, b: E) => number;
  /** What it compares first, as numbers; as many for each entry, and none of them NaN. Where they are equal `compare` decides. */
  readonly keys: (entry: E) => readonly number[];
};

export class KeptOrder<E> {
  readonly #ordering: Ordering<E>;
  readonly #at: (row: number) => E | undefined;
  #state: 'unsorted' | 'sorting' | 'sorted' = 'unsorted';
  #sorted = new Uint32Array();
  /** Written to and exchanged for the other, so that nothing is thrown away with each change. */
  #spare = new Uint32Array();
  #size = 0;
  /** Since the sorting began. */
  #moved = new Set<number>();

  /** `at`: what stands in a row, if there is such a row. It is never changed, only replaced. */
  constructor(ordering: Ordering<E>, at: (row: number) => E | undefined) {
    this.#ordering = ordering;
    this.#at = at;
  }

  /** Whether `sorted` may be asked. */
  get isSorted(): boolean {
    return this.#state === 'sorted';
  }

  /** The row came, went, or belongs elsewhere now. */
  moved(row: number): void {
    if (this.#state === 'unsorted') return;
    this.#moved.add(row);
    if (this.#moved.size > movedMax) this.#forget();
  }

  /** Puts rows in order as they are now; is to be done again if so many move meanwhile that `isSorted` is not so. */
  *sort(rows: readonly number[]): Sliced<void> {
    this.#forget();
    this.#state = 'sorting';
    const keyed = new Keyed(this.#ordering);
    for (let from = 0; from < rows.length; from += sliceRows) {
      // One that is gone meanwhile has moved.
      for (const row of rows.slice(from, from + sliceRows)) keyed.add(row, this.#at(row));
      yield;
    }
    const sorted = yield* sortedInSlices(keyed.positions(), (a, b) => keyed.compare(a, b));
    if (this.#state !== 'sorting') return;
    this.#sorted = new Uint32Array(sorted.length);
    for (const [n, position] of sorted.entries()) this.#sorted[n] = keyed.rows[position]!;
    this.#size = sorted.length;
    this.#state = 'sorted';
  }

  /** All rows. To be read at once. */
  sorted(): Uint32Array {
    if (this.#moved.size > 0) this.#merge();
    return this.#sorted.subarray(0, this.#size);
  }

  #forget(): void {
    this.#state = 'unsorted';
    this.#sorted = new Uint32Array();
    this.#spare = new Uint32Array();
    this.#size = 0;
    this.#moved = new Set();
  }

  #merge(): void {
    const come: { row: number; entry: E }[] = [];
    const out = new Bits();
    for (const row of this.#moved) {
      out.add(row);
      const entry = this.#at(row);
      if (entry !== undefined) come.push({ row, entry });
    }
    come.sort((a, b) => this.#ordering.compare(a.entry, b.entry));
    const room = this.#size + come.length;
    const merged = this.#spare.length >= room ? this.#spare : new Uint32Array(Math.ceil(room * roomFactor));
    let stay = 0;
    for (let i = 0; i < this.#size; i++) {
      const row = this.#sorted[i]!;
      if (!out.has(row)) merged[stay++] = row;
    }
    // From behind, so that each that stays is moved once.
    let end = stay;
    for (let n = come.length - 1; n >= 0; n--) {
      const at = this.#placeOf(come[n]!.entry, merged, end);
      merged.copyWithin(at + n + 1, at, end);
      merged[at + n] = come[n]!.row;
      end = at;
    }
    this.#spare = this.#sorted;
    this.#sorted = merged;
    this.#size = stay + come.length;
    this.#moved = new Set();
  }

  #placeOf(entry: E, sorted: Uint32Array, end: number): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ordering.compare(this.#at(sorted[middle]!)!, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Entries as they are at one moment each, their numbers side by side: following pointers to two of them takes ten times as long. */
class Keyed<E> {
  readonly #ordering: Ordering<E>;
  readonly #entries: E[] = [];
  #keys = new Float64Array();
  #width = 0;
  readonly rows: number[] = [];

  constructor(ordering: Ordering<E>) {
    this.#ordering = ordering;
  }

  add(row: number, entry: E | undefined): void {
    if (entry === undefined) return;
    const keys = this.#ordering.keys(entry);
    this.#width = keys.length;
    const at = this.rows.length * this.#width;
    if (at + keys.length > this.#keys.length) {
      const roomy = new Float64Array(2 * (at + keys.length));
      roomy.set(this.#keys);
      this.#keys = roomy;
    }
    this.#keys.set(keys, at);
    this.rows.push(row);
    this.#entries.push(entry);
  }

  positions(): number[] {
    return [...this.rows.keys()];
  }

  compare(a: number, b: number): number {
    const [keys, width] = [this.#keys, this.#width];
    for (let n = 0; n < width; n++) {
      const [one, other] = [keys[a * width + n]!, keys[b * width + n]!];
      if (one !== other) return one < other ? -1 : 1;
    }
    return this.#ordering.compare(this.#entries[a]!, this.#entries[b]!);
  }
}
