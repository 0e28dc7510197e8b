// Members of a group in the order in which places are given: the endorsed first, then by id. Kept in pieces, so that joining
// a list of 200,000 moves a few dozen references, and a group of one takes little memory.

/**
 * Where somebody stands in the order; a smaller rank is before a larger one, whatever the ids. `order` says the same in one
 * number, as far as the first characters of an id tell: texts of a large list are no longer in the processor's cache.
 */
export type Ranked = { readonly id: string; readonly rank: number; readonly order: number };

export const ranked = (id: string, rank: number): Ranked => ({ id, rank, order: orderOf(id, rank) });

/** The rank, -1 to 7, and four characters of ASCII: as much as fits in 32 bits, which V8 keeps within an object. */
export function orderOf(id: string, rank: number): number {
  let order = rank;
  for (let i = 0; i < 4; i++) order = (order << 7) | (i < id.length ? id.charCodeAt(i) : 0);
  return order;
}

export const isBefore = (a: Ranked, b: Ranked): boolean => (a.order === b.order ? a.id < b.id : a.order < b.order);

/** Items of one piece. */
const pieceMax = 64;
/**
 * A new array of just its length takes the place of one of so many: one that grows keeps room for 16 more. A longer one is
 * changed as it is: in a large list each change is one of another piece, and the collector would copy each new one twice.
 */
const fewMax = 8;
const none: never[] = [];
/** Shared by all that are empty, so never written to. */
const nothing: never[][] = [];

export class Ordered<T extends Ranked> {
  /** Ascending, none of them empty. */
  #pieces: T[][] = nothing;
  /** The order of the first in each piece, where there are several: side by side, so that finding one reads little memory. */
  #starts: number[] = none;
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
    if (this.#size === 0) this.#pieces = [[item]];
    else if (piece.length <= fewMax) this.#pieces[at] = piece.toSpliced(within, 0, item);
    else piece.splice(within, 0, item);
    this.#begun(at);
    if (piece.length > pieceMax) this.#split(at, piece);
    this.#size++;
  }

  delete(item: Ranked): void {
    const at = this.#pieceOf(item);
    const piece = this.#pieces[at] ?? none;
    const within = countBefore(piece, item);
    if (!stands(piece[within], item)) return;
    if (this.#size === 1) this.#pieces = nothing;
    else if (piece.length > fewMax) piece.splice(within, 1);
    else if (piece.length > 1) this.#pieces[at] = piece.toSpliced(within, 1);
    else {
      this.#pieces.splice(at, 1);
      this.#starts.splice(at, 1);
    }
    this.#begun(at);
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

  /** The item at an index; counted from the end, for of full groups one asks for the last that fits. */
  at(index: number): T | undefined {
    let behind = this.#size - index;
    for (let i = this.#pieces.length - 1; i >= 0; i--) {
      const piece = this.#pieces[i]!;
      if (behind <= piece.length) return piece[piece.length - behind];
      behind -= piece.length;
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const piece of this.#pieces) yield* piece;
  }

  #split(at: number, piece: T[]): void {
    const behind = piece.splice(pieceMax / 2);
    if (this.#pieces.length === 1) this.#starts = [piece[0]!.order];
    this.#pieces.splice(at + 1, 0, behind);
    this.#starts.splice(at + 1, 0, behind[0]!.order);
  }

  /** Another item may be the first of a piece. */
  #begun(at: number): void {
    if (at < this.#pieces.length && this.#pieces.length > 1) this.#starts[at] = this.#pieces[at]![0]!.order;
  }

  /** The piece where an item stands or would: the last that does not begin behind it. */
  #pieceOf(item: Ranked): number {
    if (this.#pieces.length < 2) return 0;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = this.#starts[middle]!;
      if (item.order < start || (item.order === start && isBefore(item, this.#pieces[middle]![0]!))) high = middle;
      else low = middle + 1;
    }
    return Math.max(low - 1, 0);
  }
}

const stands = (found: Ranked | undefined, item: Ranked): boolean =>
  found?.order === item.order && found.id === item.id;

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
