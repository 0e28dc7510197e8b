// A set that takes little memory while it is small. Most networks hold a server or two, and a Set for one takes 200 bytes.

/** So many are found in an array about as fast as in a Set, which takes four times the memory. */
const fewMax = 32;
/** A new array of just its length takes the place of a shorter one: one that grows keeps room for 16 more. */
const exactMax = 8;
const none: never[] = [];

/** Of anything but arrays and sets. */
export class Crowd<T> implements Iterable<T> {
  /** A single one stands for itself. */
  #items: T | T[] | Set<T> | undefined;

  get size(): number {
    return this.#items instanceof Set ? this.#items.size : this.#few().length;
  }

  add(item: T): void {
    if (this.#items instanceof Set) {
      this.#items.add(item);
      return;
    }
    const few = this.#few();
    if (few.includes(item)) return;
    if (few.length === 0) this.#items = item;
    else if (few.length === fewMax) this.#items = new Set(few).add(item);
    else if (few.length <= exactMax) this.#items = few.concat([item]);
    // Each array that is new is copied by the collector, twice.
    else few.push(item);
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    if (this.#items instanceof Set) return this.#items.delete(item);
    const few = this.#few();
    const rest = few.filter(other => other !== item);
    this.#items = rest.length > 1 ? rest : rest[0];
    return rest.length < few.length;
  }

  [Symbol.iterator](): Iterator<T> {
    return (this.#items instanceof Set ? this.#items : this.#few())[Symbol.iterator]();
  }

  #few(): T[] {
    if (this.#items === undefined) return none;
    return Array.isArray(this.#items) ? this.#items : [this.#items as T];
  }
}
