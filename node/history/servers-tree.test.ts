import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { git, gitFed, temporaryFolder } from '../../test/stock-git.ts';
import { gitHash } from '../base/bytes.ts';
import { pathOf } from '../records/announcement.ts';
import { ServersTree } from './servers-tree.ts';
import { emptyTree, parseTree } from './tree.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

/** Few prefixes, so that servers share trees of every depth. */
const anId = fc
  .tuple(fc.constantFrom('000', '001', '00f', '01f', 'abc', 'fff'), fc.integer({ min: 0, max: 3 }))
  .map(([prefix, n]) => prefix + sha1(String(n)).slice(3));
const aBlob = fc.option(fc.constantFrom('a', 'b', 'c').map(sha1), { nil: undefined, freq: 3 });
const sets = fc.array(fc.tuple(anId, aBlob), { maxLength: 60 });

function treeOf(servers: Iterable<readonly [id: string, blob: string]>): ServersTree {
  const tree = new ServersTree();
  for (const [id, blob] of servers) tree.set(id, blob);
  return tree;
}

/** The same changes to the tree and to what it should hold. */
function change(
  tree: ServersTree,
  servers: Map<string, string>,
  changes: Iterable<readonly [string, string | undefined]>,
) {
  for (const [id, blob] of changes) {
    tree.set(id, blob);
    if (blob === undefined) servers.delete(id);
    else servers.set(id, blob);
  }
}

for (const count of [0, 1, 40, 5_000]) {
  test(`the tree of ${count} servers is the one that stock git makes`, async t => {
    const servers = Array.from({ length: count }, (_, i) => [sha1(`id ${i}`), sha1(`blob ${i}`)] as const);
    const folder = await temporaryFolder(t);
    await git(folder, 'init', '--quiet');
    const index = servers.map(([id, blob]) => `100644 blob ${blob}\t${pathOf(id)}\n`).join('');
    await gitFed(folder, index, 'update-index', '--add', '--index-info');
    const prefix = count === 0 ? [] : ['--prefix=servers/'];
    t.is(treeOf(servers).root(), await git(folder, 'write-tree', '--missing-ok', ...prefix));
  });
}

test('after any sequence of changes the tree is that of a new one with the same servers', t => {
  fc.assert(
    fc.property(fc.array(sets, { maxLength: 6 }), rounds => {
      const tree = new ServersTree();
      const servers = new Map<string, string>();
      for (const changes of rounds) {
        change(tree, servers, changes);
        for (const [id, blob] of servers) t.is(tree.get(id), blob);
        for (const [id] of changes) t.is(tree.get(id), servers.get(id));
        t.is(tree.root(), treeOf(servers).root());
      }
    }),
  );
});

const sorted = (servers: Iterable<[id: string, blob: string]>) => [...servers].sort(([a], [b]) => (a < b ? -1 : 1));

/** Every tree below `oid` must be in the store. */
function walk(store: ReadonlyMap<string, Uint8Array>, oid: string, servers: Map<string, string> = new Map()) {
  const body = oid === emptyTree ? new Uint8Array() : store.get(oid);
  if (!body) throw new Error(`tree ${oid} was lost`);
  const entries = parseTree(body);
  if (!entries.ok) throw new Error(entries.message);
  for (const { mode, name, oid } of entries.value) {
    if (mode === '40000') walk(store, oid, servers);
    else servers.set(name.slice(0, -'.json'.length), oid);
  }
  return servers;
}

test('what is written of each commit makes it whole, also when changes come while it is written and when writes fail', t => {
  const commit = fc.record({ before: sets, during: sets, fails: fc.boolean() });
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 8 }), commits => {
      const store = new Map<string, Uint8Array>();
      const tree = new ServersTree();
      const held = new Map<string, string>();
      for (const { before, during, fails } of commits) {
        change(tree, held, before);
        const root = tree.root();
        const servers = sorted(held);
        const { trees, saved } = tree.unsaved();
        change(tree, held, during);
        if (fails) continue;
        for (const { oid, body } of trees) {
          t.is(gitHash('tree', body), oid);
          store.set(oid, body);
        }
        saved();
        t.deepEqual(sorted(walk(store, root)), servers);
      }
    }),
  );
});

test('a change writes the trees above it and no others', t => {
  const tree = treeOf(Array.from({ length: 2_000 }, (_, i) => [sha1(`id ${i}`), sha1('blob')] as const));
  tree.unsaved().saved();
  t.is(tree.unsaved().trees.length, 0);
  tree.set(sha1('id 7'), sha1('another'));
  t.is(tree.unsaved().trees.length, 4);
  tree.set(sha1('id 7'), sha1('blob'));
  t.is(tree.unsaved().trees.length, 0);
});

test('what comes back after it was gone is written again: the store may have let go of it', t => {
  const tree = new ServersTree();
  const id = sha1('one');
  const save = () => {
    const { trees, saved } = tree.unsaved();
    saved();
    return trees.map(({ oid }) => oid);
  };
  tree.set(id, sha1('a'));
  const written = save();
  t.is(written.length, 4);
  tree.set(id, undefined);
  t.deepEqual(save(), []);
  tree.set(id, sha1('a'));
  t.deepEqual(save(), written);
});

test('what was loaded counts as saved', t => {
  const tree = treeOf([[sha1('id'), sha1('blob')]]);
  tree.allSaved();
  t.deepEqual(tree.unsaved().trees, []);
});

test('every tree of the list as it stands is found by its hash, and no older one', t => {
  fc.assert(
    fc.property(sets, sets, (first, then) => {
      const tree = new ServersTree();
      const servers = new Map<string, string>();
      change(tree, servers, first);
      const old = tree.root();
      change(tree, servers, then);
      const bodies = { get: (oid: string) => tree.body(oid) } as ReadonlyMap<string, Uint8Array>;
      t.deepEqual(sorted(walk(bodies, tree.root())), sorted(servers));
      if (old !== tree.root() && old !== emptyTree) t.is(tree.body(old), undefined);
    }),
  );
});

test('a tree that was given out stays as it was, whatever changes', t => {
  fc.assert(
    fc.property(fc.array(sets, { maxLength: 5 }), steps => {
      const tree = new ServersTree();
      const given: { readonly oid: string; readonly body: Uint8Array }[] = [];
      for (const changes of steps) {
        for (const [id, blob] of changes) tree.set(id, blob);
        given.push(...tree.unsaved().trees, { oid: tree.root(), body: tree.body(tree.root())! });
      }
      for (const { oid, body } of given) t.is(gitHash('tree', body), oid);
    }),
  );
});

test('the tree at some digits is told', t => {
  const [a, b] = [`abc${'0'.repeat(37)}`, `abd${'0'.repeat(37)}`];
  const tree = treeOf([
    [a, sha1('a')],
    [b, sha1('b')],
  ]);
  t.is(tree.at([]), tree.root());
  t.is(tree.at([...'abc']), treeOf([[a, sha1('a')]]).at([...'abc']));
  t.not(tree.at([...'abc']), tree.at([...'abd']));
  for (const digits of ['b', 'abe', 'abc0', 'xyz']) t.is(tree.at([...digits]), undefined);
});
