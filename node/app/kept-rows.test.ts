import test from 'ava';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import type { Observed, ServersQuery } from '../api/port.ts';
import { atOnce } from '../base/slices.ts';
import { hour, minute, second } from '../base/time.ts';
import { Neighbours } from '../list/neighbours.ts';
import { View } from '../list/view.ts';
import { seeded } from '../network/memory.ts';
import type { Verified } from '../records/verified.ts';
import { KeptRows } from './kept-rows.ts';
import { pageOf, placing } from './rows.ts';

const words = ['ctf', 'duel', 'Ünï 日本', 'coop', 'ΟΔΟΣ', 'hardcore', 'x y', 'unknown'];

/** A list as a node has it, with the rows that are kept of it, and ways to change it by chance. */
function world(seed: number) {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  let now = 1_763_600_000_000;
  let announced = now;
  const listed = new Map<string, Verified>();
  let looks = 0;
  const counted = {
    get size() {
      return listed.size;
    },
    get: (id: string) => listed.get(id),
    keys: () => listed.keys(),
    values: () => {
      looks++;
      return listed.values();
    },
  } as ReadonlyMap<string, Verified>;
  const observed = new Map<string, Observed>();
  const karma = new Map<string, number>();
  let endorsed = new Set<string>();
  const neighbours = new Neighbours({
    ...{ perNetworkMax: 3, perSystemMax: 5, countPrivateNetworks: true },
    since: () => now,
    asOf: ip => (ip.startsWith('45.') ? 64_500 : undefined),
  });
  const view = (surplus?: ReadonlySet<string>) =>
    new View<Observed>(
      {
        ...{ self: signerOf(9).peerId, neighbours, listed: id => listed.get(id) },
        endorsed: id => endorsed.has(id),
        observed: id => observed.get(id) ?? null,
        karma: peer => {
          const value = karma.get(peer) ?? 0;
          return { value, tier: value > 0.2 ? 'green' : value < -0.2 ? 'red' : 'yellow' };
        },
      },
      now,
      surplus,
    );
  const rows = new KeptRows({ listed: counted, neighbours, view, monotonic: () => now, pause: async () => {} });

  const put = (server: string, after: Verified | undefined) => {
    const id = after?.id ?? server;
    const change = { id, before: listed.get(id), after };
    if (after) listed.set(id, after);
    else listed.delete(id);
    neighbours.changed([change]);
    rows.touch(id);
  };
  const announce = () => announceAs(below(40));
  const announceAs = (number: number) => {
    announced += 1;
    const addresses = [`45.1.${below(4)}.${below(5)}:1`, pick([`46.1.1.${below(9)}:2`, '192.168.0.7:3'])];
    const fields = { game: pick(['a', 'b', 'long-game']), name: `${pick(words)} ${pick(words)} ${number}` };
    const about = { tags: [pick(words)], attributes: random() < 0.5 ? { country: pick(['de', 'FR']) } : {} };
    const state = random() < 0.1 ? 'left' : 'up';
    const signer = signerOf(number % 10);
    put('', announcementOf(`s${number}`, { ...fields, ...about, addresses, state, signer, issuedAt: announced }));
  };
  const ids = () => [...listed.keys()];
  const see = (id: string) => {
    const up = random() < 0.7;
    const counts = { players: pick([null, 0, 3, 16]), maxPlayers: pick([null, 16]), map: pick([null, 'dust', 'e1m1']) };
    const times = { at: now, observers: 1, downSince: up ? null : now - below(10) * minute };
    observed.set(id, { up, ...counts, ...times, rttMs: pick([null, 5, 80]), flags: pick([[], ['disputed']]) });
    rows.touch(id);
  };
  const change = () => {
    const kind = listed.size < 5 ? 0 : below(20);
    if (kind < 9) announce();
    else if (kind < 11) put(pick(ids()), undefined);
    else if (kind < 16) see(pick(ids()));
    else if (kind < 18) {
      const peer = signerOf(below(10)).peerId;
      karma.set(peer, pick([-1, -0.1, 0, 0.3, 1]));
      rows.touchAnnouncer(peer);
    } else if (kind === 18) now += pick([31 * second, 6 * minute, 2 * hour]);
    else restate();
  };
  /** Another statement comes into force. */
  const restate = () => {
    endorsed = new Set(ids().filter(() => random() < 0.2));
    atOnce(neighbours.restated(endorsed));
    rows.forget();
  };
  const expected = (query: ServersQuery) => pageOf({ listed: listed.values(), view: view() }, query);
  /** Places of all, by the index and by a look at each. */
  const places = async () => {
    const [all, seen] = [{ listed: listed.values().toArray(), view: view() }, view()];
    const ranks = all.listed.map(item => seen.rank(item, seen.of(item)));
    const kept = await Promise.all(ranks.map(rank => rows.placeOf(rank)));
    return { kept, looked: ranks.map(rank => atOnce(placing(all, rank))) };
  };
  const later = (ms: number) => {
    now += ms;
  };
  return {
    rows,
    change,
    restate,
    expected,
    pick,
    below,
    announce,
    announceAs,
    seeAll: () => ids().forEach(see),
    places,
    later,
    looks: () => looks,
  };
}

const filters = [
  ...[undefined, '', 'ctf', '"x y"', '日本', 'οδος', 'd', 'du', '45.1.2', 'e1m1', '-coop ctf', '""', 'nobody'],
  ...['game:a', 'game!=long-game', 'players>0', 'players:unknown', '-players>3', 'max!=16', 'ping<=80', 'issued>0'],
  ...['tag:ctf', 'tag!=coop', 'tag:unknown', 'name:ü', 'name=ctf', 'address:46.1', 'map:unk', 'map:dust', 'map!=dust'],
  ...['attributes.country:fr', 'attributes.country:unknown', 'attributes.country:no', 'karma:green', '-hidden:no'],
  ...['hidden:crowd', 'hidden:duplicate', 'up:unknown', 'up:no', 'standing:endorsed', 'state:left', 'version:unknown'],
  ...[`announcer:${signerOf(3).peerId}`, 'server:s7', 'game:a players>0 ctf -karma:red', 'id:unknown'],
];
const sorts = [undefined, 'name', '-players', 'players', 'ping', '-age', 'game', 'standing', '-id'];

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`pages from the index are those of a look at every server, whatever has changed (${seed})`, async t => {
    const { rows, change, expected, pick, below, places } = world(seed);
    for (let round = 0; round < 150; round++) {
      for (let n = below(5); n >= 0; n--) change();
      await rows.ready();
      for (const filter of [pick(filters), pick(filters), pick(filters)]) {
        const query: ServersQuery = {
          ...(filter === undefined ? {} : { filter }),
          ...pick([{}, { sort: pick(sorts.slice(1))! }]),
          ...pick([{}, { limit: below(9) }]),
          ...pick([{}, { all: true }]),
          ...pick([{}, {}, { game: 'a' }]),
        };
        t.deepEqual(await rows.page(query), expected(query), JSON.stringify({ round, query }));
      }
      if (round % 10 > 0) continue;
      const { kept, looked } = await places();
      t.deepEqual(kept, looked);
    }
  });
}

test('before the index is complete every server is looked at, and what changes meanwhile is in both', async t => {
  const { rows, change, expected, announce } = world(7);
  for (let n = 0; n < 30; n++) announce();
  t.deepEqual(await rows.page({}), expected({}));
  const ready = rows.ready();
  for (let n = 0; n < 10; n++) change();
  t.deepEqual(await rows.page({ filter: 'ctf' }), expected({ filter: 'ctf' }));
  await ready;
  t.deepEqual(await rows.page({ filter: 'ctf' }), expected({ filter: 'ctf' }));
});

test('while an index is made only who asked first looks at every server, and the others wait for it', async t => {
  const { rows, expected, announceAs, seeAll, looks } = world(12);
  for (let n = 0; n < 600; n++) announceAs(n);
  const query = { filter: 'ctf', sort: 'name' };
  const pages = await Promise.all(Array.from({ length: 20 }, () => rows.page(query)));
  t.is(looks(), 1);
  // A large change while it is asked, as when a statement comes into force.
  seeAll();
  pages.push(...(await Promise.all([rows.page(query), rows.peek(query)])));
  t.is(looks(), 1);
  for (const page of pages.slice(20)) t.deepEqual(page, expected(query));
  for (const page of pages.slice(0, 20)) t.is(page.total, expected(query).total);
});

test('who peeks has no index made for him', async t => {
  const { rows, expected, announce, looks } = world(13);
  for (let n = 0; n < 30; n++) announce();
  for (const times of [1, 2]) {
    t.deepEqual(await rows.peek({}), expected({}));
    t.is(looks(), times);
  }
});

for (const [query, code] of [
  [{ filter: 'players>many' }, 'BAD_FILTER'],
  [{ sort: 'beauty' }, 'BAD_SORT'],
] as const) {
  test(`${JSON.stringify(query)} is ${code}, also where there is an index`, async t => {
    const { rows } = world(8);
    await rows.ready();
    await t.throwsAsync(rows.page(query), { code });
  });
}

test('a flood of changes, and ten minutes without a question, end in looking at every server again', async t => {
  const { rows, expected, announce, later } = world(10);
  for (let n = 0; n < 30; n++) announce();
  await rows.ready();
  for (let n = 0; n < 3_000; n++) rows.touch(`${n}`);
  t.deepEqual(await rows.page({}), expected({}));
  await rows.ready();
  later(11 * minute);
  await rows.step();
  announce();
  t.deepEqual(await rows.page({}), expected({}));
  await rows.ready();
  later(9 * minute);
  announce();
  await rows.step();
  t.deepEqual(await rows.page({}), expected({}));
});

test('what time alone changes in a large list is seen when a minute of steps has gone round it', async t => {
  const { rows, expected, announceAs, seeAll, later } = world(11);
  for (let n = 0; n < 200; n++) announceAs(n);
  seeAll();
  await rows.ready();
  t.deepEqual(await rows.page({}), expected({}));
  const { hidden } = expected({});
  later(5 * minute);
  t.true(expected({}).hidden.silent > hidden.silent);
  for (let n = 0; n < 7; n++) {
    later(10 * second);
    await rows.step();
  }
  t.deepEqual(await rows.page({}), expected({}));
});

test('a statement that comes into force in the middle of a step leaves nothing of the rows before it', async t => {
  const { rows, expected, announceAs, restate, later } = world(14);
  for (let n = 0; n < 600; n++) announceAs(n);
  await rows.page({});
  await rows.ready();
  later(minute);
  const step = rows.step();
  restate();
  await step;
  // Asked for anew: else what is being filled would never be done.
  t.deepEqual(await rows.page({}), expected({}));
  await rows.ready();
  t.deepEqual(await rows.page({}), expected({}));
});
