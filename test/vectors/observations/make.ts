// Writes the test vectors beside it: `node test/vectors/observations/make.ts`.
import { writeFileSync } from 'node:fs';
import { accepted, alice, type Case, type Fields, filesOf, Forge, refused } from '../opinions/forge.ts';

const issuedAt = 1_763_600_000_123;
const id = (i: number) => i.toString(16).padStart(40, '0');
const up = {
  server: id(1),
  up: true,
  players: 5,
  maxPlayers: 16,
  map: 'oa_dm1',
  version: '0.8.8',
  rttMs: 34,
  at: issuedAt - 1_000,
};
const nothing = { players: null, maxPlayers: null, map: null, version: null, rttMs: null };
const down = { ...up, server: id(2), up: false, ...nothing };

const observations = new Forge('observations', { observer: alice.peerId, issuedAt, entries: [up, down] });
const entry = (change: Fields) => observations.text({ entries: [{ ...up, ...change }] });
const field = (title: string, name: string, value: unknown) =>
  refused(title, 'BAD_FIELD', `entries[0].${name}`, entry({ [name]: value }));
const time = (title: string, at: number) => refused(title, 'BAD_TIME', 'entries[0].at', entry({ at }));
const many = (count: number) =>
  observations.text({ entries: Array.from({ length: count }, (_, i) => ({ ...up, server: id(i) })) });

const cases: Case[] = [
  accepted('a server that answered and one that did not', observations.text()),
  accepted('an answer that says nothing', entry(nothing)),
  accepted('more players than there is room for', entry({ players: 17 })),
  accepted('as many players as are believed', entry({ players: 100_000 })),
  accepted('a map in another script', entry({ map: 'пустыня' })),
  accepted('asked at the moment of signing', entry({ at: issuedAt })),
  accepted('asked five minutes before', entry({ at: issuedAt - 300_000 })),
  accepted('100 entries', many(100)),

  ...observations.common({ author: 'observer', large: ' '.repeat(16_385) }),

  refused('no entries', 'BAD_FIELD', 'entries', observations.text({ entries: [] })),
  refused('101 entries', 'BAD_FIELD', 'entries', many(101)),
  refused('entries in another order', 'BAD_FIELD', 'entries[1].server', observations.text({ entries: [down, up] })),
  refused('a server twice', 'BAD_FIELD', 'entries[1].server', observations.text({ entries: [up, up] })),
  refused('an entry with a field that nobody knows', 'UNKNOWN_FIELD', 'entries[0].name', entry({ name: 'x' })),
  refused('an entry without a map', 'BAD_FIELD', 'entries[0].map', entry({ map: undefined })),
  field('an id in capitals', 'server', id(10).toUpperCase()),
  field('an id of 39 digits', 'server', id(1).slice(1)),
  field('an up that is a number', 'up', 1),
  field('players below zero', 'players', -1),
  field('players in parts', 'players', 1.5),
  field('more players than are believed', 'players', 100_001),
  field('room for more than are believed', 'maxPlayers', 100_001),
  field('a map without a name', 'map', ''),
  field('a map of 65 characters', 'map', 'é'.repeat(65)),
  field('a map with a right-to-left override', 'map', 'a\u202eb'),
  field('a version of 33 characters', 'version', '1'.repeat(33)),
  field('an answer that took longer than anybody waits', 'rttMs', 60_001),
  field('a time in words', 'at', 'now'),
  refused('players on a server that is down', 'BAD_FIELD', 'entries[0].players',
    observations.text({ entries: [{ ...down, players: 5 }] })),
  refused('a round trip to a server that is down', 'BAD_FIELD', 'entries[0].rttMs',
    observations.text({ entries: [{ ...down, rttMs: 5 }] })),
  time('asked after signing', issuedAt + 1),
  time('asked five minutes and a millisecond before', issuedAt - 300_001),
  refused('a count with a fraction of nothing', 'NOT_CANONICAL', 'observations', observations.twisted('"players":5', '"players":5.0')),
  refused('players of minus zero', 'NOT_CANONICAL', 'observations', observations.twisted('"players":5', '"players":-0')),
  refused('the players changed after signing', 'BAD_SIGNATURE', 'signature', observations.twisted('"players":5', '"players":6')),
];

export const files = () => filesOf(cases);

if (import.meta.main) {
  for (const [name, content] of files()) writeFileSync(new URL(name, import.meta.url), content);
}
