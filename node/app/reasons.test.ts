import test from 'ava';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import type { Observed } from '../api/port.ts';
import { atOnce } from '../base/slices.ts';
import { day, minute, second } from '../base/time.ts';
import { Neighbours } from '../list/neighbours.ts';
import type { Rank } from '../list/rank.ts';
import { View } from '../list/view.ts';
import { reason, reasonsOf, toldOf } from './reasons.ts';
import { pageOf, placing } from './rows.ts';

const now = 1_763_600_000_000;
const seen: Observed = {
  ...{ up: true, players: 5, maxPlayers: 16, map: 'dust', rttMs: 20, at: now - 20 * second },
  ...{ observers: 2, flags: [], downSince: null },
};
const silent: Observed = { ...seen, up: false, players: null, downSince: now - 12 * minute };

/** Three servers of one network; the first is seen as told, the others by nobody. */
async function setup(observed: Observed | null, { karma = 0, endorsed = false, perNetworkMax = 32 } = {}) {
  const items = [3, 4, 5].map(n => announcementOf(`s${n}`, { addresses: [`45.1.2.${n}:1`], signer: signerOf(n) }));
  const [first] = items;
  const since = (id: string) => now - (id === first!.id ? 3 * day : 4 * day);
  const neighbours = new Neighbours({ perNetworkMax, perSystemMax: 256, since, countPrivateNetworks: true });
  if (endorsed) atOnce(neighbours.restated(new Set([first!.id])));
  neighbours.changed(items.map(after => ({ id: after.id, before: undefined, after })));
  const view = new View<Observed>(
    {
      ...{ self: 'me', neighbours, endorsed: id => endorsed && id === first!.id },
      listed: id => items.find(item => item.id === id),
      observed: id => (id === first!.id ? observed : null),
      karma: peer => {
        const value = peer === signerOf(3).peerId ? karma : 0;
        return { value, tier: value >= 0.1 ? 'green' : 'yellow' };
      },
    },
    now,
  );
  const standing = reason('endorsed', 'checkpoint 12 by Ada says so', { sequence: 12 });
  const placed = async (rank: Rank) => atOnce(placing({ listed: items, view }, rank));
  return { items, view, ...toldOf(await reasonsOf(first!, { placeOf: placed, view, standing, now })) };
}

test('a place in the list is told with what it rests on, in the order of ranks', async t => {
  t.deepEqual((await setup(seen, { karma: 0.21 })).reasons, [
    'place 1 of 3 in the default view',
    'new: checkpoint 12 by Ada says so',
    '2 observers saw 5 of 16 players 20 s ago',
    'listed here for 3 days',
    'its announcer’s karma is green (0.21)',
    '2 other new servers in 45.1.2.0/24',
  ]);
  t.is((await setup(null)).reasons[0], 'place 3 of 3 in the default view', 'the others are here for longer');
});

test('each reason comes as a code too, with the numbers and names that it speaks of', async t => {
  t.deepEqual((await setup(seen, { karma: 0.21 })).why, [
    { code: 'place', values: { place: 1, of: 3 } },
    { code: 'endorsed', values: { sequence: 12 } },
    { code: 'seen-players', values: { observers: 2, ms: 20 * second, players: 5, maxPlayers: 16 } },
    { code: 'listed', values: { ms: 3 * day } },
    { code: 'karma', values: { tier: 'green', value: 0.21 } },
    { code: 'neighbours', values: { count: 2, network: '45.1.2.0/24' } },
  ]);
});

for (const [title, observed, options, expected] of [
  ['endorsed', null, { endorsed: true }, /^endorsed: checkpoint 12 by Ada/],
  ['neighbours of one that is endorsed', null, { endorsed: true }, /^2 other new servers in 45/],
  ['a flag', { ...seen, flags: ['overstated'] }, {}, /^it claims more players than were seen: those count half$/],
  ['no number', { ...seen, players: null, observers: 1 }, {}, /^1 observer saw it up 20 s ago$/],
  ['nobody has asked', null, {}, /^nobody has seen it lately/],
  ['silence', silent, {}, /^hidden by default: silent for 12 min, 5 min or more$/],
  ['when it was asked', silent, {}, /^2 observers got no answer 20 s ago, and none for 12 min$/],
  ['bad karma', null, { karma: -0.2 }, /^hidden by default: its announcer’s karma is negative$/],
  ['a crowd', null, { perNetworkMax: 1 }, /^hidden by default: too many new servers in 45.1.2.0\/24/],
] as const) {
  test(`reasons tell of ${title}`, async t => {
    t.true((await setup(observed, options)).reasons.some(reason => expected.test(reason)));
  });
}

test('a page counts what it hides of what matches, and shows it with the reason when all is asked for', async t => {
  const { items, view } = await setup(silent, { perNetworkMax: 1 });
  const page = pageOf({ listed: items, view }, {});
  t.is(page.total, 1);
  t.deepEqual(page.hidden, { total: 2, karma: 0, silent: 1, duplicate: 0, crowd: 1 });
  t.deepEqual(pageOf({ listed: items, view }, { filter: '45.1.2.3' }).hidden.total, 1);
  const all = pageOf({ listed: items, view }, { all: true });
  t.is(all.total, 3);
  t.is(all.hidden.total, 0);
  t.deepEqual(all.servers.map(({ hidden }) => hidden).toSorted(), ['crowd', 'silent', null].toSorted());
  t.is(pageOf({ listed: items, view }, { all: true, filter: 'hidden:silent' }).total, 1);
});

for (const [query, code] of [
  [{ filter: 'constructor:x' }, 'BAD_FILTER'],
  [{ sort: 'constructor' }, 'BAD_SORT'],
] as const) {
  test(`a page of ${JSON.stringify(query)} is refused`, async t => {
    const { items, view } = await setup(null);
    t.throws(() => pageOf({ listed: items, view }, query), { code });
  });
}
