import test from 'ava';
import fc from 'fast-check';
import { testNow as now } from '../../test/announcements.ts';
import { decay, eventOf, peerOf } from '../../test/karma.ts';
import { day, hour } from '../base/time.ts';
import { after, eventFault, faded, noSums } from './events.ts';

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

for (const [days, positive, negative] of [
  [0, 8, 8],
  [7, 4, 8 * 0.5 ** (7 / 30)],
  [14, 2, 8 * 0.5 ** (14 / 30)],
  [30, 8 * 0.5 ** (30 / 7), 4],
  [60, 8 * 0.5 ** (60 / 7), 2],
] as const) {
  test(`after ${days} days good points have faded by weeks and bad ones by months`, t => {
    const later = faded({ positive: 8, negative: 8, atMs: now }, now + days * day, decay);
    t.true(near(later.positive, positive) && near(later.negative, negative), JSON.stringify(later));
  });
}

test('a clock that was put back changes nothing', t => {
  const sums = { positive: 8, negative: 8, atMs: now };
  t.deepEqual(faded(sums, now - day, decay), sums);
});

test('points weigh the same in whatever order they are told', t => {
  const points = fc.record({ points: fc.constantFrom(1, 2, -3, -50), ageMs: fc.nat(90 * day) });
  const arrangement = fc
    .array(points, { maxLength: 20 })
    .chain(them => fc.tuple(fc.constant(them), fc.shuffledSubarray(them, { minLength: them.length })));
  fc.assert(
    fc.property(arrangement, orders => {
      const [a, b] = orders.map(order => {
        const events = order.map(({ points, ageMs }) => ({ action: 'x', points, atMs: now - ageMs }));
        return faded(
          events.reduce((sums, event) => after(sums, event, decay), noSums),
          now,
          decay,
        );
      }) as [typeof noSums, typeof noSums];
      t.true(near(a.positive, b.positive) && near(a.negative, b.negative));
    }),
  );
});

for (const [action, left] of [
  ['appeal', 0.5],
  ['forgive', 0],
] as const) {
  test(`${action} leaves ${left} of what was bad before it, and all that was good or comes after`, t => {
    const events = [
      { action: 'x', points: 8, atMs: now - hour },
      { action: 'x', points: -8, atMs: now - hour },
      { action, points: 0, atMs: now },
      { action: 'x', points: -4, atMs: now },
    ];
    const { positive, negative } = events.reduce((sums, event) => after(sums, event, decay), noSums);
    t.true(near(positive, 8 * 0.5 ** (1 / 168)));
    t.true(near(negative, 8 * 0.5 ** (1 / 720) * left + 4));
  });
}

for (const [field, value] of [
  ['id', ''],
  ['id', 'a b'],
  ['id', 'x'.repeat(129)],
  ['subject', 'bob'],
  ['action', 'Kicked'],
  ['points', 0],
  ['points', 1_001],
  ['points', 0.5],
  ['atMs', -1],
  ['source', 'rumour'],
  ['note', ''],
  ['note', 'a\u202eb'],
  ['note', 'x'.repeat(201)],
  ['evidence', 'x'.repeat(301)],
] as const) {
  test(`an event whose ${field} is ${JSON.stringify(value).slice(0, 20)} is refused`, t => {
    t.like(eventFault({ ...eventOf(1), [field]: value }), { code: 'BAD_FIELD', field });
  });
}

test('an event with bounds just kept is sound, a pardon without points is too', t => {
  const longest = { id: 'x'.repeat(128), note: 'é'.repeat(200), evidence: 'x'.repeat(300) };
  t.is(eventFault(eventOf(-1_000, { subject: peerOf(2), ...longest })), undefined);
  t.is(eventFault(eventOf(0, { action: 'forgive' })), undefined);
});
