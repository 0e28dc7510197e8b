import test from 'ava';
import { Spread } from './spread.ts';

test('an announcement takes as long as the last player waits for it', t => {
  const spread = new Spread();
  for (const [id, first, last] of [
    ['a', 10, 30],
    ['b', 20, 5],
    ['c', 90, 80],
  ] as const) {
    spread.sent(id, 1_000);
    spread.heard(id, 'player-1', 1_000 + first);
    spread.heard(id, 'player-2', 1_000 + last);
  }
  t.deepEqual(spread.summary(), { medianMs: 30, maxMs: 90 });
  t.is(spread.tookMs('b', 'player-2'), 5);
});

test('only the first time counts, until it is sent again', t => {
  const spread = new Spread();
  spread.sent('a', 0);
  spread.heard('a', 'player-1', 7);
  spread.heard('a', 'player-1', 70);
  t.is(spread.tookMs('a', 'player-1'), 7);
  spread.sent('a', 100);
  t.is(spread.tookMs('a', 'player-1'), undefined);
  spread.heard('a', 'player-1', 103);
  t.is(spread.tookMs('a', 'player-1'), 3);
});

test('what was never sent, or not yet heard of, says nothing', t => {
  const spread = new Spread();
  spread.heard('a', 'player-1', 7);
  spread.sent('b', 1);
  t.is(spread.summary(), undefined);
});

test('a demo that runs for days forgets old announcements', t => {
  const spread = new Spread();
  for (let i = 0; i < 1_000; i++) {
    spread.sent(`${i}`, 0);
    spread.heard(`${i}`, 'player-1', i);
  }
  t.is(spread.tookMs('0', 'player-1'), undefined);
  t.is(spread.tookMs('999', 'player-1'), 999);
  t.true(spread.summary()!.medianMs > 900);
});
