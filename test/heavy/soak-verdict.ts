// What samples of a node say: how a figure grows, whatever single samples do, and whether that is within its bound.

export type Point = { readonly x: number; readonly y: number };

/** Median of the slopes between all pairs (Theil and Sen): a third of the samples may be far off without moving it. */
export function slopeOf(points: readonly Point[]): number {
  const slopes = points.flatMap((a, i) =>
    points.slice(i + 1).flatMap(b => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
  );
  return slopes.length === 0 ? 0 : medianOf(slopes);
}

/** The lowest of each stretch of `width` along x: what is only in flight adds to a figure, what is kept raises its lows. */
export function lowsOf(points: readonly Point[], width: number): Point[] {
  const stretches = Map.groupBy(points, ({ x }) => Math.floor(x / width));
  return [...stretches.values()].map(part => part.reduce((low, point) => (point.y < low.y ? point : low)));
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** One line of the result: a figure, its bound if it has one, and whether it holds. */
export type Check = { readonly what: string; readonly figure: string; readonly bound: string; readonly ok: boolean };

export const atMost = (what: string, value: number, bound: number, unit: string): Check => ({
  what,
  figure: `${round(value)} ${unit}`,
  bound: `at most ${round(bound)}`,
  // A figure that there is none of holds nothing.
  ok: value <= bound,
});

export const holds = (what: string, ok: boolean, figure: string): Check => ({ what, figure, bound: '', ok });

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toFixed(2))));
