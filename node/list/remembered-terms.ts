// Terms that left many rows to look at, such as a tag that a third of them have, with the rows of which they hold: kept up with
// each change of a row, so that whoever asks for one again waits for nothing.
import type { Sliced } from '../base/slices.ts';
import { Bits } from './bits.ts';
import type { Term } from './filter.ts';

/** As many as people ask for again and again: 12 KB each with 100,000 rows, and a few µs with each change of a row. */
const rememberedMax = 64;
/** Rows that are looked at in one go for such a term, a multiple of 32: 1 ms. */
const sliceRows = 4_096;

type Remembered = { readonly term: Term; readonly rows: Bits; isComplete: boolean };

export class RememberedTerms {
  /** By their keys, the one that was asked for last at the end. */
  readonly #terms = new Map<string, Remembered>();

  /** Rows of which the term holds, where that is known: not to be changed. */
  get({ key }: Term): Bits | undefined {
    const known = this.#terms.get(key);
    if (!known?.isComplete) return undefined;
    this.#terms.delete(key);
    this.#terms.set(key, known);
    return known.rows;
  }

  /** Looks at rows of which the term may hold, and leaves those of which it does. */
  *look(term: Term, rows: Bits, holds: (row: number) => boolean): Sliced<void> {
    // From here on it follows each change of a row.
    const remembered: Remembered = { term, rows, isComplete: false };
    this.#terms.set(term.key, remembered);
    if (this.#terms.size > rememberedMax) this.#terms.delete(this.#terms.keys().next().value!);
    const implied = this.#impliedBy(term);
    for (let from = 0; from < rows.room; from += sliceRows) {
      rows.filter(row => implied.has(row) || holds(row), from, from + sliceRows);
      yield;
    }
    remembered.isComplete = true;
  }

  /** Of a row that is new or has changed. */
  set(row: number, holds: (term: Term) => boolean): void {
    for (const { term, rows } of this.#terms.values()) {
      if (holds(term)) rows.add(row);
      else rows.delete(row);
    }
  }

  delete(row: number): void {
    for (const { rows } of this.#terms.values()) rows.delete(row);
  }

  /** Rows that have a longer word have this one too: the first letters of a common word cost no look at its rows. */
  #impliedBy({ hint }: Term): Bits {
    const implied = new Bits();
    if (hint?.kind !== 'word') return implied;
    for (const { term, rows, isComplete } of this.#terms.values())
      if (isComplete && term.hint?.kind === 'word' && term.hint.word.includes(hint.word)) implied.join(rows);
    return implied;
  }
}
