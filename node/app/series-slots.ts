// Which server has which place in the columns. Pure.

export type Slot = {
  readonly id: string;
  /** What columns hold of earlier times is of whoever had the slot before. Unix milliseconds. */
  readonly sinceMs: number;
};

/** 576 columns of so many take 14 MB. More servers than that are on a list only in a flood. */
export const slotsMax = 12_000;

export class Slots {
  readonly #slots: Slot[] = [];
  readonly #byId = new Map<string, number>();
  /** When each was last seen. */
  readonly #seenAtMs: number[] = [];
  readonly #max: number;

  constructor(kept: Iterable<readonly [slot: number, Slot]>, max: number = slotsMax) {
    this.#max = max;
    for (const [at, slot] of kept) {
      if (at >= max || this.#byId.has(slot.id)) continue;
      this.#slots[at] = slot;
      this.#byId.set(slot.id, at);
      this.#seenAtMs[at] = slot.sinceMs;
    }
  }

  /** As long as columns have to be. */
  get length(): number {
    return this.#slots.length;
  }

  find(id: string): { readonly at: number; readonly sinceMs: number } | undefined {
    const at = this.#byId.get(id);
    return at === undefined ? undefined : { at, sinceMs: this.#slots[at]!.sinceMs };
  }

  seen(at: number, nowMs: number): void {
    this.#seenAtMs[at] = nowMs;
  }

  /**
   * Slots for servers that were just seen and have none: free ones first, then those of whom was not seen for longest. Who is
   * seen now keeps his, so that a flood takes nobody's: it waits. Gives what has to be stored.
   */
  assign(ids: readonly string[], nowMs: number): (readonly [slot: number, Slot])[] {
    const free: number[] = [];
    for (let at = 0; at < this.#max && free.length < ids.length; at++) if (!this.#slots[at]) free.push(at);
    if (free.length < ids.length) {
      const idle = [...this.#seenAtMs.keys()].filter(at => this.#slots[at] && this.#seenAtMs[at]! < nowMs);
      idle.sort((a, b) => this.#seenAtMs[a]! - this.#seenAtMs[b]!);
      free.push(...idle.slice(0, ids.length - free.length));
    }
    return free.map((at, i) => {
      const slot = { id: ids[i]!, sinceMs: nowMs };
      const before = this.#slots[at];
      if (before) this.#byId.delete(before.id);
      this.#slots[at] = slot;
      this.#byId.set(slot.id, at);
      this.#seenAtMs[at] = nowMs;
      return [at, slot] as const;
    });
  }
}
