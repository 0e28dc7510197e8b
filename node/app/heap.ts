// How much memory V8 may take for what is garbage, or soon will be. Both flags are read while V8 runs, which few are.
import { setFlagsFromString } from 'node:v8';

/** By how much the old heap may grow before it is collected. */
const growingPercent = 20;
/**
 * The same while much comes in. As V8 sees fit, a heap of 65 MB that waited for slow peers grew to 190, and what it took of
 * the system it never gave back. 20,000 servers take a newcomer the same CPU time either way.
 */
const growingMuchPercent = 100;
let isSmall = false;

/** A list of 100,000 servers takes 160 MB, and the whole node less than 400: half of what V8 would take by itself. */
export function keepHeapSmall(): void {
  isSmall = true;
  // The young heap stays as it began, 4 MB. Loading a large list it would grow to 128 MB, and stay so, without being faster.
  setFlagsFromString('--semi-space-growth-factor=1');
  // The old heap is collected when it has grown by a fifth, not when it has doubled: 12 % more time to load that list.
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}

/**
 * Runs what makes far more garbage than it keeps: while a list of 100,000 servers comes in, marking all that is there
 * already, again at each fifth, took more time than everything else. One at a time.
 */
export async function withRoom<T>(task: () => Promise<T>): Promise<T> {
  if (!isSmall) return task();
  setFlagsFromString(`--heap-growing-percent=${growingMuchPercent}`);
  try {
    return await task();
  } finally {
    setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  }
}
