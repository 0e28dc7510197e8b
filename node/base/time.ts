// Time is a number of milliseconds; only node/main.ts reads the real clock.

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Unix milliseconds now. Handed in, so that tests can move time. */
export type Clock = () => number;

/** What a timer is to the code that decides: run `task` about every `intervalMs` until the signal aborts. */
export type Ticker = (intervalMs: number, task: () => void | Promise<void>, signal: AbortSignal) => void;
