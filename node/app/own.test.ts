import test from 'ava';
import { signerOf, testList, testNow } from '../../test/announcements.ts';
import { RollcallError } from '../base/errors.ts';
import { day, hour, minute, second } from '../base/time.ts';
import { Door } from '../gossip/door.ts';
import type { Write } from '../history/store.ts';
import { clockSkewMaxMs, ServerList } from '../list/server-list.ts';
import { identityOf, parseAnnouncement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import type { DenyRule } from '../trust/policy.ts';
import { OwnServers } from './own.ts';

const lifetimeMs = 12 * hour;
const ours = { game: 'openarena', name: 'Ours', addresses: ['203.0.113.7:27960'], server: 'eu-1' };
const id = identityOf(signerOf(1).peerId, 'eu-1');

/** A node's own servers on a clock that the test moves; `restart` keeps nothing but the store. */
class World {
  now = testNow;
  readonly stored = new Map<string, Uint8Array>();
  readonly sent: Uint8Array[] = [];
  failure: Error | undefined;
  list!: ServerList;
  own!: OwnServers;
  /** What was true when each write began: whether the server was listed already. */
  readonly listedBefore: boolean[] = [];

  constructor() {
    this.restart();
  }

  restart(): void {
    const limits = {
      serversMax: 100,
      perAnnouncerMax: 100,
      perNetworkMax: 100,
      waitingMax: 100,
      countPrivateNetworks: true,
    };
    this.list = new ServerList(limits);
    const clock = () => this.now;
    const door = new Door({
      list: this.list,
      listName: testList,
      clock,
      pause: async () => {},
      changed: () => {},
      equivocated: () => {},
    });
    this.own = new OwnServers({
      store: { write: writes => this.#write(writes), entries: () => this.#entries() },
      signer: signerOf(1),
      listName: testList,
      lifetimeMs,
      clock,
      list: this.list,
      door,
      send: blob => this.sent.push(blob),
    });
  }

  get last() {
    const read = parseAnnouncement(this.sent.at(-1)!);
    if (!read.ok) throw new Error(read.message);
    return read.value;
  }

  /** Puts rules in force; whom they bar goes. */
  bar(rules: readonly DenyRule[]): void {
    this.list.setRules(rules);
    for (const known of this.list.ids()) if (this.list.unwelcome(known, this.now)) this.list.drop(known);
  }

  /** Puts a rollback in force that lists just these; what is older than it goes. */
  rollBack(atMs: number, ...items: readonly Verified[]): void {
    this.list.setBaseline({ atMs, blobs: new Map(items.map(({ id, oid }) => [id, oid])) });
    for (const known of this.list.ids()) if (this.list.unwelcome(known, this.now)) this.list.drop(known);
    for (const item of items) this.list.admit(item, this.now);
  }

  /** As a node does each second. */
  async tick(): Promise<void> {
    this.list.tick(this.now);
    await this.own.renew();
  }

  async #write(writes: readonly Write[]): Promise<void> {
    this.listedBefore.push(this.list.listed.has(id));
    // A disk takes its time; whatever else is under way goes on.
    await new Promise(done => setImmediate(done));
    if (this.failure) throw this.failure;
    for (const write of writes) {
      if ('put' in write) this.stored.set(write.put, write.value);
      else this.stored.delete(write.del);
    }
  }

  async *#entries(): AsyncGenerator<[key: string, value: Uint8Array]> {
    yield* this.stored;
  }
}

test('an announcement is stored first, then listed and gossiped', async t => {
  const world = new World();
  const item = await world.own.announce(ours);
  t.deepEqual(world.listedBefore, [false]);
  t.deepEqual(world.stored.get('eu-1'), item.bytes);
  t.is(world.list.listed.get(id)?.oid, item.oid);
  t.deepEqual(world.sent, [item.bytes]);
  t.like(item.announcement, { ...ours, state: 'up', issuedAt: testNow, expiresAt: testNow + lifetimeMs });
  t.is(world.own.count, 1);
});

test('what cannot be stored is an error, and neither listed nor gossiped nor renewed', async t => {
  const world = new World();
  world.failure = new Error('no space left');
  await t.throwsAsync(world.own.announce(ours), { is: world.failure });
  world.failure = undefined;
  await world.tick();
  t.deepEqual([world.list.listed.size, world.sent.length, world.own.count, world.stored.size], [0, 0, 0, 0]);
});

test('a withdrawal that cannot be stored leaves the server up', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.failure = new Error('no space left');
  await t.throwsAsync(world.own.withdraw('eu-1'), { is: world.failure });
  t.is(world.list.listed.get(id)?.announcement.state, 'up');
  world.failure = undefined;
  t.is((await world.own.withdraw('eu-1')).announcement.state, 'left');
});

for (const [title, fields, code] of [
  ['an address without a port', { addresses: ['203.0.113.7'] }, 'BAD_ADDRESS'],
  ['no address', { addresses: [] }, 'BAD_FIELD'],
  ['a name of 65 letters', { name: 'x'.repeat(65) }, 'BAD_FIELD'],
  [
    'more text than an announcement holds',
    { attributes: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, '\u{1f3ae}'.repeat(128)])) },
    'TOO_LARGE',
  ],
] as const) {
  test(`${title} is refused, and nothing is stored`, async t => {
    const world = new World();
    await t.throwsAsync(world.own.announce({ ...ours, ...fields }), { instanceOf: RollcallError, code });
    t.deepEqual([world.stored.size, world.sent.length], [0, 0]);
  });
}

test('what people type is tidied, and a server without a name of its own gets one that stays', async t => {
  const { server: _, ...nameless } = ours;
  const world = new World();
  const first = await world.own.announce({ ...nameless, addresses: ['PLAY.example.org.:27960'] });
  t.like(first.announcement, { server: 'openarena-play.example.org-27960', addresses: ['play.example.org:27960'] });
  const again = await world.own.announce({ ...nameless, name: 'New', addresses: ['play.example.org:27960'] });
  t.is(again.id, first.id);
  t.is(world.own.count, 1);
});

test('after a restart the servers are up again, renewed if need be', async t => {
  const world = new World();
  const item = await world.own.announce(ours);
  world.restart();
  await world.own.resume();
  t.deepEqual([world.list.listed.get(id)?.oid, world.sent.length], [item.oid, 1]);
  world.now += day;
  world.restart();
  await world.own.resume();
  t.is(world.list.listed.get(id)?.announcement.issuedAt, testNow + day);
});

test('after a restart a server that left stays away', async t => {
  const world = new World();
  await world.own.announce(ours);
  await world.own.withdraw('eu-1');
  world.restart();
  await world.own.resume();
  t.deepEqual([world.list.listed.get(id)?.announcement.state, world.own.count], ['left', 0]);
});

test('an announcement is renewed at half of its life, not before', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.now += lifetimeMs / 2 - 1;
  await world.tick();
  t.is(world.sent.length, 1);
  world.now += 1;
  await world.tick();
  await world.tick();
  t.is(world.sent.length, 2);
  t.like(world.last, { ...ours, issuedAt: world.now, expiresAt: world.now + lifetimeMs });
});

test('a server that fell out of the list is announced again, yet not over and over', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.bar([{ announcer: signerOf(1).peerId, reason: 'a mistake', until: testNow + minute }]);
  await world.tick();
  t.deepEqual([world.list.held(id), world.sent.length], [undefined, 1]);
  world.now += minute;
  await world.tick();
  t.deepEqual([world.list.held(id)?.announcement.issuedAt, world.sent.length], [world.now, 2]);
  // Nobody waits: what is pushed out of the queue is not held, and would be announced each second.
  world.bar([{ game: 'openarena', reason: 'for a moment' }]);
  world.bar([]);
  for (let i = 0; i < 9; i++, world.now += second) await world.tick();
  t.is(world.sent.length, 2);
  world.now += second;
  await world.tick();
  t.is(world.sent.length, 3);
});

test('a withdrawal outlives the announcement that could be replayed against it, then is forgotten', async t => {
  const world = new World();
  const up = await world.own.announce(ours);
  world.now += hour;
  const left = await world.own.withdraw(id);
  t.like(left.announcement, { ...ours, state: 'left', issuedAt: world.now, expiresAt: up.announcement.expiresAt });
  t.is(world.own.count, 0);
  world.now = left.announcement.expiresAt - 1;
  await world.tick();
  t.true(world.stored.has('eu-1'));
  world.now += second;
  await world.tick();
  t.false(world.stored.has('eu-1'));
  t.is(world.sent.length, 2);
});

test('only what is announced here can be withdrawn, and once', async t => {
  const world = new World();
  await t.throwsAsync(world.own.withdraw('eu-1'), { code: 'NO_SUCH_SERVER' });
  const { id } = await world.own.announce(ours);
  const error = await t.throwsAsync<RollcallError>(world.own.withdraw(id.slice(0, 3)), { code: 'NO_SUCH_SERVER' });
  t.is(error?.remedy, 'announced here: eu-1');
  t.is((await world.own.withdraw(id.slice(0, 4))).id, id, 'by the beginning of its id too');
  await t.throwsAsync(world.own.withdraw('eu-1'), { code: 'NO_SUCH_SERVER' });
});

test('of many that are announced here, a few are named', async t => {
  const world = new World();
  for (let i = 1; i <= 12; i++) await world.own.announce({ ...ours, server: `eu-${i}` });
  const error = await t.throwsAsync(world.own.withdraw('eu-13'), { code: 'NO_SUCH_SERVER' });
  t.regex((error as RollcallError).remedy!, /^announced here: eu-1, .*eu-10 and 2 more$/);
});

test('a withdrawn server can be announced again', async t => {
  const world = new World();
  await world.own.announce(ours);
  await world.own.withdraw('eu-1');
  await world.own.announce(ours);
  t.deepEqual([world.list.listed.get(id)?.announcement.state, world.own.count], ['up', 1]);
});

test('issuedAt grows with every announcement, also within a millisecond and when the clock goes back', async t => {
  const world = new World();
  const issued: number[] = [];
  for (const offset of [0, 0, -minute, minute - clockSkewMaxMs, 1]) {
    world.now = testNow + offset;
    issued.push((await world.own.announce(ours)).announcement.issuedAt - testNow);
    t.is(world.list.listed.get(id)?.announcement.issuedAt, testNow + issued.at(-1)!);
  }
  t.deepEqual(issued, [0, 1, 2, 3, 4]);
  t.is((await world.own.withdraw('eu-1')).announcement.issuedAt, testNow + 5);
});

test('issuedAt grows past what the list remembers of a server, though the store forgot it', async t => {
  const world = new World();
  world.list.setFloor(id, testNow + minute);
  t.is((await world.own.announce(ours)).announcement.issuedAt, testNow + minute + 1);
  world.stored.clear();
  world.now += 2 * minute;
  const held = await world.own.announce(ours);
  world.own.withdraw('eu-1');
  world.now -= minute;
  t.is((await world.own.announce(ours)).announcement.issuedAt, held.announcement.issuedAt + 2);
});

test('a clock that went back a day does not keep a server from being withdrawn', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.now -= day;
  t.is((await world.own.withdraw('eu-1')).announcement.state, 'left');
});

test('a server that a rule bars is refused, but may be withdrawn', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.bar([{ address: '203.0.113.0/24', reason: 'a flood' }]);
  const error = await t.throwsAsync(world.own.announce(ours), { code: 'REFUSED' });
  t.regex(error.message, /a flood/);
  t.is(world.sent.length, 1);
  t.is((await world.own.withdraw('eu-1')).announcement.state, 'left');
});

test('what is asked at once is done in that order: the store, the list and the peers end with the last', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.now += lifetimeMs / 2;
  const [, , left] = await Promise.all([
    world.own.renew(),
    world.own.announce({ ...ours, name: 'New' }),
    world.own.withdraw('eu-1'),
    world.own.renew(),
  ]);
  t.deepEqual(
    [world.stored.get('eu-1'), world.sent.at(-1), world.list.listed.get(id)?.bytes],
    [left.bytes, left.bytes, left.bytes],
  );
  t.like(left.announcement, { name: 'New', state: 'left' });
});

for (const [title, atMs] of [
  ['just now', testNow],
  ['ahead of the clock, to be behind what bots dated forward', testNow + clockSkewMaxMs - second],
] as const) {
  test(`a server that fell out by a rollback dated ${title} is announced again at once, and once`, async t => {
    const world = new World();
    await world.own.announce(ours);
    world.rollBack(atMs);
    t.false(world.list.listed.has(id));
    await world.own.renew();
    t.is(world.list.listed.get(id)?.announcement.issuedAt, atMs + 1);
    await world.tick();
    t.is(world.sent.length, 2);
  });
}

test('a server that a rollback shows as it was before is announced again as it is', async t => {
  const world = new World();
  const old = await world.own.announce({ ...ours, name: 'Old' });
  world.now += minute;
  await world.own.announce(ours);
  world.rollBack(world.now, old);
  t.is(world.list.listed.get(id)?.announcement.name, 'Old');
  await world.own.renew();
  t.is(world.list.listed.get(id)?.announcement.name, 'Ours');
});

test('a server that had left and that a rollback brings back is withdrawn again', async t => {
  const world = new World();
  const up = await world.own.announce(ours);
  world.now += minute;
  const left = await world.own.withdraw('eu-1');
  world.rollBack(world.now, up);
  t.is(world.list.listed.get(id)?.announcement.state, 'up');
  await world.own.renew();
  const again = world.list.listed.get(id)!.announcement;
  t.is(again.state, 'left');
  t.is(again.expiresAt - again.issuedAt, left.announcement.expiresAt - world.now);
});

test('a server that a rollback lists as it is, or that had left and stays away, needs no word', async t => {
  const world = new World();
  const up = await world.own.announce(ours);
  await world.own.announce({ ...ours, server: 'eu-2' });
  await world.own.withdraw('eu-2');
  world.rollBack(world.now + 1, up);
  await world.tick();
  t.is(world.sent.length, 3);
});

test('a server that the rollback bars is not announced again', async t => {
  const world = new World();
  await world.own.announce(ours);
  world.rollBack(testNow);
  world.bar([{ announcer: signerOf(1).peerId, reason: 'a flood' }]);
  world.now += hour;
  await world.tick();
  t.is(world.sent.length, 1);
});

test('many are announced with one write, and what is wrong with one keeps no other out', async t => {
  const world = new World();
  const faults = await world.own.announceAll([
    ours,
    { ...ours, server: 'eu-2', addresses: ['nowhere'] },
    { ...ours, server: 'eu-3', name: '\u202e' },
    { ...ours, server: 'eu-4' },
  ]);
  t.deepEqual(
    faults.map(fault => (fault as RollcallError | undefined)?.code),
    [undefined, 'BAD_ADDRESS', 'BAD_FIELD', undefined],
  );
  t.deepEqual([...world.stored.keys()], ['eu-1', 'eu-4']);
  t.deepEqual([world.listedBefore.length, world.sent.length, world.own.count], [1, 2, 2]);
});

test('many are withdrawn with one write; who is not announced is passed over', async t => {
  const world = new World();
  await world.own.announceAll([ours, { ...ours, server: 'eu-2' }, { ...ours, server: 'eu-3' }]);
  await world.own.withdrawAll(['eu-1', 'eu-2', 'nobody']);
  await world.own.withdrawAll(['eu-1']);
  t.is(world.listedBefore.length, 2);
  t.deepEqual(
    [...world.own.announced()].map(({ server }) => server),
    ['eu-3'],
  );
  t.is(world.last.state, 'left');
});
