import test from 'ava';
import { Misdeeds, misdeedsKeptMs, misdeedsMax } from './misdeeds.ts';

test('what a peer did costs it nothing here until it leaves, and counts squared when it is back', t => {
  const misdeeds = new Misdeeds(() => 0);
  misdeeds.add('mallory');
  misdeeds.add('mallory');
  t.is(misdeeds.score('mallory'), 0);
  misdeeds.left('mallory');
  t.is(misdeeds.score('mallory'), -400);
  t.is(misdeeds.score('alice'), 0);
});

test('misdeeds are forgotten an hour after the last one', t => {
  let now = 0;
  const misdeeds = new Misdeeds(() => now);
  misdeeds.add('mallory');
  misdeeds.left('mallory');
  now = misdeedsKeptMs - 1;
  t.is(misdeeds.score('mallory'), -100);
  now++;
  t.is(misdeeds.score('mallory'), 0);
});

test('a flood of identities pushes out the oldest entry only', t => {
  const misdeeds = new Misdeeds(() => 0);
  for (let index = 0; index <= misdeedsMax; index++) {
    misdeeds.add(`peer ${index}`);
    misdeeds.left(`peer ${index}`);
  }
  t.is(misdeeds.score('peer 0'), 0);
  t.is(misdeeds.score('peer 1'), -100);
});
