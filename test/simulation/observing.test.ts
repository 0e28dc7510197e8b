// What must hold of observations among 20 nodes that know each other, three players, and as many Sybils as come.
import test from 'ava';
import { minute, second } from '../../node/base/time.ts';
import { observationsTopic } from '../../node/gossip/topics.ts';
import { seeded } from '../../node/network/memory.ts';
import { type ObservedServer, observed } from '../../node/records/observation.ts';
import { signerOf, testList } from '../announcements.ts';
import { ObservingWorld } from './observing-world.ts';

const servers = 20;
const observersPerServer = 3;

async function setup() {
  const world = new ObservingWorld(servers);
  const known = Array.from({ length: 20 }, (_, i) => signerOf(i + 1).peerId);
  for (let i = 1; i <= 20; i++) world.start(i, { known });
  for (let i = 21; i <= 23; i++) world.start(i, { known, role: 'player' });
  world.link();
  await world.net.advance(3 * minute);
  return world;
}

const lie = (world: ObservingWorld, fields: Partial<ObservedServer>): ObservedServer[] =>
  world.servers.map(({ id }) => ({
    ...{ server: id, up: true, players: 5, maxPlayers: 16, map: null, version: null, rttMs: 9, at: world.now },
    ...fields,
  }));
const silence = { up: false, players: null, maxPlayers: null, rttMs: null };

test('every server is seen on every node, and about three nodes ask each, without a gap when they change', async t => {
  const world = await setup();
  for (let i = 0; i < servers; i++) t.deepEqual(world.seen(i), { up: 23, down: 0, unknown: 0 });
  const players = new Set(world.nodes.filter(({ role }) => role === 'player').map(({ peerId }) => peerId));
  const from = world.now;
  world.asked.length = 0;
  await world.net.advance(12 * minute);
  const asked = world.asked.filter(({ peerId }) => !players.has(peerId));
  const perInterval = asked.length / servers / 12;
  t.true(perInterval > 2.4 && perInterval < 1.5 * observersPerServer, `${perInterval} questions a server and minute`);
  const gaps = Array.from({ length: servers }, (_, i) => {
    const times = [from, ...asked.filter(({ ip }) => ip === world.ipOf(i)).map(({ at }) => at), world.now];
    return Math.max(...times.slice(1).map((at, k) => at - times[k]!));
  });
  t.true(Math.max(...gaps) <= 1.2 * minute, `${Math.max(...gaps)} ms`);
  const own = world.asked.length - asked.length;
  t.true(own >= 3 * servers && own < 4 * 3 * servers, `players asked ${own} times`);
  t.log(`${perInterval.toFixed(2)} questions a server and minute, at most ${Math.max(...gaps) / second} s between two`);
});

test('where nobody knows anybody a few nodes ask each server all the same, and each looks himself once an epoch', async t => {
  const world = new ObservingWorld(servers);
  for (let i = 1; i <= 20; i++) world.start(i, { known: [] });
  world.link();
  await world.net.advance(3 * minute);
  world.asked.length = 0;
  await world.net.advance(20 * minute);
  const perInterval = world.asked.length / servers / 20;
  const ownLooks = 20 / 10;
  t.true(perInterval > 2.4 && perInterval < 1.5 * (observersPerServer + ownLooks), `${perInterval}`);
  for (let i = 0; i < servers; i++) t.deepEqual(world.seen(i), { up: 20, down: 0, unknown: 0 });
  for (const { peerId } of world.nodes)
    t.is(new Set(world.asked.filter(it => it.peerId === peerId).map(it => it.ip)).size, servers);
  const ip = world.ipOf(0);
  world.dead.add(ip);
  const diedAt = world.now;
  await world.until(() => world.seen(0).down === 20, 2 * minute);
  t.is(world.seen(0).down, 20);
  t.log(`${perInterval.toFixed(2)} questions a server and minute; down everywhere after ${world.now - diedAt} ms`);
});

test('a dead server is down everywhere within 30 s of the next probe and 90 s in all, and up again when it is back', async t => {
  const world = await setup();
  const worst = { probe: 0, all: 0, back: 0 };
  for (let server = 0; server < 6; server++) {
    await world.net.advance(7 * second);
    const ip = world.ipOf(server);
    const diedAt = world.now;
    world.dead.add(ip);
    world.asked.length = 0;
    await world.until(() => world.seen(server).down === 23, 2 * minute);
    t.is(world.seen(server).down, 23);
    const probedAt = world.asked.find(it => it.ip === ip)!.at;
    worst.probe = Math.max(worst.probe, world.now - probedAt);
    worst.all = Math.max(worst.all, world.now - diedAt);
    const since = world.nodes.map(({ observers }) => observers.get(world.servers[server]!.id)!.downSince!);
    t.true(since.every(at => at >= diedAt && at <= world.now));
    world.dead.delete(ip);
    const backAt = world.now;
    await world.until(() => world.seen(server).up === 23, 3 * minute);
    t.is(world.seen(server).up, 23);
    worst.back = Math.max(worst.back, world.now - backAt);
  }
  t.true(worst.probe <= 30 * second && worst.all <= 90 * second, JSON.stringify(worst));
  t.log(`at worst ${worst.probe} ms after the next probe, ${worst.all} ms in all, ${worst.back} ms to be up again`);
});

test('200 strangers who say that all is down, or crowded, neither turn a server nor have it asked more than twice as often', async t => {
  const world = await setup();
  const hostile = world.net.join(signerOf(999).peerId);
  for (const { peerId } of world.nodes.slice(0, 5)) world.net.connect(hostile.peerId, peerId);
  hostile.join(observationsTopic(testList), async () => ({ action: 'ignore', code: 'HOSTILE' }));
  await world.net.advance(minute);
  const before = world.asked.length;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 200; i++) {
      const entries = lie(world, i % 2 ? silence : { players: 200, maxPlayers: 250 });
      const { bytes } = observed({ issuedAt: world.now, entries }, testList, signerOf(1_000 + i));
      await hostile.publish(observationsTopic(testList), bytes);
    }
    await world.net.advance(minute);
    for (let i = 0; i < servers; i++) t.deepEqual(world.seen(i), { up: 23, down: 0, unknown: 0 });
    for (const { observers } of world.nodes)
      for (const { id } of world.servers) t.like(observers.get(id), { players: 5, flags: [] });
  }
  const perInterval = (world.asked.length - before) / servers / 2;
  t.true(perInterval <= 2 * 1.5 * observersPerServer, `${perInterval} questions a server and minute`);
});

test('forged, replayed, stale, changed and oversized observations that come by gossip are not counted', async t => {
  const world = new ObservingWorld(3);
  const node = world.start(1, { known: [signerOf(2).peerId, signerOf(3).peerId] });
  const hostile = world.net.join(signerOf(999).peerId);
  hostile.join(observationsTopic(testList), async () => ({ action: 'ignore', code: 'HOSTILE' }));
  world.net.connect(hostile.peerId, node.peerId);
  const say = async (bytes: Uint8Array) => {
    await hostile.publish(observationsTopic(testList), bytes);
    await world.net.advance(50);
  };
  const random = seeded(5);
  const by = (observer: number, fields: Partial<ObservedServer> = {}, issuedAt = world.now, list = testList) =>
    observed({ issuedAt, entries: lie(world, { at: issuedAt, ...fields }) }, list, signerOf(observer)).bytes;
  const good = by(2);
  await say(good);
  t.is(node.held(), 3);
  for (let i = 0; i < 100; i++) {
    const forged = JSON.parse(Buffer.from(by(3, silence)).toString());
    forged.signature = Buffer.alloc(64, i).toString('base64url');
    await say(Buffer.from(`${JSON.stringify(forged)}\n`));
    await say(good);
    await say(by(3, silence, world.now - 5 * minute - i));
    await say(by(3, silence, world.now, 'other'));
    const changed = Uint8Array.from(good);
    changed[Math.floor(random() * changed.length)]! ^= 1 << Math.floor(random() * 8);
    await say(changed);
    await say(Buffer.alloc(16_385 + i, good));
  }
  t.is(node.held(), 3);
  for (const { id } of world.servers) t.true(node.observers.get(id)!.up);
});
