import test from 'ava';
import { minute } from '../base/time.ts';
import { dutyOf, latenessOf, type Watch } from './duty.ts';

const now = 100 * minute;
const watch: Watch = {
  mine: false,
  ownEveryMs: null,
  ownFirstMs: now + 3 * minute,
  listedAtMs: now,
  askedAtMs: undefined,
  seenAtMs: undefined,
  silentMs: 0,
  lateness: 0,
  epochEndsAtMs: now + 60 * minute,
};

for (const [title, fields, atMs] of [
  ['nobody has looked at is asked now', { mine: true }, Number.NEGATIVE_INFINITY],
  ['this node observes is asked an interval later', { mine: true, askedAtMs: now - 1_000 }, now + 59_000],
  [
    'this node observes keeps its pace whatever others see',
    { mine: true, askedAtMs: now - 50_000, seenAtMs: now },
    now + 10_000,
  ],
  ['this node takes over is asked when the others would have', { mine: true, seenAtMs: now - 20_000 }, now + 40_000],
  [
    'this node asked long ago and takes over again too',
    { mine: true, askedAtMs: now - 9 * minute, seenAtMs: now - 20_000 },
    now + 40_000,
  ],
  ['others see is left to them', { seenAtMs: now }, now + 1.5 * minute],
  ['nobody sees though it is listed is asked after 1.5 intervals', {}, now + 1.5 * minute],
  ['nobody sees is asked by some nodes earlier than by others', { lateness: 1 }, now + 2 * minute],
  [
    'nobody else sees is asked once an interval',
    { listedAtMs: 0, askedAtMs: now - 10_000, seenAtMs: now - 5 * minute },
    now + 50_000,
  ],
  [
    'is silent for long is missed as late as those who observe it ask',
    { seenAtMs: now, silentMs: 8 * minute },
    now + 12 * minute,
  ],
  [
    'this node has not looked at itself is asked when that is due first',
    { ownEveryMs: 10 * minute, seenAtMs: now + 9 * minute },
    now + 3 * minute,
  ],
  [
    'this node has looked at is asked again in another epoch',
    { ownEveryMs: 10 * minute, askedAtMs: now, seenAtMs: now + 9 * minute },
    now + 10 * minute,
  ],
  ['others see is thought over when the epoch ends', { seenAtMs: now, epochEndsAtMs: now + 5_000 }, now + 5_000],
] as const satisfies readonly (readonly [string, Partial<Watch>, number])[]) {
  test(`what ${title}`, t => {
    t.is(dutyOf({ ...watch, ...fields }, now, minute).atMs, atMs);
  });
}

test('only the turn of who takes over is firm: later sights of others would put it off for ever', t => {
  t.true(dutyOf({ ...watch, mine: true, seenAtMs: now }, now, minute).firm);
  t.false(dutyOf({ ...watch, seenAtMs: now }, now, minute).firm);
});

test('of those who miss an observer few step in early, however many they are', t => {
  for (const crowd of [3, 30, 300, 3_000]) {
    const all = Array.from({ length: crowd }, (_, i) => latenessOf((i + 0.5) / crowd, crowd));
    t.true(all.every(it => it >= 0 && it < 1));
    t.true(all.filter(it => it < 0.1).length <= 3, `${crowd}`);
    t.true(Math.min(...all) < 0.4);
  }
  t.is(latenessOf(0.5, 1), 0);
});
