// A binary heap whose items are found by key: the least is at hand, and each change costs the logarithm of how many there are.
export class KeyedHeap<Rank> {
  readonly #isLess: (a: Rank, b: Rank) => boolean;
  readonly #items: { readonly key: string; readonly rank: Rank }[] = [];
  /** Where in `#items` each key is. */
  readonly #places = new Map<string, number>();

  constructor(isLess: (a: Rank, b: Rank) => boolean) {
    this.#isLess = isLess;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Enters a key, or gives it another rank. */
  set(key: string, rank: Rank): void {
    this.delete(key);
    this.#put(this.#items.length, { key, rank });
    this.#rise(this.#items.length - 1);
  }

  delete(key: string): void {
    const at = this.#places.get(key);
    if (at === undefined) return;
    this.#places.delete(key);
    const last = this.#items.pop()!;
    if (at === this.#items.length) return;
    this.#put(at, last);
    this.#rise(at);
    this.#sink(at);
  }

  /** Takes out the least. */
  shift(): string | undefined {
    const key = this.#items[0]?.key;
    if (key !== undefined) this.delete(key);
    return key;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#less(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && this.#less(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #less = (a: number, b: number): boolean => this.#isLess(this.#items[a]!.rank, this.#items[b]!.rank);

  #swap(a: number, b: number): void {
    const [first, second] = [this.#items[a]!, this.#items[b]!];
    this.#put(a, second);
    this.#put(b, first);
  }

  #put(at: number, item: { readonly key: string; readonly rank: Rank }): void {
    this.#items[at] = item;
    this.#places.set(item.key, at);
  }
}
