// Time is a number of milliseconds; only node/main.ts reads the real clock.

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Unix milliseconds now. Handed in, so that tests can move time. */
export type Clock = () => number;

/**
 * Milliseconds since some moment of this run, for how long something takes, rests or is kept: people and time servers set the clock, this
 * one goes on. Handed in.
 */
export type Monotonic = () => number;

/** What a timer is to the code that decides: run `task` about every `intervalMs` until the signal aborts. */
export type Ticker = (intervalMs: number, task: () => void | Promise<void>, signal: AbortSignal) => void;
