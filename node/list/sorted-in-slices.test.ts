import test from 'ava';
import { atOnce } from '../base/slices.ts';
import { sortedInSlices } from './sorted-in-slices.ts';

for (const count of [0, 1, 1_024, 1_025, 5_000, 20_000]) {
  test(`${count} are sorted as toSorted does it, equals as they came`, t => {
    const items = Array.from({ length: count }, (_, n) => ({ n, key: (n * 7_919) % 997 }));
    const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
    const expected = items.toSorted(compare);
    t.deepEqual(atOnce(sortedInSlices(items, compare)), expected);
    for (const wanted of [0, 1, 700, 3_000])
      t.deepEqual(atOnce(sortedInSlices(items, compare, wanted)), expected.slice(0, wanted), `${wanted}`);
  });
}

test('no slice compares more than some ten thousand times', t => {
  const items = Array.from({ length: 30_000 }, (_, n) => (n * 7_919) % 30_011);
  let compared = 0;
  const work = sortedInSlices(items, (a, b) => {
    compared++;
    return a - b;
  });
  for (let before = 0; !work.next().done; before = compared) t.true(compared - before < 12_000);
  t.true(compared > 100_000);
});

test('for a few of many nearly all are compared once', t => {
  const items = Array.from({ length: 30_000 }, (_, n) => (n * 7_919) % 30_011);
  let compared = 0;
  const work = sortedInSlices(
    items,
    (a, b) => {
      compared++;
      return a - b;
    },
    200,
  );
  t.deepEqual(atOnce(work), items.toSorted((a, b) => a - b).slice(0, 200));
  t.true(compared < 60_000, `${compared}`);
});
