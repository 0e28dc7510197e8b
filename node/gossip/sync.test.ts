import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { announcementOf, testNow as now, testList } from '../../test/announcements.ts';
import { gitHash } from '../base/bytes.ts';
import type { GitObject } from '../history/objects.ts';
import { ServersTree } from '../history/servers-tree.ts';
import type { Change } from '../list/change.ts';
import { type Limits, ServerList } from '../list/server-list.ts';
import type { Network } from '../network/port.ts';
import type { Verified } from '../records/verified.ts';
import { Door } from './door.ts';
import { formatObjectsRequest, headProtocol, objectsProtocol, parseObjects } from './protocols.ts';
import { Sync, type SyncDeps } from './sync.ts';

const limits: Limits = {
  serversMax: 1_000,
  perAnnouncerMax: 1_000,
  perNetworkMax: 1_000,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};

type Handler = (body: Uint8Array, peer: string) => Promise<Uint8Array>;

/** A node of list, door and anti-entropy, that asks `peer` for everything. */
function nodeOf(
  items: readonly Verified[],
  quotas: Partial<Limits>,
  peer?: { handlers: Map<string, Handler> },
  stored = new Map<string, GitObject>(),
  more: Partial<SyncDeps> = {},
) {
  const list = new ServerList({ ...limits, ...quotas });
  const tree = new ServersTree();
  const handlers = new Map<string, Handler>();
  let blobsAsked = 0;
  const changed = (changes: readonly Change[]) => {
    for (const { id, after } of changes) tree.set(id, after?.oid);
  };
  const network = {
    serve: (protocol: string, handler: Handler) => void handlers.set(protocol, handler),
    request: (_: string, protocol: string, body: Uint8Array) => peer!.handlers.get(protocol)!(body, 'us'),
    onPeer: () => {},
    onLeave: () => {},
    peers: () => [],
  } as unknown as Network;
  const deps = {
    clock: () => now,
    monotonic: () => now,
    pause: async () => {},
    listName: testList,
    equivocated: () => {},
    changed,
  };
  const door = new Door({ ...deps, list });
  const sync = new Sync({
    ...deps,
    network,
    door,
    list,
    ours: tree,
    objects: async oids =>
      oids.map(oid => {
        const item = [...list.listed.values()].find(it => it.oid === oid);
        const body = tree.body(oid);
        if (item) blobsAsked++;
        if (stored.has(oid)) return stored.get(oid)!;
        return item ? { type: 'blob', body: item.bytes } : body && { type: 'tree', body };
      }),
    head: () => ({ head: null, tree: tree.root(), servers: list.listed.size, statement: null }),
    statement: async () => {},
    random: () => 0,
    karma: () => 0,
    later: () => {},
    syncPeers: 1,
    blobsMax: 1_000,
    tell: () => {},
    log: () => {},
    ...more,
  });
  for (const item of items) changed(list.admit(item, now).changes);
  const asked = () => {
    const count = blobsAsked;
    blobsAsked = 0;
    return count;
  };
  return { list, sync, handlers, changed, asked };
}

const items = Array.from({ length: 40 }, (_, n) => announcementOf(`s${n}`, { addresses: ['198.51.7.1:27960'] })).sort(
  (a, b) => (a.id < b.id ? -1 : 1),
);

for (const [title, waitingMax] of [
  ['some of it waiting', 5],
  ['none of it waiting', 0],
  ['all of it waiting', 100],
] as const) {
  test(`what a peer lists over our quota is fetched once, and again when there is room for it: ${title}`, async t => {
    const peer = nodeOf(items, {});
    const ours = nodeOf([], { perNetworkMax: 10, waitingMax }, peer);
    await ours.sync.with('peer');
    t.is(ours.list.listed.size, 10);
    t.is(peer.asked(), 40);
    await ours.sync.with('peer');
    t.is(peer.asked(), 0);
    const [first] = ours.list.listed.values();
    ours.changed(ours.list.drop(first!.id));
    await ours.sync.with('peer');
    t.deepEqual(
      [...ours.list.listed.keys()].sort(),
      items.slice(0, 10).map(({ id }) => id),
    );
  });
}

test('what is kept and larger than an announcement travels too: deny rules against 200 networks', async t => {
  const kept: GitObject[] = [2_048, 2_049, 30_000, 900_000].map(size => ({
    type: 'blob',
    body: Buffer.alloc(size, 'x'),
  }));
  const oids = kept.map(({ type, body }) => gitHash(type, body));
  const { handlers } = nodeOf([], {}, undefined, new Map(kept.map((object, i) => [oids[i]!, object])));
  const answer = await handlers.get(objectsProtocol(testList))!(formatObjectsRequest(oids), 'peer');
  const read = parseObjects(answer, oids);
  t.deepEqual(
    read.ok && read.value.map(object => object && { type: object.type, body: Buffer.from(object.body) }),
    kept.map(({ type, body }) => ({ type, body: Buffer.from(body) })),
  );
});

test('who asks is asked back, at most every half minute; who only connects is not', async t => {
  let time = now;
  const due: (() => void)[] = [];
  const handlers = new Map<string, Handler>();
  const asked: string[] = [];
  let appeared: (peer: string) => void = () => {};
  const network = {
    serve: (protocol: string, handler: Handler) => void handlers.set(protocol, handler),
    request: async (peer: string) => {
      asked.push(peer);
      throw new Error('busy');
    },
    onPeer: (_: string, listener: typeof appeared) => {
      appeared = listener;
    },
    onLeave: () => {},
    peers: () => ['speaks', 'connects'].map(peerId => ({ peerId })),
  } as unknown as Network;
  const { sync } = nodeOf([], {}, undefined, undefined, {
    network,
    clock: () => time,
    monotonic: () => time,
    later: (_, task) => void due.push(task),
    syncPeers: 2,
  });
  appeared('speaks');
  const head = (peer: string) => handlers.get(headProtocol(testList))!(new Uint8Array(), peer);
  const afterAsking = async (...peers: string[]) => {
    asked.length = 0;
    for (const peer of peers) await head(peer);
    for (const task of due.splice(0)) task();
    return [...asked];
  };
  due.length = 0;
  t.deepEqual(await afterAsking('speaks'), [], 'it was asked when it came');
  time += 30_000;
  t.deepEqual(await afterAsking('speaks', 'speaks', 'connects'), ['speaks']);
  time += 29_999;
  t.deepEqual(await afterAsking('speaks'), []);
  time += 1;
  t.deepEqual(await afterAsking('speaks'), ['speaks']);
  await setImmediate();
  asked.length = 0;
  await sync.round();
  t.deepEqual(asked, ['speaks']);
});
