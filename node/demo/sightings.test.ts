import test from 'ava';
import type { Observed, ServerRow } from '../api/port.ts';
import { sightings } from './sightings.ts';

const observed: Observed = {
  ...{ up: true, players: 3, maxPlayers: 16, map: 'oa_dm1', rttMs: 2, at: 1 },
  ...{ observers: 1, flags: [], downSince: null },
};
const row = (id: string, changes: Partial<ServerRow> = {}): ServerRow => ({
  ...{ id, announcer: 'p', server: id, game: 'openarena', name: `Server ${id}`, addresses: ['127.0.0.1:1'] },
  ...{ state: 'up', tags: [], attributes: {}, version: '', issuedAt: 1, expiresAt: 2, standing: 'new' },
  ...{ karma: { value: 0, tier: 'yellow' }, since: 1, hidden: null, observed, ...changes },
});
const about = { id: 'a', name: 'Server a', game: 'openarena' };

for (const [title, before, after, expected] of [
  ['a server that is new has joined', [], [row('a')], [{ ...about, what: 'joined' }]],
  ['one that is missing has left', [row('a')], [], [{ ...about, what: 'left' }]],
  ['a renewal is no news', [row('a')], [row('a', { issuedAt: 2, expiresAt: 3 })], []],
  ['a first answer is no news', [row('a', { observed: null })], [row('a')], []],
  [
    'a new name is told with the old one',
    [row('a', { name: 'Old' })],
    [row('a')],
    [{ ...about, what: 'renamed', from: 'Old', to: 'Server a' }],
  ],
  [
    'map and players may change at once',
    [row('a')],
    [row('a', { observed: { ...observed, map: 'oa_dm2', players: 0 } })],
    [
      { ...about, what: 'map', from: 'oa_dm1', to: 'oa_dm2' },
      { ...about, what: 'players', from: 3, to: 0, max: 16 },
    ],
  ],
  [
    'a server that answers no more is silent, and that is all',
    [row('a')],
    [row('a', { observed: { ...observed, up: false, players: null, map: null } })],
    [{ ...about, what: 'silent' }],
  ],
  [
    'one that answers again does so',
    [row('a', { observed: { ...observed, up: false, players: null, map: null } })],
    [row('a')],
    [{ ...about, what: 'answers' }],
  ],
] as const) {
  test(title, t => t.deepEqual(sightings(before, after), expected as unknown as ReturnType<typeof sightings>));
}
