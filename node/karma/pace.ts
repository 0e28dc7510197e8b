// How often one author may be heard: a bucket of tokens each. Time is the listener's own, so dates in messages gain nothing.

export type PaceLimits = {
  /** So many at once, */
  readonly burst: number;
  /** and then one more each. */
  readonly everyMs: number;
  /** Authors remembered; a flood of new ones pushes out the oldest, whose buckets are full again by then. */
  readonly authorsMax: number;
};

export class Pace {
  readonly #limits: PaceLimits;
  /** When the bucket of an author would be full. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /** Whether the author has a token left. */
  allows(author: string, now: number): boolean {
    const { burst, everyMs } = this.#limits;
    return this.waits(author, now) <= (burst - 1) * everyMs;
  }

  /** Takes one. */
  take(author: string, now: number): void {
    const { everyMs, authorsMax } = this.#limits;
    const fullAtMs = this.#fullAt(author, now) + everyMs;
    this.#fullAtMs.delete(author);
    if (this.#fullAtMs.size >= authorsMax) this.#fullAtMs.delete(this.#fullAtMs.keys().next().value!);
    this.#fullAtMs.set(author, fullAtMs);
  }

  /** How long until the bucket is full again. */
  waits(author: string, now: number): number {
    return this.#fullAt(author, now) - now;
  }

  #fullAt(author: string, now: number): number {
    const { burst, everyMs } = this.#limits;
    const fullAtMs = this.#fullAtMs.get(author) ?? now;
    // Later than any bucket takes to fill: the clock was put back since.
    return fullAtMs > now + burst * everyMs ? now : Math.max(fullAtMs, now);
  }
}
