import test, { type ExecutionContext } from 'ava';
import { announcementOf, testNow } from '../../test/announcements.ts';
import { type Kept, keptHistory, pause } from '../../test/histories.ts';
import { temporaryFolder } from '../../test/stock-git.ts';
import type { Observed } from '../api/port.ts';
import { day, hour, minute } from '../base/time.ts';
import { SeriesKeeper } from './series.ts';

const [one, two] = [announcementOf('one'), announcementOf('two')];

const seen = (players: number | null, fields: Partial<Observed> = {}): Observed => ({
  ...{ up: true, players, maxPlayers: 16, map: null, rttMs: 1, at: testNow, observers: 1, flags: [], downSince: null },
  ...fields,
});

type World = { kept: Kept; now: number; sights: Map<string, Observed>; open(): Promise<SeriesKeeper> };

async function world(t: ExecutionContext): Promise<World> {
  const kept = await keptHistory(t, await temporaryFolder(t));
  const sights = new Map<string, Observed>();
  const world: World = {
    kept,
    now: testNow,
    sights,
    open: () =>
      SeriesKeeper.open({
        store: kept.store,
        listed: () => kept.listed.values(),
        up: () => kept.listed.size,
        observed: id => sights.get(id) ?? null,
        clock: () => world.now,
        pause,
      }),
  };
  return world;
}

test('the list over a day: what was seen in steps of five minutes, and who came and went by the history', async t => {
  const it = await world(t);
  const series = await it.open();
  await it.kept.commit([one, two], testNow);
  it.sights.set(one.id, seen(5)).set(two.id, seen(3));
  await series.sample();
  it.now += 10 * minute;
  await it.kept.commit([{ gone: two.id }], it.now);
  it.sights.set(one.id, seen(7));
  await series.sample();
  const day = await series.of({});
  t.like(day, { of: 'list', span: 'day', stepMs: 5 * minute });
  t.is(day.from + 287 * day.stepMs, it.now);
  t.deepEqual(day.servers.slice(-3), [2, null, 1]);
  t.deepEqual(day.players.slice(-3), [8, null, 7]);
  t.deepEqual(day.joined.slice(-3), [2, 0, 0]);
  t.deepEqual(day.left.slice(-3), [0, 0, 1]);
  for (const values of [day.servers, day.players, day.joined, day.left, day.changed]) t.is(values.length, 288);
  t.deepEqual((await series.of({ span: 'week' })).players.slice(-1), [8]);
  t.deepEqual((await series.of({ span: 'month' })).joined.slice(-1), [2]);
});

test('a sample that is taken when the node stops is left, and needs the store no more', async t => {
  const it = await world(t);
  await it.kept.commit([one], testNow);
  it.sights.set(one.id, seen(5));
  const series = await it.open();
  const sampled = series.sample();
  await Promise.all([series.stop(), it.kept.store.close()]);
  await t.notThrowsAsync(sampled);
  await t.notThrowsAsync(series.sample());
});

test('of one server: up, down, or nobody looked', async t => {
  const it = await world(t);
  const series = await it.open();
  await it.kept.commit([one, two], testNow);
  it.sights.set(one.id, seen(5));
  await series.sample();
  it.now += 5 * minute;
  it.sights.set(one.id, seen(null, { up: false, downSince: it.now }));
  await series.sample();
  const { servers, players, joined } = await series.of({ of: one.id });
  t.deepEqual(
    [servers.slice(-3), players.slice(-3)],
    [
      [null, 1, 0],
      [null, 5, null],
    ],
  );
  t.deepEqual(joined.slice(-2), [1, 0]);
  t.deepEqual(new Set((await series.of({ of: two.id })).servers), new Set([null]));
  t.deepEqual(new Set((await series.of({ of: '0'.repeat(40) })).joined), new Set([0]));
});

test('players that cannot be right are not counted', async t => {
  const it = await world(t);
  const series = await it.open();
  await it.kept.commit([one, two], testNow);
  it.sights.set(one.id, seen(5)).set(two.id, seen(900, { flags: ['implausible'] }));
  await series.sample();
  t.deepEqual((await series.of({})).players.slice(-1), [5]);
});

test('a restart finds every step that ended, the one that was saved last, and nothing that has run out', async t => {
  const it = await world(t);
  const before = await it.open();
  await it.kept.commit([one], testNow);
  it.sights.set(one.id, seen(5));
  await before.sample();
  it.now += 5 * minute;
  await before.sample();
  await before.save();
  const after = await it.open();
  t.deepEqual((await after.of({ of: one.id })).players.slice(-3), [null, 5, 5]);
  t.deepEqual((await after.of({})).servers.slice(-3), [null, 1, 1]);
  it.now += 2 * day;
  const later = await it.open();
  t.deepEqual(new Set((await later.of({})).servers), new Set([null]));
  t.is((await later.of({ span: 'week' })).players.filter(players => players === 5).length, 1);
  const left: string[] = [];
  for await (const [key] of it.kept.store.entries('series')) left.push(key.replace(/\/.*/, ''));
  t.deepEqual(left.sort(), ['month', 'week']);
});

test('an hour is the average of its steps', async t => {
  const it = await world(t);
  const series = await it.open();
  await it.kept.commit([one], testNow);
  for (const players of [2, 4, 9]) {
    it.sights.set(one.id, seen(players));
    await series.sample();
    it.now += 5 * minute;
  }
  t.deepEqual((await series.of({ of: one.id, span: 'week' })).players.slice(-1), [5]);
  it.now += hour;
  t.deepEqual((await series.of({ of: one.id, span: 'week' })).players.slice(-2), [5, null]);
});
