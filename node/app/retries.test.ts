import test from 'ava';
import { Retries } from './retries.ts';

function setup() {
  const timers: { delayMs: number; fire: () => void }[] = [];
  let tries = 0;
  const retries = new Retries({
    later: (delayMs, fire) => timers.push({ delayMs, fire }),
    task: () => {
      tries++;
    },
    minMs: 100,
    maxMs: 500,
  });
  return { retries, timers, tries: () => tries };
}

test('the first try comes soon, each further one after twice the time, up to a limit', t => {
  const { retries, timers, tries } = setup();
  for (let i = 0; i < 5; i++) {
    retries.again();
    timers[i]!.fire();
  }
  t.deepEqual(
    timers.map(({ delayMs }) => delayMs),
    [100, 200, 400, 500, 500],
  );
  t.is(tries(), 5);
});

test('failures while a try is due add none', t => {
  const { retries, timers, tries } = setup();
  for (let i = 0; i < 3; i++) retries.again();
  t.is(timers.length, 1);
  timers[0]!.fire();
  t.is(tries(), 1);
});

test('something else to try begins anew, and does not wait for an old timer', t => {
  const { retries, timers, tries } = setup();
  retries.again();
  timers[0]!.fire();
  retries.again();
  retries.reset();
  retries.again();
  t.deepEqual(
    timers.map(({ delayMs }) => delayMs),
    [100, 200, 100],
  );
  timers[1]!.fire();
  t.is(tries(), 1, 'the old timer is forgotten');
  timers[2]!.fire();
  t.is(tries(), 2);
});
