import test from 'ava';
import { signerOf, testList, testNow } from '../../test/announcements.ts';
import { peerOf } from '../../test/karma.ts';
import { minute } from '../base/time.ts';
import { type ObservedServer, observationAgeMaxMs, observed } from '../records/observation.ts';
import { ObservationBook, observationPace, observersMax, observersPerServerMax } from './observation-book.ts';

const idOf = (i: number): string => i.toString(16).padStart(40, '0');
const sight = (server: number, players: number, at = testNow): ObservedServer => ({
  server: idOf(server),
  up: true,
  players,
  maxPlayers: 16,
  map: null,
  version: null,
  rttMs: 30,
  at,
});
const accept = { action: 'accept' };

function setup(weight: (observer: string) => number = () => 0.5) {
  const time = { now: testNow };
  const unlisted = new Set<string>();
  const book = new ObservationBook({
    listName: testList,
    self: peerOf(1),
    clock: () => time.now,
    listed: server => !unlisted.has(server),
    weight,
  });
  const receive = (observer: number, entries: readonly ObservedServer[], issuedAt = time.now, list = testList) =>
    book.receive(observed({ issuedAt, entries }, list, signerOf(observer)).bytes);
  return { time, book, unlisted, receive };
}

test('of each observer the newest sight counts', t => {
  const { time, book, receive } = setup();
  t.deepEqual(receive(2, [sight(7, 5), sight(8, 1)]), accept);
  time.now += minute;
  t.deepEqual(receive(2, [sight(7, 6, time.now)]), accept);
  t.deepEqual(receive(3, [sight(7, 4, time.now)]), accept);
  const seen = (server: number) => book.of(idOf(server)).map(({ observer, players }) => [observer, players]);
  t.deepEqual(seen(7), [
    [peerOf(2), 6],
    [peerOf(3), 4],
  ]);
  t.deepEqual(seen(8), [[peerOf(2), 1]]);
  t.deepEqual(seen(9), []);
});

for (const [title, issuedAt, list, expected] of [
  ['10 minutes ahead are accepted', testNow + 10 * minute, testList, accept],
  ['a little more are ignored', testNow + 10 * minute + 1, testList, { action: 'ignore', code: 'FROM_THE_FUTURE' }],
  ['20 minutes ahead are rejected', testNow + 20 * minute + 1, testList, { action: 'reject', code: 'FAR_FUTURE' }],
  ['too old to tell anything are ignored', testNow - 5 * minute, testList, { action: 'ignore', code: 'EXPIRED' }],
  ['far too old are rejected', testNow - 15 * minute - 1, testList, { action: 'reject', code: 'LONG_EXPIRED' }],
  ['for another list are rejected', testNow, 'other', { action: 'reject', code: 'BAD_SIGNATURE' }],
] as const) {
  test(`observations ${title}`, t => {
    const { receive } = setup();
    t.deepEqual(receive(2, [sight(7, 5, issuedAt)], issuedAt, list), expected as never);
  });
}

test('what was seen before, of servers that are not listed, or by this node itself adds nothing', t => {
  const { unlisted, receive } = setup();
  unlisted.add(idOf(8));
  receive(2, [sight(7, 5)]);
  t.deepEqual(receive(2, [sight(7, 200)], testNow + 1), { action: 'ignore', code: 'STALE' });
  t.deepEqual(receive(2, [sight(8, 5)]), { action: 'ignore', code: 'STALE' });
  t.deepEqual(receive(1, [sight(7, 5)]), { action: 'ignore', code: 'OWN' });
});

test('a sight runs out, and goes with its server', t => {
  const { time, book, unlisted, receive } = setup();
  receive(2, [sight(7, 5), sight(8, 5)]);
  unlisted.add(idOf(8));
  book.tick();
  t.is(book.size, 1);
  time.now += observationAgeMaxMs;
  t.deepEqual(book.of(idOf(7)), []);
  book.tick();
  t.is(book.size, 0);
});

test('a clock that runs ahead does not make a sight the newest for minutes', t => {
  const { time, book, receive } = setup();
  receive(2, [sight(7, 5, testNow + 9 * minute)], testNow + 9 * minute);
  t.is(book.of(idOf(7))[0]!.at, testNow);
  time.now += minute;
  t.deepEqual(receive(2, [sight(7, 6, testNow + 9 * minute + 1)], testNow + 9 * minute + 1), accept);
});

test('of one server few sights are held, those of the most trusted', t => {
  const trusted = new Set([peerOf(50), peerOf(2)]);
  const { book, receive } = setup(observer => (trusted.has(observer) ? 0.9 : 0.02));
  for (let i = 2; i < 50; i++) receive(i, [sight(7, 200)]);
  t.is(book.of(idOf(7)).length, observersPerServerMax);
  receive(50, [sight(7, 5)]);
  const observers = book.of(idOf(7)).map(({ observer }) => observer);
  t.is(observers.length, observersPerServerMax);
  t.true(observers.includes(peerOf(50)) && observers.includes(peerOf(2)));
});

test('of observers who are trusted alike the one who looked longest ago makes room', t => {
  const { time, book, receive } = setup();
  for (let i = 2; i < 3 + observersPerServerMax; i++) {
    receive(i, [sight(7, 5, time.now)]);
    time.now += 1;
  }
  const observers = book.of(idOf(7)).map(({ observer }) => observer);
  t.false(observers.includes(peerOf(2)));
  t.true(observers.includes(peerOf(2 + observersPerServerMax)));
});

test('an observer who speaks too often is ignored until time has passed', t => {
  const { time, receive } = setup();
  for (let i = 0; i < observationPace.burst; i++)
    t.deepEqual(receive(2, [sight(7, i, testNow + i)], testNow + i), accept);
  t.deepEqual(receive(2, [sight(7, 1, testNow + minute)], testNow + minute), { action: 'ignore', code: 'TOO_OFTEN' });
  time.now += observationPace.everyMs;
  t.deepEqual(receive(2, [sight(7, 1, testNow + minute)], testNow + minute), accept);
});

test('who was heard lately is remembered, strangers the shortest', t => {
  const told: string[] = [];
  const time = { now: testNow };
  const book = new ObservationBook({
    listName: testList,
    self: peerOf(1),
    clock: () => time.now,
    listed: () => true,
    weight: observer => (observer === peerOf(2) ? 0.5 : 0.02),
    heard: sights => void told.push(...sights.map(({ observer }) => observer)),
  });
  const hear = (observer: number) =>
    book.receive(observed({ issuedAt: time.now, entries: [sight(observer, 5)] }, testList, signerOf(observer)).bytes);
  hear(2);
  time.now += 1;
  for (let i = 3; i < 3 + observersMax; i++) hear(i);
  t.is(told.length, observersMax + 1);
  t.is(book.observersSince(testNow).length, observersMax);
  t.true(book.observersSince(testNow).includes(peerOf(2)));
  t.false(book.observersSince(testNow + 1).includes(peerOf(2)));
});
