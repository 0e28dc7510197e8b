// How much memory V8 and Node may take for what is garbage, or soon will be. These flags are read while V8 runs, as few are.
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { second } from '../base/time.ts';

/** By how much a large old heap may grow before it is collected, */
const growingPercent = 20;
/**
 * and a small one by so much, which is 12 MB more in a node of a few servers: while 18,000 came in, V8 marked what was there
 * already five times instead of twice, a sixth of the CPU time beside that of the signatures.
 */
const growingBytes = 16 * 1_048_576;
/** The same while much comes in. As V8 sees fit it would triple. */
const growingMuchPercent = 100;
/**
 * Announcements that come in at once from which on that is worth its memory: they take 6 MB, and fewer bring one collection or
 * two. While 2,000 came from slow peers, a heap of 65 MB doubled, mostly by garbage; with 10,000 here 100,000 took 12 % more CPU.
 */
const muchFrom = 4_000;
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
  // The young heap stays as it began, 4 MB. Loading a large list it would grow to 128 MB, and stay so, without being faster.
  setFlagsFromString('--semi-space-growth-factor=1');
  // V8 takes a share only, and reads it as a collection ends: as often as this it is that of about the heap that there is then.
  setInterval(growWithHeap, second).unref();
  growWithHeap();
}

function growWithHeap(): void {
  growBy(hasRoom ? growingMuchPercent : growingPercentOf(getHeapStatistics().used_heap_size));
}

/** By a fifth, not until it has doubled: 12 % more time to load a list of 100,000 servers. */
export const growingPercentOf = (usedBytes: number): number =>
  Math.round(Math.min(growingMuchPercent, Math.max(growingPercent, (100 * growingBytes) / usedBytes)));

function growBy(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

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
      growWithHeap();
    });
  } finally {
    hasRoom = false;
    if (isSmall) growWithHeap();
  }
}
