import test, { type ExecutionContext } from 'ava';
import { announcementOf, signerOf, testNow } from '../../test/announcements.ts';
import { keptHistory, pause } from '../../test/histories.ts';
import { temporaryFolder, temporaryStore } from '../../test/stock-git.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { day, hour } from '../base/time.ts';
import { History } from '../history/history.ts';
import { packEntry } from '../history/objects.ts';
import { ServersTree } from '../history/servers-tree.ts';
import { openStore, type Store } from '../history/store.ts';
import { formatTree } from '../history/tree.ts';
import { type Limits, ServerList } from '../list/server-list.ts';
import type { Verified } from '../records/verified.ts';
import type { DenyRule } from '../trust/policy.ts';
import { Live } from './live.ts';
import { floorWrites, forgetFloors, loadList } from './load.ts';

const roomy: Limits = {
  serversMax: 1_000,
  perAnnouncerMax: 1_000,
  perNetworkMax: 1_000,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};

/** A store whose head holds the announcements. */
async function committed(t: ExecutionContext, items: readonly Verified[]): Promise<Store> {
  const kept = await keptHistory(t);
  await kept.commit(items);
  return kept.store;
}

async function load(store: Store, { now = testNow, limits = roomy, rules = [] as DenyRule[] } = {}) {
  const history = await History.open({ store, author: signerOf(1).peerId, pause });
  const live = new Live(new ServerList(limits, rules));
  const changes = await loadList(live, history, store, now);
  return { live, history, changes };
}

function treeOf(items: Iterable<Verified>): string {
  const tree = new ServersTree();
  for (const { id, oid } of items) tree.set(id, oid);
  return tree.root();
}

const [one, two] = [announcementOf('eu-1'), announcementOf('eu-2', { expiresAt: testNow + hour })];

test('the list is what was committed, and nothing of it has to be written again', async t => {
  const left = announcementOf('eu-3', { state: 'left' });
  const { live, history, changes } = await load(await committed(t, [one, two, left]));
  t.deepEqual([...live.list.listed.keys()].sort(), [one.id, two.id, left.id].sort());
  t.deepEqual([live.up, changes], [2, []]);
  t.is(live.tree.root(), await history.serversOf(history.head!));
  t.deepEqual(live.tree.unsaved().trees, []);
  t.deepEqual(Buffer.from((await live.objects([one.oid]))[0]!.body), Buffer.from(one.bytes));
});

test('an empty store gives an empty list', async t => {
  const { live, changes } = await load(await temporaryStore(t));
  t.deepEqual([live.list.listed.size, changes], [0, []]);
});

test('what ran out while the node was down is gone, and its announcement cannot come back', async t => {
  const { live, history, changes } = await load(await committed(t, [one, two]), { now: testNow + 2 * hour });
  t.deepEqual([...live.list.listed.keys()], [one.id]);
  t.deepEqual(changes, [{ id: two.id, before: changes[0]!.before, after: undefined }]);
  t.is(changes[0]?.before?.oid, two.oid);
  t.is(live.list.floors.get(two.id), two.announcement.issuedAt);
  const { oid } = await history.write(live.tree, changes, testNow, []);
  t.is(await history.serversOf(oid), live.tree.root());
});

test('what is over the quotas of today leaves the tree, and waits', async t => {
  const items = Array.from({ length: 5 }, (_, i) => announcementOf(`eu-${i}`));
  const { live, history, changes } = await load(await committed(t, items), {
    limits: { ...roomy, perAnnouncerMax: 3 },
  });
  t.deepEqual([live.list.listed.size, live.up, live.list.waiting, changes.length], [3, 3, 2, 2]);
  t.is(live.tree.root(), treeOf(live.list.listed.values()));
  for (const { id, after } of changes) t.deepEqual([live.list.listed.has(id), after], [false, undefined]);
  const { oid } = await history.write(live.tree, changes, testNow, []);
  t.is(await history.serversOf(oid), live.tree.root());
});

for (const [title, options] of [
  ['a rule bars', { rules: [{ announcer: signerOf(1).peerId, reason: 'bots' }] }],
  ['there is no room to wait for', { limits: { ...roomy, serversMax: 1, waitingMax: 0 } }],
  ['a clock that went back takes to be of the future', { now: testNow - hour }],
] as const) {
  test(`what ${title} is gone, and may come back as it is`, async t => {
    const store = await committed(t, [one, announcementOf('eu-9')]);
    const { live, changes } = await load(store, options as Parameters<typeof load>[1]);
    t.true(changes.length > 0);
    t.is(live.list.floors.size, 0);
    t.is(live.tree.root(), treeOf(live.list.listed.values()));
    t.is((await load(store)).live.list.listed.size, 2);
  });
}

test('notes on servers that ran out are kept until their time is over', async t => {
  const store = await committed(t, [two]);
  const { live } = await load(store);
  const gone = live.list.tick(testNow + 2 * hour);
  await store.write(floorWrites(gone, live, testNow + 2 * hour));
  t.is(fromUtf8((await store.get('floors', two.id))!), String(testNow));
  await forgetFloors(store, testNow + day - 1);
  t.truthy(await store.get('floors', two.id));
  t.deepEqual(floorWrites(gone, live, testNow + day), []);
  await forgetFloors(store, testNow + day);
  t.is(await store.get('floors', two.id), undefined);
});

test('a note keeps an announcement out that was replayed after a restart', async t => {
  const store = await temporaryStore(t);
  await store.write([{ space: 'floors', put: one.id, value: utf8(String(testNow)) }]);
  const { live } = await load(store);
  t.like(live.list.judge(one, testNow), { action: 'ignore', code: 'STALE' });
  const newer = announcementOf('eu-1', { issuedAt: testNow + 1 });
  t.is(live.list.judge(newer, testNow).action, 'accept');
  const back = [{ id: one.id, before: undefined, after: newer }];
  t.deepEqual(floorWrites(back, live, testNow), [{ space: 'floors', del: one.id }]);
});

for (const [title, damage] of [
  ['a blob is another announcement', (_leaf: string, other: Verified) => [one.oid, packEntry('blob', other.bytes)]],
  ['a blob is no announcement', () => [one.oid, packEntry('blob', utf8('junk'))]],
  ['a tree holds less than it should', (leaf: string) => [leaf, packEntry('tree', formatTree([]))]],
] as const) {
  test(`the list is not taken from a store where ${title}`, async t => {
    const kept = await keptHistory(t);
    await kept.commit([one, two]);
    const [oid, entry] = damage(kept.tree.at([...one.id.slice(0, 3)])!, two) as [string, Uint8Array];
    await kept.store.write([{ space: 'objects', put: oid, value: entry }]);
    await t.throwsAsync(load(kept.store), { code: 'STORE_DAMAGED' });
  });
}

test('the list comes back from a store that was closed', async t => {
  const folder = await temporaryFolder(t);
  {
    const kept = await keptHistory(t, folder);
    await kept.commit([one, two]);
    await kept.store.close();
  }
  await using store = await openStore(folder);
  t.is((await load(store)).live.list.listed.size, 2);
});
