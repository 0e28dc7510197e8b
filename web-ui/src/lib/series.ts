// What was counted over time, as charts and tables take it. What nobody counted stays unknown: it is never a zero. Pure.
import type { Series, SeriesSpan } from '../api/types.ts';

export const spans = ['day', 'week', 'month'] as const satisfies readonly SeriesSpan[];
export type SeriesPlace = { readonly of: string; readonly span: SeriesSpan };

const isId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** What of the view stands in its address: of the whole list, or of one server. */
export function parseSeriesPlace(query: URLSearchParams): SeriesPlace {
  const of = query.get('of') ?? '';
  return { of: isId(of) ? of : 'list', span: spans.find(name => name === query.get('span')) ?? 'day' };
}

export function formatSeriesPlace({ of, span }: SeriesPlace): URLSearchParams {
  const query = new URLSearchParams();
  if (of !== 'list') query.set('of', of);
  if (span !== 'day') query.set('span', span);
  return query;
}

export type Point = {
  readonly atMs: number;
  readonly servers: number | null;
  readonly players: number | null;
  readonly joined: number;
  readonly left: number;
  readonly changed: number;
};

export const pointsOf = ({ from, stepMs, servers, players, joined, left, changed }: Series): Point[] =>
  servers.map((count, i) => ({
    atMs: from + i * stepMs,
    servers: count,
    players: players[i] ?? null,
    joined: joined[i] ?? 0,
    left: left[i] ?? 0,
    changed: changed[i] ?? 0,
  }));

/** Without what lies before anything was known. */
export function knownPoints(points: readonly Point[]): readonly Point[] {
  const first = points.findIndex(
    ({ servers, players, joined, left, changed }) =>
      servers !== null || players !== null || joined + left + changed > 0,
  );
  return first < 0 ? [] : points.slice(first);
}

/** The greatest value and when it was; null when nothing is known. */
export function peakOf(points: readonly Point[], what: 'servers' | 'players'): { atMs: number; value: number } | null {
  let peak: { atMs: number; value: number } | null = null;
  for (const { atMs, [what]: value } of points) {
    if (value !== null && (peak === null || value > peak.value)) peak = { atMs, value };
  }
  return peak;
}
