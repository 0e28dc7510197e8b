// How long the event loop of this process stood still, and how much of that was its own work.
import { setTimeout as wait } from 'node:timers/promises';

export type Stalls = {
  /** The longest time in which the event loop did not turn, and the most that its own thread worked in one. */
  readonly stallMs: number;
  readonly ownStallMs: number;
};

/** A timer that is late tells of a stall; it cannot tell a shorter one from none. */
const resolutionMs = 5;

/** Begins to watch; the result ends it, once the timer that was kept waiting last has gone off. */
export function watchStalls(): () => Promise<Stalls> {
  const worked = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let [stallMs, ownStallMs] = [0, 0];
  let [turnedAtMs, workedMs] = [performance.now(), worked()];
  const timer = setInterval(() => {
    const [now, work] = [performance.now(), worked()];
    stallMs = Math.max(stallMs, now - turnedAtMs);
    ownStallMs = Math.max(ownStallMs, work - workedMs);
    [turnedAtMs, workedMs] = [now, work];
  }, resolutionMs);
  return async () => {
    await wait(3 * resolutionMs);
    clearInterval(timer);
    return { stallMs, ownStallMs };
  };
}
