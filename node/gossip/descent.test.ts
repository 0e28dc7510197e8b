import { setImmediate as pause } from 'node:timers/promises';
import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { gitHash } from '../base/bytes.ts';
import { ServersTree } from '../history/servers-tree.ts';
import { formatTree, type TreeEntry } from '../history/tree.ts';
import type { Verified } from '../records/verified.ts';
import { type DescentDeps, descend } from './descent.ts';
import type { Answered } from './protocols.ts';

/** A peer that serves a tree of announcements, and whatever else it is given. */
function peerOf(items: readonly Verified[]) {
  const tree = new ServersTree();
  const objects = new Map<string, NonNullable<Answered>>();
  for (const item of items) {
    tree.set(item.id, item.oid);
    objects.set(item.oid, { type: 'blob', body: item.bytes });
  }
  const fetch = async (oids: readonly string[]): Promise<Answered[]> =>
    oids.map(oid => {
      const body = tree.body(oid);
      return objects.get(oid) ?? (body ? { type: 'tree', body } : null);
    });
  const add = (type: 'tree' | 'blob', body: Uint8Array) => {
    const oid = gitHash(type, body);
    objects.set(oid, { type, body });
    return oid;
  };
  return { tree, fetch, add };
}

function setup(ours: readonly Verified[] = []) {
  const tree = new ServersTree();
  for (const { id, oid } of ours) tree.set(id, oid);
  const received: Uint8Array[] = [];
  const run = (root: string, fetch: DescentDeps['fetch'], more: Partial<DescentDeps> = {}, rootBody?: Uint8Array) => {
    const receive: DescentDeps['receive'] = async blobs => void received.push(...blobs);
    return descend(root, { ours: tree, fetch, skip: () => undefined, blobsMax: 10_000, receive, ...more }, rootBody);
  };
  return { run, received };
}

const items = Array.from({ length: 2_000 }, (_, i) => announcementOf(`s${i}`));

test('an empty node takes everything, and a node with the same tree asks for nothing', async t => {
  const peer = peerOf(items);
  const empty = setup();
  t.like(await empty.run(peer.tree.root(), peer.fetch), { fetched: items.length, missing: 0, malformed: undefined });
  t.is(new Set(empty.received.map(bytes => gitHash('blob', bytes))).size, items.length);
  t.like(await setup(items).run(peer.tree.root(), peer.fetch), { fetched: 0, bytes: 0, roundTrips: 0 });
});

test('ten changes in 10,000 servers cost less than 1 % of the bytes of the list, and five round trips', async t => {
  const many = Array.from({ length: 10_000 }, (_, i) => announcementOf(`s${i}`));
  const changed = Array.from({ length: 10 }, (_, i) => announcementOf(`s${i * 900}`, { name: 'renamed' }));
  const peer = peerOf([...many, ...changed]);
  const { run, received } = setup(many);
  const result = await run(peer.tree.root(), peer.fetch);
  t.like(result, { fetched: 10, roundTrips: 5 });
  t.deepEqual(received.map(bytes => gitHash('blob', bytes)).sort(), changed.map(({ oid }) => oid).sort());
  const listBytes = many.reduce((sum, { bytes }) => sum + bytes.length, 0);
  t.true(result.bytes < listBytes * 0.01, `${result.bytes} of ${listBytes}`);
});

test('the tree at the top is not asked for where it came with its hash', async t => {
  const peer = peerOf(items);
  const { run } = setup(items.slice(1));
  const root = peer.tree.root();
  t.like(await run(root, peer.fetch, {}, peer.tree.body(root)), { fetched: 1, requests: 4, roundTrips: 4 });
});

test('several requests are open at once, and what has come is judged meanwhile', async t => {
  const peer = peerOf(items);
  const { run, received } = setup();
  let open = 0;
  let most = 0;
  let early = false;
  const result = await run(peer.tree.root(), async oids => {
    most = Math.max(most, ++open);
    await pause();
    open--;
    early ||= received.length > 0;
    return peer.fetch(oids);
  });
  t.is(most, 4);
  t.true(early);
  t.like(result, { fetched: items.length, missing: 0 });
  t.true(result.requests > result.roundTrips);
});

test('a peer that fails in the middle of several requests fails them all', async t => {
  const peer = peerOf(items);
  let asked = 0;
  const { run } = setup();
  const fetch = async (oids: readonly string[]) => {
    await pause();
    if (++asked > 5) throw new Error('gone');
    return peer.fetch(oids);
  };
  await t.throwsAsync(run(peer.tree.root(), fetch), { message: 'gone' });
});

test('servers that only we have cost nothing but the trees on the way', async t => {
  const peer = peerOf(items.slice(0, 1_990));
  const { run } = setup(items);
  t.like(await run(peer.tree.root(), peer.fetch), { fetched: 0, malformed: undefined });
});

test('trees that held nothing to take are not read again, until one of the two changes', async t => {
  const [barred, other] = items.slice(0, 2);
  const peer = peerOf(items);
  const settled = new Set<string>();
  const more: Partial<DescentDeps> = {
    skip: oid => (oid === barred!.oid ? 'for good' : undefined),
    isSettled: (theirs, own) => settled.has(`${theirs} ${own}`),
    settle: (theirs, own) => void settled.add(`${theirs} ${own}`),
  };
  const { run } = setup(items.slice(1));
  const [first, again] = [await run(peer.tree.root(), peer.fetch, more), await run(peer.tree.root(), peer.fetch, more)];
  t.like(first, { fetched: 0, roundTrips: 4 });
  t.like(again, { fetched: 0, roundTrips: 3 });
  const changed = announcementOf('s1', { name: 'renamed' });
  const later = peerOf([...items.filter(item => item !== other), changed]);
  t.is((await run(later.tree.root(), later.fetch, more)).fetched, 1);
});

test('trees with blobs that are refused for now are read again, and nothing of them is fetched', async t => {
  const peer = peerOf(items);
  const settled: string[] = [];
  const { run } = setup(items.slice(1));
  const more: Partial<DescentDeps> = {
    skip: (oid, id) => (oid === items[0]!.oid && id === items[0]!.id ? 'for now' : undefined),
    settle: theirs => void settled.push(theirs),
  };
  t.like(await run(peer.tree.root(), peer.fetch, more), { fetched: 0, roundTrips: 4 });
  t.deepEqual(settled, []);
});

test('a peer may answer for a first part only, and is asked for the rest', async t => {
  const peer = peerOf(items);
  const { run } = setup();
  const result = await run(peer.tree.root(), async oids => (await peer.fetch(oids)).slice(0, 300));
  t.like(result, { fetched: items.length, missing: 0 });
});

test('objects that the peer no longer has are counted, and what it has is taken', async t => {
  const peer = peerOf(items);
  const gone = new Set(items.slice(0, 10).map(({ oid }) => oid));
  const { run } = setup();
  const result = await run(peer.tree.root(), async oids =>
    (await peer.fetch(oids)).map((it, i) => (gone.has(oids[i]!) ? null : it)),
  );
  t.like(result, { fetched: items.length - 10, missing: 10, malformed: undefined });
});

test('blobs that were refused lately are skipped, and no more are taken than allowed', async t => {
  const peer = peerOf(items);
  const refused = new Set(items.slice(0, 1_500).map(({ oid }) => oid));
  const { run } = setup();
  t.is(
    (
      await run(peer.tree.root(), peer.fetch, {
        skip: oid => (refused.has(oid) ? 'for good' : undefined),
      })
    ).fetched,
    500,
  );
  t.is((await run(peer.tree.root(), peer.fetch, { blobsMax: 100 })).fetched, 100);
});

const id = items[0]!.id;
const chain = (peer: ReturnType<typeof peerOf>, leaf: readonly TreeEntry[]) =>
  [id[2]!, id[1]!, id[0]!].reduce(
    (oid, name) => peer.add('tree', formatTree([{ mode: '40000', name, oid }])),
    peer.add('tree', formatTree(leaf)),
  );

for (const [title, make] of [
  [
    'a leaf at the top',
    peer => peer.add('tree', formatTree([{ mode: '100644', name: `${id}.json`, oid: items[0]!.oid }])),
  ],
  [
    'a directory with a long name',
    peer => peer.add('tree', formatTree([{ mode: '40000', name: 'ab', oid: items[0]!.oid }])),
  ],
  [
    'a server in the leaf of another',
    peer => chain(peer, [{ mode: '100644', name: `${items[1]!.id}.json`, oid: items[1]!.oid }]),
  ],
  ['a directory in a leaf', peer => chain(peer, [{ mode: '40000', name: `${id}.json`, oid: items[0]!.oid }])],
  ['a blob as its root', peer => peer.add('blob', new Uint8Array(10))],
  [
    'a tree where a blob should be',
    peer => chain(peer, [{ mode: '100644', name: `${id}.json`, oid: peer.add('tree', new Uint8Array(1)) }]),
  ],
  [
    'a blob past the limit',
    peer => chain(peer, [{ mode: '100644', name: `${id}.json`, oid: peer.add('blob', new Uint8Array(3_000)) }]),
  ],
] satisfies [string, (peer: ReturnType<typeof peerOf>) => string][]) {
  test(`a peer with ${title} is called malformed, and nothing is taken`, async t => {
    const peer = peerOf([]);
    const root = make(peer);
    const { run, received } = setup();
    t.is(typeof (await run(root, peer.fetch)).malformed, 'string');
    t.deepEqual(received, []);
  });
}
