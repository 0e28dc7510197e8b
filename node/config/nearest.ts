// "Did you mean": the known name with the fewest letters to change.

/** Beyond this share of letters to change, a suggestion would only puzzle. */
const distanceShareMax = 0.4;

/** The known path most like `path`; the last part alone counts too, for `commitIntervalMs` without its group. */
export function nearest(path: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestShare = distanceShareMax;
  for (const candidate of known) {
    const share = Math.min(unlike(path, candidate), unlike(last(path), last(candidate)) + 0.05);
    if (share < bestShare) [best, bestShare] = [candidate, share];
  }
  return best;
}

const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** 0 for equal, 1 for nothing in common; case counts for nothing. */
const unlike = (a: string, b: string): number =>
  distance(a.toLowerCase(), b.toLowerCase()) / Math.max(a.length, b.length, 1);

/** Levenshtein's: letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
