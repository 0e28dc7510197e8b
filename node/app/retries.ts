// When to try again what cannot be done yet: soon at first, for what is missing may be a moment behind, then ever more seldom.

export type RetriesDeps = {
  readonly later: (delayMs: number, task: () => void) => void;
  readonly task: () => void;
  readonly minMs: number;
  /** The delay doubles up to this. */
  readonly maxMs: number;
};

export class Retries {
  readonly #deps: RetriesDeps;
  #delayMs: number;
  /** Of timers that run only the newest counts. */
  #newest: object | undefined;

  constructor(deps: RetriesDeps) {
    this.#deps = deps;
    this.#delayMs = deps.minMs;
  }

  /** It failed; whoever fails while a try is due anyway changes nothing. */
  again(): void {
    if (this.#newest) return;
    const { later, task, maxMs } = this.#deps;
    const timer = {};
    this.#newest = timer;
    later(this.#delayMs, () => {
      if (this.#newest !== timer) return;
      this.#newest = undefined;
      task();
    });
    this.#delayMs = Math.min(2 * this.#delayMs, maxMs);
  }

  /** There is something else to try: as if nothing had failed yet. */
  reset(): void {
    this.#newest = undefined;
    this.#delayMs = this.#deps.minMs;
  }
}
