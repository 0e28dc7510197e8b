import test from 'ava';
import type { Rank } from '../list/rank.ts';
import { Ranking } from './ranking.ts';

const rank = (key: number): Rank => ({ keys: [key], name: 's', id: `${key}` });

test('a place is counted among all that are shown', t => {
  const ranking = new Ranking(
    () => 0,
    () => [rank(3), rank(1), rank(2)],
  );
  t.deepEqual(ranking.place(rank(2), 1), { place: 2, of: 3 });
  t.deepEqual(ranking.place(rank(9), 1), { place: 4, of: 3 });
});

test('what is quick to work out is worked out at each change, what is slow is kept for a while', t => {
  let now = 0;
  let tookMs = 0;
  let built = 0;
  const ranking = new Ranking(
    () => now,
    () => {
      now += tookMs;
      built++;
      return [rank(1)];
    },
  );
  ranking.place(rank(1), 1);
  ranking.place(rank(1), 1);
  t.is(built, 1);
  tookMs = 100;
  ranking.place(rank(1), 2);
  t.is(built, 2);
  now += 1_999;
  ranking.place(rank(1), 3);
  t.is(built, 2);
  now += 1;
  ranking.place(rank(1), 3);
  t.is(built, 3);
});
