// Rows in an order that is kept: what has changed is taken out and put where it belongs, and the rest stays as it is.
import { Bits } from './bits.ts';

export class KeptOrder {
  readonly #compare: (a: number, b: number) => number;
  #sorted: Uint32Array<ArrayBuffer>;
  /** Written to and exchanged for the other, so that nothing is thrown away with each change. */
  #spare = new Uint32Array();
  #size: number;
  #moved = new Set<number>();

  constructor(compare: (a: number, b: number) => number, rows: readonly number[]) {
    this.#compare = compare;
    this.#sorted = Uint32Array.from(rows.toSorted(compare));
    this.#size = rows.length;
  }

  /** The row came, went, or belongs elsewhere now. */
  moved(row: number): void {
    this.#moved.add(row);
  }

  /** All rows of which there is one: `isThere` is asked of those that moved. To be read at once. */
  sorted(isThere: (row: number) => boolean): Uint32Array {
    if (this.#moved.size > 0) this.#merge([...this.#moved].filter(isThere).sort(this.#compare));
    return this.#sorted.subarray(0, this.#size);
  }

  #merge(come: readonly number[]): void {
    const out = new Bits();
    for (const row of this.#moved) out.add(row);
    const room = this.#size + come.length;
    const merged = this.#spare.length >= room ? this.#spare : new Uint32Array(room * 2);
    let stay = 0;
    for (let i = 0; i < this.#size; i++) {
      const row = this.#sorted[i]!;
      if (!out.has(row)) merged[stay++] = row;
    }
    // From behind, so that each that stays is moved once.
    let end = stay;
    for (let n = come.length - 1; n >= 0; n--) {
      const at = this.#placeOf(come[n]!, merged, end);
      merged.copyWithin(at + n + 1, at, end);
      merged[at + n] = come[n]!;
      end = at;
    }
    this.#spare = this.#sorted;
    this.#sorted = merged;
    this.#size = stay + come.length;
    this.#moved = new Set();
  }

  #placeOf(row: number, sorted: Uint32Array, end: number): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(sorted[middle]!, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
