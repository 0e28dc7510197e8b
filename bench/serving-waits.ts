// What a page waited for, as Linux tells of threads: that they worked, or that they could have and no core was free; and
// during which pages the node collected garbage.
import { closeSync, openSync, readSync } from 'node:fs';

/** Milliseconds. */
export type Times = { readonly workedMs: number; readonly queuedMs: number };
/** Of the threads that run the event loops of both. */
export type Waits = { readonly node: Times; readonly asker: Times };
/** A garbage collection, by the clock that all processes of a machine share. */
export type Collection = { readonly startMs: number; readonly tookMs: number };

/** The same in every process: CLOCK_MONOTONIC. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The times of two threads so far; read before and after each answer, so files stay open and nothing is thrown away. */
export class Threads implements Disposable {
  readonly #files: readonly [node: number, asker: number];
  readonly #buffer = Buffer.alloc(128);

  constructor(node: number, asker: number) {
    // Source: Documentation/scheduler/sched-stats.rst of Linux, /proc/<pid>/schedstat, in nanoseconds.
    const open = (pid: number) => openSync(`/proc/${pid}/task/${pid}/schedstat`, 'r');
    this.#files = [open(node), open(asker)];
  }

  now(): Waits {
    const [node, asker] = this.#files;
    return { node: this.#times(node), asker: this.#times(asker) };
  }

  #times(file: number): Times {
    const bytes = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
    const [worked, queued] = this.#buffer.toString('latin1', 0, bytes).split(' ');
    return { workedMs: Number(worked) / 1e6, queuedMs: Number(queued) / 1e6 };
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) closeSync(file);
  }
}

export const between = (before: Waits, after: Waits): Waits => ({
  node: difference(before.node, after.node),
  asker: difference(before.asker, after.asker),
});

/** A question as it was answered. */
export type Answered = Waits & {
  readonly startMs: number;
  readonly tookMs: number;
  /** Whether its words were asked for before. */
  readonly isNew: boolean;
};

/** Without the time in which the one who was to go on, node or asker, waited for a core. */
export const ownMs = ({ tookMs, node, asker }: Answered): number =>
  Math.max(0, tookMs - node.queuedMs - asker.queuedMs);

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
    'main thread worked longer than that': slow.filter(({ node }) => node.workedMs > limitMs).length,
    'during a garbage collection': slow.filter(isDuring).length,
    'words asked for the first time': slow.filter(({ isNew }) => isNew).length,
  };
}

const difference = (before: Times, after: Times): Times => ({
  workedMs: after.workedMs - before.workedMs,
  queuedMs: after.queuedMs - before.queuedMs,
});
