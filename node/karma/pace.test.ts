import test from 'ava';
import { second } from '../base/time.ts';
import { Pace } from './pace.ts';

const limits = { burst: 3, everyMs: 10 * second, authorsMax: 2 };

test('a burst is let through, then one in each interval', t => {
  const pace = new Pace(limits);
  const taken: number[] = [];
  for (let now = 0; now <= 40 * second; now += second) {
    if (!pace.allows('a', now)) continue;
    pace.take('a', now);
    taken.push(now / second);
  }
  t.deepEqual(taken, [0, 1, 2, 10, 20, 30, 40]);
});

test('authors do not share a bucket', t => {
  const pace = new Pace(limits);
  for (let i = 0; i < 3; i++) pace.take('a', 0);
  t.false(pace.allows('a', 0));
  t.true(pace.allows('b', 0));
});

test('with too many authors the one longest silent is forgotten', t => {
  const pace = new Pace(limits);
  for (const author of ['a', 'b', 'b', 'b', 'a', 'a', 'c']) pace.take(author, 0);
  t.true(pace.allows('b', 0));
  t.false(pace.allows('a', 0));
});

test('a clock that is put back silences nobody', t => {
  const pace = new Pace(limits);
  for (let i = 0; i < 3; i++) pace.take('a', 3_600 * second);
  t.true(pace.allows('a', 0));
});
