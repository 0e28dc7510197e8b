// How long something takes, in words for people.
import { day, hour, minute, second } from './time.ts';

/** `12 s`, `3 min`, `5 h`, `2 days`: the largest unit that fits, rounded down. */
export function duration(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} days`;
}
