import test, { type ExecutionContext } from 'ava';
import { announcementOf, signerOf, testNow } from '../../test/announcements.ts';
import { keptHistory, pause, type Step } from '../../test/histories.ts';
import type { KarmaJson, Observed } from '../api/port.ts';
import { day, second } from '../base/time.ts';
import { Announcers } from './announcers.ts';

const [ann, bob, cat] = [signerOf(1), signerOf(2), signerOf(3)];
const seen = (players: number, up = true) => ({ up, players, flags: [] }) as unknown as Observed;

const anns = [
  announcementOf('a1'),
  announcementOf('a2', { game: 'xonotic' }),
  announcementOf('a3', { game: 'xonotic' }),
];
const bobs = [announcementOf('b1', { signer: bob })];
const cats = [
  announcementOf('c1', { signer: cat, game: 'nexuiz' }),
  announcementOf('c2', { signer: cat, game: 'nexuiz' }),
];
const all = [...anns, ...bobs, ...cats];
const karma = new Map([
  [ann.peerId, 0.1],
  [bob.peerId, -0.5],
  [cat.peerId, 0.7],
]);

async function world(t: ExecutionContext, steps: readonly Step[] = all) {
  const kept = await keptHistory(t);
  const clock = { now: testNow };
  const sights = new Map([
    [anns[0]!.id, seen(3)],
    [cats[0]!.id, seen(9)],
    [cats[1]!.id, seen(50, false)],
  ]);
  const events = new Map<string, KarmaJson['events']>();
  const announcers = new Announcers({
    store: kept.store,
    endorsed: id => id === bobs[0]!.id || id === anns[1]!.id,
    observed: id => sights.get(id) ?? null,
    since: id => testNow - all.findIndex(item => item.id === id) * second,
    karma: {
      value: peer => karma.get(peer) ?? 0,
      brief: peer => ({ value: karma.get(peer) ?? 0, tier: 'yellow' }),
      explain: peer => ({ events: events.get(peer) ?? [] }),
    },
    connected: () => [bob.peerId],
    clock: () => clock.now,
    pause,
  });
  const step = async (steps: readonly Step[]) => {
    announcers.changed(kept.change(steps));
    await kept.history.write(kept.tree, [], clock.now, []);
  };
  await step([]);
  announcers.changed(kept.change(steps));
  return { announcers, kept, clock, events };
}

test('each announcer comes with its servers, as they are now', async t => {
  const { announcers } = await world(t);
  const { total, announcers: rows } = await announcers.page({});
  t.is(total, 3);
  t.deepEqual(rows[0], {
    announcer: ann.peerId,
    servers: 3,
    endorsed: 1,
    players: 3,
    since: testNow - 2 * second,
    karma: { value: 0.1, tier: 'yellow' },
    connected: false,
    games: ['xonotic', 'openarena'],
  });
  t.like(
    rows.find(({ announcer }) => announcer === cat.peerId),
    { servers: 2, players: 9, games: ['nexuiz'] },
    'what was seen of a server that is down counts nothing',
  );
  t.true(rows.find(({ announcer }) => announcer === bob.peerId)!.connected);
});

for (const [sort, order] of [
  ['-servers', [ann, cat, bob]],
  ['servers', [bob, cat, ann]],
  ['-players', [cat, ann, bob]],
  ['karma', [bob, ann, cat]],
  ['-karma', [cat, ann, bob]],
  ['since', [cat, bob, ann]],
] as const) {
  test(`announcers are sorted by ${sort}, and cut into pages`, async t => {
    const { announcers } = await world(t);
    const names = async (query: Parameters<Announcers['page']>[0]) =>
      (await announcers.page({ sort, ...query })).announcers.map(({ announcer }) => announcer);
    t.deepEqual(
      await names({}),
      order.map(({ peerId }) => peerId),
    );
    t.deepEqual(await names({ limit: 1, offset: 1 }), [order[1].peerId]);
  });
}

test('a filter finds a part of the peer id, or a game', async t => {
  const { announcers } = await world(t);
  const names = async (filter: string) =>
    (await announcers.page({ filter })).announcers.map(({ announcer }) => announcer);
  t.deepEqual(await names('NEXUIZ'), [cat.peerId]);
  t.deepEqual(await names(bob.peerId.slice(-12)), [bob.peerId]);
  t.deepEqual(await names('nobody'), []);
});

test('an order that nobody knows is refused by name', async t => {
  const { announcers } = await world(t);
  await t.throwsAsync(announcers.page({ sort: 'beauty' }), {
    code: 'BAD_SORT',
    message: /"beauty" is none of .*karma/,
  });
});

test('who withdraws all servers is gone from the table, and its past can still be asked for', async t => {
  const { announcers, kept, clock } = await world(t, []);
  const commit = async (steps: readonly Step[]) => {
    const changes = kept.change(steps);
    announcers.changed(changes);
    await kept.history.write(kept.tree, changes, clock.now, []);
  };
  await commit(bobs);
  t.is(announcers.count, 1);
  clock.now += day;
  await commit([announcementOf('b1', { signer: bob, name: 'New', issuedAt: testNow + 1 })]);
  await commit([announcementOf('b1', { signer: bob, state: 'left', issuedAt: testNow + 2 })]);
  t.is(announcers.count, 0);
  t.is((await announcers.page({})).total, 0);
  const detail = await announcers.detail(bob.peerId);
  t.like(detail, { servers: 0, since: null, games: [] });
  t.deepEqual(detail!.days.joined.slice(-2), [1, 0]);
  t.deepEqual(detail!.days.changed.slice(-2), [0, 1]);
  t.deepEqual(detail!.days.left.slice(-2), [0, 1]);
  t.is(detail!.days.from + 29 * day, Math.floor(clock.now / day) * day);
});

test('somebody who never announced anything is not known, and a name that is no peer id is refused', async t => {
  const { announcers } = await world(t);
  t.is(await announcers.detail(signerOf(4).peerId), undefined);
  await t.throwsAsync(announcers.detail('bob'), { code: 'BAD_PEER' });
});

test('equivocations come with the hashes that prove them', async t => {
  const { announcers, events } = await world(t);
  const event = { id: 'e', action: 'equivocation', points: -50, atMs: testNow, source: 'proof', note: null } as const;
  events.set(ann.peerId, [
    { ...event, evidence: `${'1'.repeat(40)} ${'2'.repeat(40)}` },
    { ...event, action: 'unreachable', evidence: null },
  ]);
  const detail = await announcers.detail(ann.peerId);
  t.deepEqual(detail!.equivocations, [{ atMs: testNow, kept: '1'.repeat(40), dropped: '2'.repeat(40) }]);
});

test('sums are made anew when they are old, not at each request', async t => {
  const { announcers, clock } = await world(t);
  await announcers.page({});
  announcers.changed([{ id: bobs[0]!.id, before: bobs[0], after: undefined }]);
  t.is((await announcers.page({})).total, 3);
  clock.now += 5 * second;
  t.is((await announcers.page({})).total, 2);
  announcers.changed([{ id: bobs[0]!.id, before: undefined, after: bobs[0]! }]);
  clock.now -= day;
  t.is((await announcers.page({})).total, 3, 'the clock was set back');
});
