// Sorts many rows without holding up the event loop: short runs first, then two and two of them merged. As `toSorted`, it
// keeps equals in the order in which they came.
import type { Sliced } from '../base/slices.ts';

/** Sorted in one go: 10,000 comparisons, 5 ms where these are of names. */
const runItems = 1_024;
/** Merged in one go, with a comparison each. */
const mergedItems = 8_192;

type Compare<T> = (a: T, b: T) => number;

/** `wanted`: only so many, from the first. The comparison has to give the same all the while. */
export function* sortedInSlices<T>(items: readonly T[], compare: Compare<T>, wanted = items.length): Sliced<T[]> {
  if (wanted <= runItems) return yield* firstInSlices(items, compare, wanted);
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += runItems) {
    runs.push(items.slice(from, from + runItems).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let n = 0; n < runs.length; n += 2) {
      merged.push(yield* merge(runs[n]!, runs[n + 1] ?? [], compare, wanted));
      yield;
    }
    runs = merged;
  }
  return (runs[0] ?? []).slice(0, wanted);
}

/** A few of many: nearly all of these are compared once. */
function* firstInSlices<T>(items: readonly T[], compare: Compare<T>, wanted: number): Sliced<T[]> {
  let best: T[] = [];
  for (let from = 0; from < items.length; from += runItems) {
    const last = best.length < wanted ? undefined : best.at(-1);
    const run = items.slice(from, from + runItems);
    const better = last === undefined ? run : run.filter(item => compare(item, last) < 0);
    best = yield* merge(best, better.sort(compare), compare, wanted);
    yield;
  }
  return best;
}

function* merge<T>(a: readonly T[], b: readonly T[], compare: Compare<T>, wanted: number): Sliced<T[]> {
  const merging = { a, b, i: 0, j: 0, merged: [] as T[] };
  const all = Math.min(wanted, a.length + b.length);
  while (merging.merged.length < all) {
    mergeTo(merging, compare, Math.min(all, merging.merged.length + mergedItems));
    if (merging.merged.length < all) yield;
  }
  return merging.merged;
}

type Merging<T> = { readonly a: readonly T[]; readonly b: readonly T[]; i: number; j: number; readonly merged: T[] };

/** In a function of its own: one that yields is compiled late. */
function mergeTo<T>(merging: Merging<T>, compare: Compare<T>, length: number): void {
  const { a, b, merged } = merging;
  let { i, j } = merging;
  while (merged.length < length) {
    const isOfA = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    merged.push(isOfA ? a[i++]! : b[j++]!);
  }
  merging.i = i;
  merging.j = j;
}
