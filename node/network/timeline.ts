// A clock that stands still until it is moved, and what is due on it: many nodes in one process, the same in every run.
import type { Clock, Ticker } from '../base/time.ts';

/** Real time. What has not ended by then is taken to wait for the clock itself, and the clock moves on. */
const patienceMs = 250;

type Due = { readonly atMs: number; readonly run: () => unknown };

export class Timeline {
  #nowMs: number;
  /** The next one is last; what is due at one moment runs in the order in which it was asked for. */
  readonly #due: Due[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  readonly clock: Clock = () => this.#nowMs;

  /** Exactly every `intervalMs`. What the task starts may go on while the clock moves. */
  readonly ticker: Ticker = (intervalMs, task, signal) => {
    const next = (): void =>
      this.after(intervalMs, () => {
        if (signal.aborted) return;
        next();
        void task();
      });
    next();
  };

  after(delayMs: number, run: () => unknown): void {
    const atMs = this.#nowMs + delayMs;
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#due[middle]!.atMs > atMs) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, { atMs, run });
  }

  /** Runs what is due within `ms`, one after the other; the clock waits for each, so the outcome does not depend on this machine. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    // What was started outside gets to ask for its own place first.
    await turn();
    for (let next = this.#due.at(-1); next && next.atMs <= endMs; next = this.#due.at(-1)) {
      this.#due.pop();
      this.#nowMs = next.atMs;
      await ended(next.run());
    }
    this.#nowMs = endMs;
  }
}

/** Lets every promise that is ready run, and what it made ready. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

async function ended(running: unknown): Promise<void> {
  let done = false;
  const watched = Promise.resolve(running).finally(() => {
    done = true;
  });
  await turn();
  if (!done) {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise(resolve => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([watched, patience]);
    clearTimeout(timer);
    await turn();
  }
  // A failure is the caller's to see.
  if (done) await watched;
}
