import test from 'ava';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import { atOnce } from '../base/slices.ts';
import { minute } from '../base/time.ts';
import type { Verified } from '../records/verified.ts';
import { Neighbours } from './neighbours.ts';
import type { Seen } from './rank.ts';
import { silentMs, View } from './view.ts';

const now = 1_763_600_000_000;
const self = signerOf(99).peerId;

type Fields = {
  readonly by?: number;
  readonly at?: string;
  readonly since?: number;
  readonly endorsed?: boolean;
  readonly observed?: Seen;
  readonly state?: 'up' | 'left';
};

/** A list of servers as this node sees it: `why` each is hidden, by its name. */
function setup(servers: Readonly<Record<string, Fields>>, karma: Readonly<Record<number, number>> = {}) {
  const items = Object.entries(servers).map(([server, { by = 1, at = '45.1.2.3:1', state = 'up' }]) =>
    announcementOf(server, { signer: signerOf(by), addresses: [at], state }),
  );
  const listed = new Map(items.map(item => [item.id, item]));
  const fieldsOf = (id: string) => servers[listed.get(id)!.announcement.server]!;
  const endorsed = (id: string) => fieldsOf(id).endorsed ?? false;
  const since = (id: string) => fieldsOf(id).since ?? now;
  const neighbours = new Neighbours({ perNetworkMax: 2, perSystemMax: 3, since, countPrivateNetworks: true });
  atOnce(neighbours.restated(new Set(items.map(({ id }) => id).filter(endorsed))));
  neighbours.changed(items.map(after => ({ id: after.id, before: undefined, after })));
  const values = new Map(Object.entries(karma).map(([by, value]) => [signerOf(Number(by)).peerId, value]));
  const view = new View(
    {
      ...{ self, neighbours, endorsed, listed: (id: string) => listed.get(id) },
      observed: id => fieldsOf(id).observed ?? null,
      karma: peer => ({ value: values.get(peer) ?? 0, tier: 'yellow' }),
    },
    now,
  );
  const why = (item: Verified) => view.of(item).hidden;
  return { why: Object.fromEntries(items.map(item => [item.announcement.server, why(item)])), view, items };
}

const silent = (ms: number): Seen => ({ up: false, players: null, flags: [], downSince: now - ms });
const up = (players: number): Seen => ({ up: true, players, flags: [], downSince: null });

for (const [title, fields, karma, expected] of [
  ['one that nobody has asked is shown', {}, 0, null],
  ['one of a stranger that answers is shown', { observed: up(3) }, 0, null],
  ['one of an announcer who was silent once is shown', {}, -0.028, null],
  ['one of an announcer of bad karma is not', {}, -0.031, 'karma'],
  ['unless a maintainer vouches for it', { endorsed: true }, -1, null],
  ['or it is this node’s own', { by: 99 }, -1, null],
  ['one that is silent for less than five minutes is shown', { observed: silent(silentMs - 1) }, 0, null],
  ['from five minutes on it is not', { observed: silent(silentMs) }, 0, 'silent'],
  ['unless a maintainer vouches for it, however long', { observed: silent(60 * minute), endorsed: true }, 0, null],
  ['one that left is never hidden: it is not shown in any case', { state: 'left' }, -1, null],
] as const) {
  test(`view: ${title}`, t => {
    t.deepEqual(setup({ one: fields }, { 1: karma }).why, { one: expected });
  });
}

for (const [title, servers, karma, hidden] of [
  ['belongs to whom the statement in force lists', { a: { since: 1 }, b: { by: 2, endorsed: true } }, {}, ['a']],
  ['else to who was listed here first', { a: { since: 1 }, b: { by: 2, since: 2 } }, {}, ['b']],
  ['but not when he is of bad karma', { a: { since: 1 }, b: { by: 2, since: 2 } }, { 1: -0.1 }, ['a']],
  ['by all of one announcer', { a: { since: 1 }, b: { since: 2 }, c: { by: 2, since: 3 } }, {}, ['c']],
  ['at its port only', { a: { at: '45.1.2.3:1' }, b: { by: 2, at: '45.1.2.3:2' } }, {}, []],
  ['and everybody has his own private one', { a: { at: '192.168.0.2:1' }, b: { by: 2, at: '192.168.0.2:1' } }, {}, []],
] as const) {
  test(`view: an address is held ${title}`, t => {
    const { why } = setup(servers, karma);
    t.deepEqual(
      Object.keys(why).filter(name => why[name] !== null),
      [...hidden],
    );
    for (const name of hidden) t.is(why[name], name === 'a' && '1' in karma ? 'karma' : 'duplicate');
  });
}

const four = (fields: Fields = {}) =>
  Object.fromEntries(['a', 'b', 'c', 'd'].map((name, n) => [name, { at: `45.1.2.${n}:1`, since: n, ...fields }]));
const crowd = (why: Readonly<Record<string, string | null>>) => Object.keys(why).filter(name => why[name] === 'crowd');

test('of a network the best are shown, as many as the quota says', t => {
  t.deepEqual(crowd(setup(four()).why), ['c', 'd']);
  t.deepEqual(crowd(setup({ ...four(), d: { at: '45.1.2.9:1', observed: up(5) } }).why), ['b', 'c']);
});

test('who is hidden for another reason takes nobody’s place, nor does one that a maintainer vouches for', t => {
  t.deepEqual(crowd(setup({ ...four(), a: { at: '45.1.2.9:1', observed: silent(silentMs) } }).why), ['d']);
  t.deepEqual(crowd(setup({ ...four(), a: { at: '45.1.2.9:1', endorsed: true } }).why), ['d']);
});

test('a server of this node is shown on it, and takes a place', t => {
  t.deepEqual(crowd(setup({ ...four(), d: { at: '45.1.2.9:1', by: 99, observed: up(9) } }).why), ['b', 'c']);
  t.deepEqual(crowd(setup(four({ by: 99 })).why), []);
});

test('quotas grow with karma, four times at the most', t => {
  t.deepEqual(crowd(setup(four(), { 1: 0.5 }).why), []);
  t.deepEqual(crowd(setup(four(), { 1: 0.2 }).why), ['c', 'd'], '2 · 4^0.2 is not 3 yet');
});

test('of many who claim one address one is shown', t => {
  const servers = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`s${n}`, { by: n, since: n }] as const));
  const { why } = setup(servers);
  t.is(
    Object.values(why).filter(reason => reason === 'duplicate').length,
    298,
    'all but the first and this node’s own',
  );
});
