// A set that takes little memory while it is small. Most networks hold a server or two, and a Set for one takes 200 bytes.

/** So many are found faster in an array than in a Set. */
const fewMax = 8;

export class Crowd<T> implements Iterable<T> {
  #items: readonly T[] | Set<T> = [];

  get size(): number {
    return this.#items instanceof Set ? this.#items.size : this.#items.length;
  }

  add(item: T): void {
    if (this.#items instanceof Set) this.#items.add(item);
    else if (this.#items.includes(item)) return;
    else if (this.#items.length === fewMax) this.#items = new Set(this.#items).add(item);
    // A new array of just this length: one that grows keeps room for 16 more.
    else this.#items = this.#items.concat([item]);
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    if (this.#items instanceof Set) return this.#items.delete(item);
    const rest = this.#items.filter(other => other !== item);
    const found = rest.length < this.#items.length;
    if (found) this.#items = rest;
    return found;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }
}
