// What a page waited for, as Linux tells of threads: that they worked, or that they could have and no core was free; and
// during which pages the node collected garbage.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds. */
export type Times = { readonly workedMs: number; readonly queuedMs: number };
export type Waits = {
  /** The thread of the process that runs its event loop, and all its others. */
  readonly main: Times;
  readonly others: Times;
};
/** A garbage collection, by the clock that all processes of a machine share. */
export type Collection = { readonly startMs: number; readonly tookMs: number };

/** The same in every process: CLOCK_MONOTONIC. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A process's times so far. Source: Documentation/scheduler/sched-stats.rst of Linux, /proc/<pid>/schedstat, in nanoseconds. */
export function waitsOf(pid: number): Waits {
  const others = readdirSync(`/proc/${pid}/task`).filter(thread => thread !== String(pid));
  return { main: timesOf(pid, String(pid)), others: others.map(thread => timesOf(pid, thread)).reduce(sum, none) };
}

export const between = (before: Waits, after: Waits): Waits => ({
  main: difference(before.main, after.main),
  others: difference(before.others, after.others),
});

/** A question as it was answered. */
export type Answered = {
  readonly startMs: number;
  readonly tookMs: number;
  readonly node: Waits;
  readonly asker: Waits;
  /** Whether its words were asked for before. */
  readonly isNew: boolean;
};

/** Without the time in which the one who was to go on, node or asker, waited for a core. */
export const ownMs = ({ tookMs, node, asker }: Answered): number =>
  Math.max(0, tookMs - node.main.queuedMs - asker.main.queuedMs);

/** What the pages that took longer than a limit had in common; one may count in several rows. */
export function slowOnes(
  pages: readonly Answered[],
  collections: readonly Collection[],
  limitMs: number,
): Record<string, number> {
  const slow = pages.filter(({ tookMs }) => tookMs > limitMs);
  const isDuring = ({ startMs, tookMs }: Answered) =>
    collections.some(it => it.startMs < startMs + tookMs && it.startMs + it.tookMs > startMs);
  return {
    'of all': slow.length,
    'also without waiting for a core': slow.filter(page => ownMs(page) > limitMs).length,
    'main thread worked longer than that': slow.filter(({ node }) => node.main.workedMs > limitMs).length,
    'during a garbage collection': slow.filter(isDuring).length,
    'words asked for the first time': slow.filter(({ isNew }) => isNew).length,
  };
}

function timesOf(pid: number, thread: string): Times {
  const [worked, queued] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
  return { workedMs: Number(worked) / 1e6, queuedMs: Number(queued) / 1e6 };
}

const none: Times = { workedMs: 0, queuedMs: 0 };
const sum = (a: Times, b: Times): Times => ({
  workedMs: a.workedMs + b.workedMs,
  queuedMs: a.queuedMs + b.queuedMs,
});
const difference = (before: Times, after: Times): Times => ({
  workedMs: after.workedMs - before.workedMs,
  queuedMs: after.queuedMs - before.queuedMs,
});
