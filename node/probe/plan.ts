// Whose turn it is: places that were never asked first, then the one that has waited longest. Pure.

/** Turns are kept in slots this long: fine enough for tries one second apart. */
export const slotMs = 250;
/** Of so many turns one goes to a place asked before, so that a flood of new ones cannot starve the rest. */
const turnsForOld = 4;

export class Plan {
  readonly #fresh = new Set<string>();
  readonly #due = new Set<string>();
  readonly #slots = new Map<number, Set<string>>();
  readonly #slotOf = new Map<string, number>();
  #reached = Number.NEGATIVE_INFINITY;
  #turns = 0;

  /** A place that was never asked. */
  add(key: string): void {
    if (!this.#due.has(key) && !this.#slotOf.has(key)) this.#fresh.add(key);
  }

  /** Its next turn comes at `atMs`. */
  later(key: string, atMs: number): void {
    this.remove(key);
    const slot = Math.max(Math.ceil(atMs / slotMs), this.#reached + 1);
    const keys = this.#slots.get(slot) ?? new Set();
    this.#slots.set(slot, keys.add(key));
    this.#slotOf.set(key, slot);
  }

  remove(key: string): void {
    this.#fresh.delete(key);
    this.#due.delete(key);
    const slot = this.#slotOf.get(key);
    if (slot === undefined) return;
    this.#slotOf.delete(key);
    const keys = this.#slots.get(slot)!;
    keys.delete(key);
    if (keys.size === 0) this.#slots.delete(slot);
  }

  /** The place whose turn it is at `nowMs`. It is out of the plan until `later` puts it back. */
  take(nowMs: number): string | undefined {
    this.#advance(Math.floor(nowMs / slotMs));
    const oldFirst = ++this.#turns % turnsForOld === 0;
    const [first, second] = oldFirst ? [this.#due, this.#fresh] : [this.#fresh, this.#due];
    const key = first.keys().next().value ?? second.keys().next().value;
    if (key !== undefined) this.remove(key);
    return key;
  }

  #advance(slot: number): void {
    if (slot <= this.#reached) return;
    this.#reached = slot;
    const passed = [...this.#slots.keys()].filter(at => at <= slot).sort((a, b) => a - b);
    for (const at of passed) {
      for (const key of this.#slots.get(at)!) {
        this.#slotOf.delete(key);
        this.#due.add(key);
      }
      this.#slots.delete(at);
    }
  }
}
