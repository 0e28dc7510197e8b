import test from 'ava';
import { signerOf, testList, testNow } from '../../test/announcements.ts';
import { minute, second } from '../base/time.ts';
import { type ObservedServer, observationEntriesMax, parseObservations } from '../records/observation.ts';
import { ObservationBook } from './observation-book.ts';
import { companyMs, OwnObservations } from './own-observations.ts';

const idOf = (i: number): string => i.toString(16).padStart(40, '0');
const sight = (server: number, at: number, fields: Partial<ObservedServer> = {}): ObservedServer => ({
  ...{ server: idOf(server), up: true, players: 5, maxPlayers: 16, map: 'oa_dm1', version: null, rttMs: 30, at },
  ...fields,
});
const silence = { up: false, players: null, maxPlayers: null, map: null, rttMs: null };

function setup() {
  const time = { now: testNow };
  const own = new OwnObservations({ listName: testList, signer: signerOf(1) });
  const say = () =>
    own.due(time.now).map(bytes => {
      const read = parseObservations(bytes);
      return read.ok ? read.value.entries.map(({ server }) => Number.parseInt(server, 16)) : [];
    });
  const note = (server: number, fields: Partial<ObservedServer> = {}) =>
    own.note(sight(server, time.now, fields), time.now);
  return { time, own, say, note };
}

test('what is seen for the first time is told at once, what has not changed in company', t => {
  const { time, say, note } = setup();
  t.deepEqual(say(), []);
  note(1);
  t.deepEqual(say(), [[1]]);
  time.now += minute;
  note(1, { players: 6 });
  t.deepEqual(say(), []);
  time.now += companyMs - 1;
  t.deepEqual(say(), []);
  time.now += 1;
  note(2);
  t.deepEqual(say(), [[1, 2]]);
  t.deepEqual(say(), []);
});

for (const [title, fields] of [
  ['falls silent', silence],
  ['changes its map', { map: 'oa_dm2' }],
  ['fills up', { players: 14 }],
  ['no longer says how many play', { players: null }],
] as const) {
  test(`a server that ${title} is told at once`, t => {
    const { time, say, note } = setup();
    note(1);
    say();
    time.now += minute;
    note(1, fields);
    t.deepEqual(say(), [[1]]);
  });
}

test('a hundred are company enough', t => {
  const { time, say, note } = setup();
  for (let i = 0; i < observationEntriesMax; i++) note(i);
  say();
  time.now += minute;
  for (let i = 0; i < observationEntriesMax; i++) note(i);
  t.deepEqual(
    say().map(({ length }) => length),
    [observationEntriesMax],
  );
});

test('others forget, so what was told long ago is news again', t => {
  const { time, say, note } = setup();
  note(1);
  say();
  time.now += 4 * minute;
  note(1);
  t.deepEqual(say(), [[1]]);
});

test('what is gone from the list, or too old to be of use, is not told', t => {
  const { time, own, say, note } = setup();
  note(1);
  note(2);
  own.forget(idOf(1));
  t.deepEqual(say(), [[2]]);
  note(3);
  time.now += 5 * minute;
  t.deepEqual(say(), []);
});

test('an observer of 3,000 servers a minute tells all of them, and a book takes every batch', t => {
  const { time, own } = setup();
  const clock = () => time.now;
  const book = new ObservationBook({
    ...{ listName: testList, self: 'me', clock, listed: () => true, weight: () => 1 },
  });
  let refused = 0;
  for (let i = 0; i < 180; i++) {
    for (let k = 0; k < 50; k++) own.note(sight((i * 50 + k) % 3_000, time.now), time.now);
    for (const bytes of own.due(time.now)) if (book.receive(bytes).action !== 'accept') refused++;
    time.now += second;
  }
  t.is(refused, 0);
  t.is(book.size, 3_000);
});

test('a machine with 300 servers that goes down is told of within 2 s, though the rest is spoken all the time', t => {
  const { time, own } = setup();
  for (let i = 0; i < 120; i++) {
    for (let k = 0; k < 100; k++) own.note(sight((i * 100 + k) % 6_000, time.now), time.now);
    own.due(time.now);
    time.now += second;
  }
  const told = new Set<string>();
  for (let k = 0; k < 300; k++) own.note(sight(k, time.now, silence), time.now);
  for (let i = 0; i < 2; i++) {
    for (const bytes of own.due(time.now)) {
      const read = parseObservations(bytes);
      if (read.ok) for (const { server, up } of read.value.entries) if (!up) told.add(server);
    }
    time.now += second;
  }
  t.is(told.size, 300);
});
