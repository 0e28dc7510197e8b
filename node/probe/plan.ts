// Whose turn it is: who is to keep his interval, then places that were never asked, then the one that has waited longest. Pure.

/** Turns are kept in slots this long: fine enough for tries one second apart. */
export const slotMs = 250;
/** Of so many turns one goes to a stranger, though others are due: a silent one takes a second, one that answers 50 ms. */
const turnsForStrangers = 8;
/** Of so many of those one goes to a place asked before, so that a flood of new ones cannot starve the rest. */
const turnsForOld = 4;

export class Plan {
  readonly #comesFirst: (key: string) => boolean;
  /** Due, and to be asked before all strangers. */
  readonly #first = new Set<string>();
  readonly #fresh = new Set<string>();
  readonly #due = new Set<string>();
  readonly #slots = new Map<number, Set<string>>();
  readonly #slotOf = new Map<string, number>();
  #reached = Number.NEGATIVE_INFINITY;
  #turns = 0;
  #strangers = 0;

  /** `comesFirst`: whom a flood of others is not to hold up. */
  constructor(comesFirst: (key: string) => boolean = () => false) {
    this.#comesFirst = comesFirst;
  }

  /** A place that was never asked. */
  add(key: string): void {
    if (this.#first.has(key) || this.#due.has(key) || this.#slotOf.has(key)) return;
    (this.#comesFirst(key) ? this.#first : this.#fresh).add(key);
  }

  /** Others come first now than did: of those who wait. */
  reorder(): void {
    for (const key of [...this.#first]) if (!this.#comesFirst(key)) move(key, this.#first, this.#due);
    for (const queue of [this.#fresh, this.#due])
      for (const key of [...queue]) if (this.#comesFirst(key)) move(key, queue, this.#first);
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
    this.#first.delete(key);
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
    const strangersTurn = ++this.#turns % turnsForStrangers === 0;
    const key = strangersTurn ? (this.#stranger() ?? next(this.#first)) : (next(this.#first) ?? this.#stranger());
    if (key !== undefined) this.remove(key);
    return key;
  }

  #stranger(): string | undefined {
    const oldFirst = ++this.#strangers % turnsForOld === 0;
    return oldFirst ? (next(this.#due) ?? next(this.#fresh)) : (next(this.#fresh) ?? next(this.#due));
  }

  #advance(slot: number): void {
    if (slot <= this.#reached) return;
    this.#reached = slot;
    const passed = [...this.#slots.keys()].filter(at => at <= slot).sort((a, b) => a - b);
    for (const at of passed) {
      for (const key of this.#slots.get(at)!) {
        this.#slotOf.delete(key);
        (this.#comesFirst(key) ? this.#first : this.#due).add(key);
      }
      this.#slots.delete(at);
    }
  }
}

const next = (queue: ReadonlySet<string>): string | undefined => queue.keys().next().value;

function move(key: string, from: Set<string>, to: Set<string>): void {
  from.delete(key);
  to.add(key);
}
