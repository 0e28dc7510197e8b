// How much memory V8 and Node may take for what is garbage, or soon will be. These flags are read while V8 runs, as few are.
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/** By how much a large old heap may grow before it is collected, */
const growingPercent = 20;
/**
 * and a small one by so much, which is 12 MB more in a node of a few servers: while 18,000 came in, V8 marked what was there
 * already five times instead of twice, a sixth of the CPU time beside that of the signatures.
 */
const growingBytes = 16 * 1_048_576;
/** … while the young heap has grown to its bound, for then much that is kept comes in: one full collection less in 18,000. */
const growingBusyBytes = 32 * 1_048_576;
/** Either while a large list comes in. As V8 sees fit it would triple. */
const growingMuchPercent = 100;
/**
 * Announcements that come in at once from which on that is worth its memory: they take 6 MB, and fewer bring one collection or
 * two. While 2,000 came from slow peers, a heap of 65 MB doubled, mostly by garbage; with 10,000 here 100,000 took 12 % more CPU.
 */
const muchFrom = 4_000;
/**
 * Both halves of the young heap together. It begins with 2 MB, and V8 would let it grow to 64. With 2 MB what 150 announcements
 * leave is collected at a time, and each collection costs something by itself; with 32 it is no faster than with 16.
 */
const youngBytesMax = 16 * 1_048_576;
/**
 * Small buffers are cut out of larger ones of this size, and whoever keeps one of them keeps all that it was cut from. Node takes
 * 64 KiB: a peer's id kept that much, and 450 small pieces that waited for a peer that stood still kept 6 MB.
 */
const bufferPoolBytes = 8 * 1_024;
let isSmall = false;
let hasRoom = false;
let isGivingBack = false;

/** A list of 100,000 servers takes 160 MB, and the whole node less than 400: half of what V8 would take by itself. */
export function keepHeapSmall(): void {
  isSmall = true;
  Buffer.poolSize = bufferPoolBytes;
  // V8 takes shares only, and reads them as a collection ends: after each they are set by what there is then.
  new PerformanceObserver(setGrowth).observe({ entryTypes: ['gc'] });
  setGrowth();
}

/** V8 shrinks the young heap by itself, when little is allocated or memory is given back; then it has to be able to grow again. */
function setGrowth(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.space_size;
  const isBusy = young >= youngBytesMax;
  setFlagsFromString(`--semi-space-growth-factor=${isBusy ? 1 : 2}`);
  const percent = hasRoom ? growingMuchPercent : growingPercentOf(getHeapStatistics().used_heap_size, isBusy);
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/** By a fifth, not until it has doubled: 12 % more time to load a list of 100,000 servers. */
export const growingPercentOf = (usedBytes: number, isBusy: boolean): number => {
  const percent = (100 * (isBusy ? growingBusyBytes : growingBytes)) / usedBytes;
  return Math.round(Math.min(growingMuchPercent, Math.max(growingPercent, percent)));
};

/**
 * Has the next full collection give back to the system what V8 keeps of pages that it emptied; to be called now and then. By
 * itself V8 does so only in a process that is idle: one that never is keeps as much as it ever took, 60 MB more than its heap
 * within half an hour. With 100 MB live this collection holds the event loop for 20 ms, others for 10; if it compacted too, for 40.
 */
export function giveBack(): void {
  if (!isSmall || isGivingBack) return;
  isGivingBack = true;
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--no-compact');
  // The next one to end may have begun already.
  let left = 2;
  const collections = new PerformanceObserver(seen => {
    left -= seen.getEntries().filter(isFull).length;
    if (left > 0) return;
    collections.disconnect();
    setFlagsFromString('--compact');
    setFlagsFromString('--no-optimize-for-size');
    isGivingBack = false;
  });
  collections.observe({ entryTypes: ['gc'] });
}

/** Not one that a debugger asks for: that gives nothing back. */
function isFull(collection: PerformanceEntry): boolean {
  const { kind, flags } = (collection as unknown as { detail: { kind: number; flags: number } }).detail;
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR && !(flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED);
}

/**
 * Runs what may make far more garbage than it keeps, and tells with `came` how many announcements have come in: while a list
 * of 100,000 servers comes in, marking all that is there already, again at each fifth, took more time than everything else.
 * One at a time.
 */
export async function withRoom<T>(task: (came: (announcements: number) => void) => Promise<T>): Promise<T> {
  try {
    return await task(announcements => {
      if (!isSmall || hasRoom || announcements < muchFrom) return;
      hasRoom = true;
      setGrowth();
    });
  } finally {
    hasRoom = false;
    if (isSmall) setGrowth();
  }
}
