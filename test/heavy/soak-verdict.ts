// What samples of a node say: how a figure grows, whatever single samples do, and whether that is within its bound.

export type Point = { readonly x: number; readonly y: number };

/** Median of the slopes between all pairs (Theil and Sen): a third of the samples may be far off without moving it. */
export function slopeOf(points: readonly Point[]): number {
  const slopes = slopesOf(points);
  return slopes.length === 0 ? 0 : medianOf(slopes);
}

/** How something grows: the slope, and between which bounds it is nineteen times of twenty. */
export type Growth = { readonly slope: number; readonly least: number; readonly most: number };

/** Standard deviations to either side that hold nineteen of twenty. */
const nineteenOfTwenty = 1.96;

/**
 * Of the slopes between all pairs those in the middle, by Sen's interval; with few points nothing is ruled out. Of several series
 * that should grow alike, pairs within each count.
 */
export function growthOf(...series: readonly (readonly Point[])[]): Growth {
  const slopes = series.flatMap(slopesOf).toSorted((a, b) => a - b);
  // Kendall's S is nearly normal with this variance where nothing grows, and that of a sum is the sum. Sources: Sen 1968,
  // doi:10.2307/2285891, section 4; Hirsch, Slack and Smith 1982, doi:10.1029/WR018i001p00107.
  const variance = sum(series.map(({ length: n }) => (n * (n - 1) * (2 * n + 5)) / 18));
  const outside = Math.floor((slopes.length - nineteenOfTwenty * Math.sqrt(variance)) / 2);
  return {
    slope: slopes.length === 0 ? 0 : medianOf(slopes),
    least: slopes[outside] ?? Number.NEGATIVE_INFINITY,
    most: slopes[slopes.length - 1 - outside] ?? Number.POSITIVE_INFINITY,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const slopesOf = (points: readonly Point[]): number[] =>
  points.flatMap((a, i) => points.slice(i + 1).flatMap(b => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])));

/**
 * The lowest of each stretch of `width` along x: what is only in flight adds to a figure, what is kept raises its lows. A
 * stretch with less than half of the usual points, as the last may be, has none to tell of.
 */
export function lowsOf(points: readonly Point[], width: number): Point[] {
  const stretches = [...Map.groupBy(points, ({ x }) => Math.floor(x / width)).values()];
  const usual = Math.max(...stretches.map(part => part.length));
  const full = stretches.filter(part => part.length >= usual / 2);
  return full.map(part => part.reduce((low, point) => (point.y < low.y ? point : low)));
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

/** Fails for what surely grows by more than `bound`, and for what cannot be told from `leak`, if given: a longer run would tell. */
export const growsAtMost = (
  what: string,
  { slope, least, most }: Growth,
  bound: number,
  leak: number | undefined,
  unit: string,
): Check => ({
  what,
  figure: `${round(slope)} ${unit} (${round(least)} to ${round(most)})`,
  bound: `surely no more than ${round(bound)}${leak === undefined ? '' : ` and less than ${round(leak)}`}`,
  ok: least <= bound && (leak === undefined || most < leak),
});

export const holds = (what: string, ok: boolean, figure: string): Check => ({ what, figure, bound: '', ok });

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toFixed(2))));
