import test from 'ava';
import { Buckets } from './buckets.ts';

test('names come in the order of their buckets, then of themselves, whatever was moved before', t => {
  let state = 9;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const buckets = new Buckets(20);
  const model = new Map<string, number>();
  for (let i = 0; i < 5_000; i++) {
    const name = `n${Math.floor(random() * 300)}`;
    const from = model.get(name);
    const to = random() < 0.2 ? undefined : Math.floor(random() * 20);
    buckets.move(name, from, to);
    if (to === undefined) model.delete(name);
    else model.set(name, to);
  }
  const sorted = [...model].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  t.deepEqual([...buckets.between(0, 19)], sorted);
  const inside = sorted.filter(([, bucket]) => bucket >= 5 && bucket <= 7);
  t.deepEqual([...buckets.between(5, 7)], inside);
  t.is(buckets.count(5, 7), inside.length);
  const [name, bucket] = inside[3]!;
  t.deepEqual([...buckets.between(bucket, 19, name)], sorted.slice(sorted.indexOf(inside[3]!) + 1));
});

test('paging goes on behind a name that is gone', t => {
  const buckets = new Buckets(2);
  for (const name of ['a', 'b', 'd']) buckets.move(name, undefined, 0);
  buckets.move('e', undefined, 1);
  buckets.move('b', 0, undefined);
  t.deepEqual(
    [...buckets.between(0, 1, 'b')].map(([name]) => name),
    ['d', 'e'],
  );
});
