import test from 'ava';
import { testNow as now } from '../../test/announcements.ts';
import { decay, eventOf, peerOf } from '../../test/karma.ts';
import { Ledger } from './ledger.ts';

const limits = { subjectsMax: 40, eventsPerSubjectMax: 8, decay };

test('when there are too many, automatic bad marks go first, then the least good name, people’s own word last', t => {
  const ledger = new Ledger(limits);
  for (let i = 1; i <= 10; i++) ledger.add(eventOf(-3, { subject: peerOf(i) }));
  for (let i = 11; i <= 20; i++) ledger.add(eventOf(i, { subject: peerOf(i), source: 'probe' }));
  const forgotten: string[] = [];
  for (let i = 21; i <= 60; i++) {
    forgotten.push(...ledger.add(eventOf(-5, { subject: peerOf(i), source: 'validator' })).forgotten);
    t.true(ledger.size <= limits.subjectsMax);
  }
  t.true(forgotten.length >= 20);
  const floods = new Set(Array.from({ length: 40 }, (_, i) => peerOf(21 + i)));
  t.true(forgotten.every(subject => floods.has(subject)));
  for (let i = 61; i <= 90; i++) ledger.add(eventOf(1, { subject: peerOf(i) }));
  t.is(ledger.get(peerOf(11)), undefined);
  t.truthy(ledger.get(peerOf(1)));
});

test('who has just been heard of is not forgotten for it', t => {
  const ledger = new Ledger(limits);
  for (let i = 1; i <= 40; i++) ledger.add(eventOf(9, { subject: peerOf(i) }));
  const { kept, forgotten } = ledger.add(eventOf(-1, { subject: peerOf(41), source: 'probe' }));
  t.is(ledger.get(peerOf(41)), kept);
  t.is(forgotten.length, 1);
});

test('whose good name has faded is forgotten before one with fewer points earned lately', t => {
  const ledger = new Ledger({ ...limits, subjectsMax: 2 });
  ledger.add(eventOf(9, { subject: peerOf(1), source: 'probe', atMs: now - 10 * decay.positiveHalfLifeMs }));
  ledger.add(eventOf(1, { subject: peerOf(2), source: 'probe' }));
  t.deepEqual(ledger.add(eventOf(-5, { subject: peerOf(3) })).forgotten, [peerOf(1)]);
});

test('after the limit was lowered the surplus goes a few at a time, and no call costs more than that', t => {
  const before = new Ledger(limits);
  for (let i = 1; i <= 40; i++) before.add(eventOf(i, { subject: peerOf(i) }));
  const ledger = new Ledger({ ...limits, subjectsMax: 10 }, before);
  const counts = Array.from({ length: 6 }, () => ledger.add(eventOf(9, { subject: peerOf(40) })).forgotten.length);
  t.deepEqual(counts, [8, 8, 8, 6, 0, 0]);
  t.is(ledger.size, 10);
  t.truthy(ledger.get(peerOf(39)));
});

test('what the store kept weighs the same after a restart', t => {
  const first = new Ledger(limits);
  for (let i = 0; i < 30; i++) first.add(eventOf(i % 3 === 0 ? -3 : 1, { atMs: now + i }));
  const second = new Ledger(limits, first);
  t.deepEqual(second.sums(peerOf(1), now + 1_000), first.sums(peerOf(1), now + 1_000));
  t.deepEqual([...second], [...first]);
});

test('nobody is known at first', t => {
  t.deepEqual(new Ledger(limits).sums(peerOf(1), now), { positive: 0, negative: 0, atMs: now });
});

test('an event that is known already is no news', t => {
  const ledger = new Ledger(limits);
  const event = eventOf(1);
  t.true(ledger.add(event).news);
  t.false(ledger.add(event).news);
});
