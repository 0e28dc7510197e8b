import test from 'ava';
import fc from 'fast-check';
import { testNow as now } from '../../test/announcements.ts';
import { decay, eventOf, peerOf } from '../../test/karma.ts';
import { utf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import type { KarmaEvent } from './events.ts';
import {
  formatRemembered,
  mercyOf,
  parseRemembered,
  type Remembered,
  remember,
  sumsOf,
  unknown,
} from './remembered.ts';

const subject = peerOf(1);
const anyEvent: fc.Arbitrary<KarmaEvent> = fc
  .tuple(fc.constantFrom(1, 2, -1, -3, -50, 'appeal', 'forgive'), fc.nat(60 * day))
  .map(([what, ageMs]) =>
    typeof what === 'number' ? eventOf(what, { atMs: now - ageMs }) : eventOf(0, { action: what, atMs: now - ageMs }),
  );
/** In order of time, as events happen. */
const anyLife = fc.array(anyEvent, { maxLength: 40 }).map(events => events.sort((a, b) => a.atMs - b.atMs));
const lived = (events: readonly KarmaEvent[], eventsMax: number): Remembered =>
  events.reduce((it, event) => remember(it, event, eventsMax, decay), unknown(subject));
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9 * Math.max(1, a, b);

test('however few events find room, none of their weight is lost', t => {
  fc.assert(
    fc.property(anyLife, fc.integer({ min: 1, max: 10 }), (events, eventsMax) => {
      const [all, few] = [sumsOf(lived(events, 1_000), now, decay), sumsOf(lived(events, eventsMax), now, decay)];
      t.true(near(all.positive, few.positive), `${all.positive} ${few.positive}`);
      t.true(near(all.negative, few.negative), `${all.negative} ${few.negative}`);
    }),
    { numRuns: 500 },
  );
});

test('the events that weigh most stay, in order of time', t => {
  const proof = eventOf(-50, { atMs: now - 30 * day });
  const many = Array.from({ length: 100 }, (_, i) => eventOf(1, { atMs: now + i }));
  const it = lived([proof, ...many], 4);
  t.deepEqual(it.events, [proof, ...many.slice(-3)]);
  t.is(it.foldedCount, 97);
});

test('an event that is told twice counts once', t => {
  const once = lived([eventOf(-3, { id: 'kick' })], 8);
  t.is(remember(once, eventOf(-3, { id: 'kick', atMs: now + 1 }), 8, decay), once);
});

test('mercy lasts for one half-life of bad experience', t => {
  const it = lived([eventOf(-3), eventOf(0, { action: 'appeal' })], 8);
  t.is(mercyOf(it, now, decay), 0.5);
  t.is(mercyOf(it, now + decay.negativeHalfLifeMs - 1, decay), 0.5);
  t.is(mercyOf(it, now + decay.negativeHalfLifeMs, decay), 1);
  t.is(mercyOf(remember(it, eventOf(0, { action: 'forgive' }), 8, decay), now, decay), 0);
});

test('what is stored is read back the same', t => {
  fc.assert(
    fc.property(anyLife, events => {
      const it = lived(events, 8);
      t.deepEqual(parseRemembered(formatRemembered(it)), { ok: true, value: it });
    }),
  );
});

const sound = lived([eventOf(-3, { note: 'again' }), eventOf(0, { action: 'appeal' })], 8);
for (const [title, change, field] of [
  ['another subject', { subject: peerOf(2) }, 'events[0].subject'],
  ['no list of events', { events: {} }, 'events'],
  ['an event without points', { events: [eventOf(1, { points: 0 })] }, 'events[0].points'],
  ['a sum below zero', { folded: { positive: -1, negative: 0, atMs: 0 } }, 'folded'],
  ['a sum that lacks a part', { folded: { positive: 1, negative: 0 } }, 'folded'],
  ['a field that nobody knows', { karma: 1 }, 'karma'],
] as const) {
  test(`a stored record with ${title} is damaged`, t => {
    const damaged = utf8(JSON.stringify({ ...sound, ...change }));
    t.like(parseRemembered(damaged), { ok: false, field });
  });
}

test('a stored record that is cut is damaged', t => {
  t.like(parseRemembered(formatRemembered(sound).subarray(0, -3)), { ok: false, code: 'NOT_JSON' });
});
