// Members of a group in the order in which places are given: the endorsed first, then by id. Kept in pieces, so that joining
// a list of 200,000 moves a few hundred references, and a group of one takes little memory.

/** Where somebody stands in the order; a smaller rank is before a larger one, whatever the ids. */
export type Ranked = { readonly rank: number; readonly id: string };

export const isBefore = (a: Ranked, b: Ranked): boolean => (a.rank === b.rank ? a.id < b.id : a.rank < b.rank);

/** Items of one piece: copied at each change, in a microsecond. */
const pieceMax = 256;
const none: readonly never[] = [];
/** Shared by all that are empty, so never written to. */
const nothing: (readonly never[])[] = [];

export class Ordered<T extends Ranked> {
  /** Ascending, none of them empty. Arrays of just their length: one that grows keeps room for 16 more. */
  #pieces: (readonly T[])[] = nothing;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get last(): T | undefined {
    return this.#pieces.at(-1)?.at(-1);
  }

  /** What stands there already stays. */
  add(item: T): void {
    const at = this.#pieceOf(item);
    const piece = this.#pieces[at] ?? none;
    const within = countBefore(piece, item);
    if (stands(piece[within], item)) return;
    const grown = piece.toSpliced(within, 0, item);
    if (this.#size === 0) this.#pieces = [grown];
    else if (grown.length <= pieceMax) this.#pieces[at] = grown;
    else this.#pieces.splice(at, 1, grown.slice(0, pieceMax / 2), grown.slice(pieceMax / 2));
    this.#size++;
  }

  delete(item: Ranked): void {
    const at = this.#pieceOf(item);
    const piece = this.#pieces[at] ?? none;
    const within = countBefore(piece, item);
    if (!stands(piece[within], item)) return;
    if (this.#size === 1) this.#pieces = nothing;
    else if (piece.length > 1) this.#pieces[at] = piece.toSpliced(within, 1);
    else this.#pieces.splice(at, 1);
    this.#size--;
  }

  /** Takes out the first. */
  shift(): T | undefined {
    const first = this.#pieces[0]?.[0];
    if (first) this.delete(first);
    return first;
  }

  /** The first that stands behind. */
  after(item: Ranked): T | undefined {
    const at = this.#pieceOf(item);
    const piece = this.#pieces[at] ?? none;
    const within = countBefore(piece, item);
    return piece[stands(piece[within], item) ? within + 1 : within] ?? this.#pieces[at + 1]?.[0];
  }

  countBefore(item: Ranked): number {
    const at = this.#pieceOf(item);
    let count = countBefore(this.#pieces[at] ?? none, item);
    for (let i = 0; i < at; i++) count += this.#pieces[i]!.length;
    return count;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const piece of this.#pieces) yield* piece;
  }

  /** The piece where an item stands or would: the last that does not begin behind it. */
  #pieceOf(item: Ranked): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(item, this.#pieces[middle]![0]!)) high = middle;
      else low = middle + 1;
    }
    return Math.max(low - 1, 0);
  }
}

const stands = (found: Ranked | undefined, item: Ranked): boolean => found?.id === item.id && found.rank === item.rank;

function countBefore(sorted: readonly Ranked[], item: Ranked): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle]!, item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
