// Timers of the real clock, bound to the life of a node: aborting its signal stops them all.
import { setImmediate as immediate } from 'node:timers/promises';
import type { Ticker } from '../base/time.ts';

/**
 * Runs a task every so often; a run that takes longer than the interval is waited for, never doubled. Once the signal has aborted, what
 * a run needs may be gone already: that it fails then is no news.
 */
export const ticker =
  (failed: (error: unknown) => void): Ticker =>
  (intervalMs, task, signal) => {
    if (signal.aborted) return;
    let running = false;
    const timer = setInterval(async () => {
      if (running) return;
      running = true;
      try {
        await task();
      } catch (error) {
        if (!signal.aborted) failed(error);
      } finally {
        running = false;
      }
    }, intervalMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  };

/** Runs a task once, after a delay, unless the signal aborts before. */
export const laterUntil = (signal: AbortSignal) => {
  const timers = new Set<NodeJS.Timeout>();
  signal.addEventListener('abort', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  return (delayMs: number, task: () => void): void => {
    if (signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, delayMs);
    timers.add(timer);
  };
};

/** Lets the event loop turn once. */
export const pause = (): Promise<void> => immediate();

/** The same; once the signal has aborted it fails with an AbortError. */
export const pauseUnless = (signal: AbortSignal) => (): Promise<void> => immediate(undefined, { signal });
