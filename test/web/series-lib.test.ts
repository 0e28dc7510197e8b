// What the series view decides without a browser: what is known, what is unknown, what the address says.
import test from 'ava';
import type { Series } from '../../node/api/port.ts';
import { formatSeriesPlace, knownPoints, parseSeriesPlace, peakOf, pointsOf } from '../../web-ui/src/lib/series.ts';

const series: Series = {
  ...{ of: 'list', span: 'day', stepMs: 300_000, from: 1_763_600_000_000 },
  ...{ servers: [null, null, 3, null, 5], players: [null, null, 0, null, 12.5] },
  ...{ joined: [0, 0, 3, 0, 2], left: [0, 0, 0, 0, 0], changed: [0, 0, 0, 1, 0] },
};

test('what nobody counted stays unknown, and is not shown before anything was known', t => {
  const points = pointsOf(series);
  t.is(points.length, 5);
  t.deepEqual(
    knownPoints(points).map(({ servers, players }) => [servers, players]),
    [
      [3, 0],
      [null, null],
      [5, 12.5],
    ],
  );
  t.is(points[2]!.atMs, series.from + 2 * series.stepMs);
  t.deepEqual(knownPoints(pointsOf({ ...series, servers: [null], players: [null], joined: [0], changed: [0] })), []);
});

test('the peak is the greatest value, the first time that it was', t => {
  t.deepEqual(peakOf(pointsOf(series), 'servers'), { atMs: series.from + 4 * series.stepMs, value: 5 });
  t.is(peakOf([], 'players'), null);
});

for (const address of ['', 'span=week', `of=${'ab'.repeat(20)}`, `of=${'ab'.repeat(20)}&span=month`]) {
  test(`the address "?${address}" says which series is shown`, t =>
    t.is(formatSeriesPlace(parseSeriesPlace(new URLSearchParams(address))).toString(), address));
}

test('what an address says wrongly is the day of the list', t =>
  t.deepEqual(parseSeriesPlace(new URLSearchParams('of=../etc&span=year')), { of: 'list', span: 'day' }));
