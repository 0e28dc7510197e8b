import test from 'ava';
import { announcementOf, signerOf, testNow } from '../../test/announcements.ts';
import { type Kept, keptHistory, pause } from '../../test/histories.ts';
import { git, temporaryFolder } from '../../test/stock-git.ts';
import { utf8 } from '../base/bytes.ts';
import { second } from '../base/time.ts';
import { pathOf } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import { exportRepository } from './export.ts';
import { History } from './history.ts';
import { packEntry } from './objects.ts';
import { readRefs } from './refs.ts';
import { emptyTree, formatTree } from './tree.ts';

const servers = (count: number, fields: Parameters<typeof announcementOf>[1] = {}): Verified[] =>
  Array.from({ length: count }, (_, i) => announcementOf(`eu-${i}`, fields));

async function loaded(history: History): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const batch of history.load()) for (const { id, oid } of batch) found.set(id, oid);
  return found;
}

const reopened = (kept: Kept): Promise<History> =>
  History.open({ store: kept.store, author: signerOf(1).peerId, pause });

test('a history begins empty', async t => {
  const { history } = await keptHistory(t);
  t.is(history.head, undefined);
  t.is((await loaded(history)).size, 0);
});

test('a commit holds the list, names its parent and is the head after opening again', async t => {
  const kept = await keptHistory(t);
  const first = await kept.commit(servers(3));
  const second = await kept.commit([announcementOf('us-1')]);
  const again = await reopened(kept);
  t.is(again.head, second);
  t.deepEqual((await again.commit(second)).parents, [first]);
  t.is(await again.serversOf(second), kept.tree.root());
  const expected = [...kept.listed.values()].map(item => [item.id, item.oid]);
  t.deepEqual([...(await loaded(again))].sort(), expected.sort());
  t.is(
    (await again.write(kept.tree, kept.change([{ gone: announcementOf('us-1').id }]), testNow, [])).summary,
    '1 left',
  );
});

test('a commit of nothing is one of an empty list, and a list can fill again', async t => {
  const kept = await keptHistory(t);
  await kept.commit(servers(2));
  const empty = await kept.commit(servers(2).map(({ id }) => ({ gone: id })));
  t.is(await kept.history.serversOf(empty), emptyTree);
  t.is((await kept.history.commit(empty)).tree, emptyTree);
  t.is((await loaded(kept.history)).size, 0);
  await kept.commit(servers(2));
  t.is((await loaded(await reopened(kept))).size, 2);
});

test('commit times never go back, whatever the clock does', async t => {
  const kept = await keptHistory(t);
  const times: number[] = [];
  for (const [i, offset] of [0, 5 * second, -60 * second, 5_999].entries()) {
    const oid = await kept.commit([announcementOf(`eu-${i}`)], testNow + offset);
    times.push((await kept.history.commit(oid)).atSeconds - testNow / second);
  }
  t.deepEqual(times, [0, 5, 5, 5]);
  const again = await reopened(kept);
  const { oid } = await again.write(kept.tree, kept.change([announcementOf('x')]), testNow, []);
  t.is((await again.commit(oid)).atSeconds, testNow / second + 5);
});

test('what is committed while the list moves on is the list as it stood', async t => {
  const kept = await keptHistory(t);
  const changes = kept.change(servers(300));
  const root = kept.tree.root();
  const writing = kept.history.write(kept.tree, changes, testNow, []);
  const meanwhile = kept.change([announcementOf('eu-0', { name: 'Renamed' }), ...servers(5, { signer: signerOf(2) })]);
  const { oid, tree } = await writing;
  t.is(tree, root);
  t.is(await kept.history.serversOf(oid), root);
  t.is((await loaded(kept.history)).size, 300);
  await kept.history.write(kept.tree, meanwhile, testNow, []);
  t.is((await loaded(await reopened(kept))).size, 305);
});

test('what a failed write left out is in the next', async t => {
  const kept = await keptHistory(t);
  const changes = kept.change(servers(20));
  const broken = { space: 'own', put: 'x', value: null as unknown as Uint8Array } as const;
  await t.throwsAsync(kept.history.write(kept.tree, changes, testNow, [broken]));
  t.is(kept.history.head, undefined);
  t.is((await reopened(kept)).head, undefined);
  await kept.history.write(kept.tree, changes, testNow, [{ space: 'own', put: 'x', value: utf8('y') }]);
  t.is((await loaded(await reopened(kept))).size, 20);
  t.deepEqual(Buffer.from((await kept.store.get('own', 'x'))!).toString(), 'y');
});

test('stock git reads the history: every object, every server, every commit', async t => {
  const kept = await keptHistory(t);
  const [moved, gone] = servers(2) as [Verified, Verified];
  await kept.commit(servers(50));
  await kept.commit([announcementOf('eu-0', { name: 'Größer', issuedAt: testNow + 1 })], testNow + 30 * second);
  await kept.commit([{ gone: gone.id }], testNow + 60 * second);
  const folder = await temporaryFolder(t);
  await exportRepository(
    { store: kept.store, refs: () => readRefs(kept.store), cuts: async () => [] },
    `${folder}/list.git`,
  );
  const list = `${folder}/list.git`;
  t.is(await git(list, 'fsck', '--strict'), '');
  t.is(await git(list, 'rev-parse', 'main'), kept.history.head!);
  t.is(await git(list, 'rev-parse', 'main:servers'), kept.tree.root());
  const life = await git(list, 'log', '--format=%s %ct', 'main', '--', pathOf(moved.id));
  t.is(life, `1 changed ${testNow / second + 30}\n50 joined ${testNow / second}`);
  t.true((await git(list, 'show', `main:${pathOf(moved.id)}`)).includes('"name": "Größer"'));
  t.is((await git(list, 'ls-tree', '-r', '--name-only', 'main')).split('\n').length, 49);
  t.regex(await git(list, 'log', '-1', '--format=%b'), new RegExp(`^left ${gone.id} "Server eu-1" by 12D3KooW`));
});

test('a hash that is no commit here is told', async t => {
  const kept = await keptHistory(t);
  await kept.commit(servers(1));
  for (const oid of [emptyTree, servers(1)[0]!.oid, '0'.repeat(40)]) {
    await t.throwsAsync(kept.history.commit(oid), { code: 'NO_SUCH_COMMIT' });
  }
});

for (const [title, damage] of [
  ['a blob is missing', ({ blob }) => [{ space: 'objects', del: blob }]],
  ['a tree is missing', ({ leaf }) => [{ space: 'objects', del: leaf }]],
  ['a tree is cut short', ({ leaf, cut }) => [{ space: 'objects', put: leaf, value: packEntry('tree', cut) }]],
  ['a tree cannot be inflated', ({ leaf }) => [{ space: 'objects', put: leaf, value: utf8('junk') }]],
  ['a tree is a blob', ({ leaf, cut }) => [{ space: 'objects', put: leaf, value: packEntry('blob', cut) }]],
  ['the tree of the commit is missing', ({ tree }) => [{ space: 'objects', del: tree }]],
] as const satisfies [string, (at: Whereabouts) => Parameters<Kept['store']['write']>[0]][]) {
  test(`reading the list back says that the store is damaged when ${title}`, async t => {
    const kept = await keptHistory(t);
    const items = servers(4);
    await kept.commit(items);
    const id = items[0]!.id;
    const leaf = kept.tree.at([...id.slice(0, 3)])!;
    const cut = formatTree([{ mode: '100644', name: `${id}.json`, oid: items[0]!.oid }]).subarray(0, -1);
    const { tree } = await kept.history.commit(kept.history.head!);
    await kept.store.write(damage({ blob: items[0]!.oid, leaf, cut, tree }));
    await t.throwsAsync(loaded(kept.history), { code: 'STORE_DAMAGED' });
  });
}
type Whereabouts = { blob: string; leaf: string; tree: string; cut: Uint8Array };

for (const [title, damage] of [
  ['its head is missing', () => [{ space: 'refs', del: 'main' }]],
  ['its head is not a hash', () => [{ space: 'refs', put: 'main', value: Uint8Array.of(0xff) }]],
  ['its head is an older one', ([first]) => [{ space: 'refs', put: 'main', value: utf8(first!) }]],
  ['the commit of its head is missing', ([, head]) => [{ space: 'objects', del: head! }]],
  [
    'the commit of its head has another form',
    ([, head]) => [{ space: 'objects', put: head!, value: packEntry('commit', utf8('tree\n')) }],
  ],
  ['its head has no height', ([, head]) => [{ space: 'commits', del: head! }]],
  ['the log ends too early', () => [{ space: 'log', del: '0000000002' }]],
  ['the log ends with junk', () => [{ space: 'log', put: '0000000002', value: utf8('{') }]],
] as const satisfies [string, (commits: readonly string[]) => Parameters<Kept['store']['write']>[0]][]) {
  test(`a store is not opened when ${title}`, async t => {
    const kept = await keptHistory(t);
    const commits = [await kept.commit(servers(1)), await kept.commit([announcementOf('us-1')])];
    await kept.store.write(damage(commits));
    await t.throwsAsync(reopened(kept), { code: 'STORE_DAMAGED' });
  });
}
