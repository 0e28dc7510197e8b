// Names in the order of a coarse value, and of themselves where that is equal: adding, moving and paging cost next to nothing,
// however many there are. Pure.

export class Buckets {
  readonly #buckets: string[][];

  constructor(count: number) {
    this.#buckets = Array.from({ length: count }, () => []);
  }

  /** Takes the name out of one bucket and into another; undefined is none. */
  move(name: string, from: number | undefined, to: number | undefined): void {
    if (from === to) return;
    if (from !== undefined) this.#buckets[from]!.splice(indexOf(this.#buckets[from]!, name), 1);
    if (to !== undefined) this.#buckets[to]!.splice(indexOf(this.#buckets[to]!, name), 0, name);
  }

  /** From one bucket to another, both included; in the first one only names behind `after`. */
  *between(first: number, last: number, after = ''): Generator<readonly [name: string, bucket: number]> {
    for (let bucket = first; bucket <= last; bucket++) {
      const names = this.#buckets[bucket]!;
      for (let i = bucket === first ? indexOf(names, `${after}\0`) : 0; i < names.length; i++)
        yield [names[i]!, bucket];
    }
  }

  /** How many there are from one bucket to another. */
  count(first: number, last: number): number {
    let count = 0;
    for (let bucket = first; bucket <= last; bucket++) count += this.#buckets[bucket]!.length;
    return count;
  }
}

/** Where a name is among sorted ones, or would be. */
function indexOf(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
