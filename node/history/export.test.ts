import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { commitLine, git, serverFiles, temporaryFolder, temporaryStore } from '../../test/stock-git.ts';
import { exportRepository } from './export.ts';
import { readCuts, readRefs } from './refs.ts';
import type { Store } from './store.ts';

async function setup(t: ExecutionContext) {
  const store = await temporaryStore(t);
  const folder = await temporaryFolder(t);
  return { store, folder, target: join(folder, 'deep', 'list.git') };
}

const depsOf = (store: Store) => ({ store, refs: () => readRefs(store), cuts: () => readCuts(store) });

test('stock git finds nothing wrong with an exported repository, reads its log and clones it', async t => {
  const { store, folder, target } = await setup(t);
  const line = await commitLine(store, { servers: 80, commits: 5 });
  const { head, objects, bytes } = await exportRepository(depsOf(store), target);
  t.is(head, line.at(-1)!);
  t.is(await git(target, 'fsck', '--strict', '--full'), '');
  t.is(objects, (await git(target, 'rev-list', '--objects', '--all')).split('\n').length);
  const [pack] = (await readdir(join(target, 'objects/pack'))).filter(name => name.endsWith('.pack'));
  t.is(bytes, (await readFile(join(target, 'objects/pack', pack!))).length);
  await git(target, 'verify-pack', join('objects/pack', pack!));
  const [path] = Object.keys(serverFiles(80));
  t.is((await git(target, 'log', '--format=%H', '--', path!)).split('\n').length, 5);
  await git(folder, 'clone', '-q', target, 'clone');
  t.is(await git(join(folder, 'clone'), 'rev-parse', 'HEAD'), head!);
});

test('the index of a pack is byte for byte that of stock git', async t => {
  const { store, folder, target } = await setup(t);
  await commitLine(store, { servers: 300, commits: 3 });
  await exportRepository(depsOf(store), target);
  const names = await readdir(join(target, 'objects/pack'));
  const [index, pack] = ['.idx', '.pack'].map(end => join(target, 'objects/pack', names.find(n => n.endsWith(end))!));
  await git(target, 'index-pack', '-o', join(folder, 'again.idx'), pack!);
  t.deepEqual(await readFile(index!), await readFile(join(folder, 'again.idx')));
});

test('an empty history becomes an empty repository', async t => {
  const { store, target } = await setup(t);
  t.deepEqual(await exportRepository(depsOf(store), target), { head: null, objects: 0, bytes: 0 });
  t.is(await git(target, 'symbolic-ref', 'HEAD'), 'refs/heads/main');
  t.is(await git(target, 'fsck', '--strict', '--connectivity-only', '--no-dangling'), '');
  t.is(await git(target, 'rev-list', '--all'), '');
});

test('a folder that cannot be made is told', async t => {
  const store = await temporaryStore(t);
  const deps = { store, refs: async () => [], cuts: async () => [] };
  await t.throwsAsync(exportRepository(deps, '/proc/rollcall/list.git'), {
    code: 'CANNOT_WRITE',
    message: /^cannot write \/proc\/rollcall\/list\.git: /,
  });
});

test('what goes wrong while it is written is told, and nothing is left behind', async t => {
  const { store, folder, target } = await setup(t);
  const gone = { ...depsOf(store), refs: () => rm(join(folder, 'deep'), { recursive: true }).then(() => []) };
  await t.throwsAsync(exportRepository(gone, target), { code: 'CANNOT_WRITE', message: /list\.git: ENOENT/ });
  const broken = { ...depsOf(store), refs: () => Promise.reject(new Error('a bug')) };
  await t.throwsAsync(exportRepository(broken, target), { message: 'a bug' });
  t.deepEqual(await readdir(join(folder, 'deep')), []);
});

test('an empty folder is used, a full one and a file are left alone', async t => {
  const { store, folder } = await setup(t);
  await commitLine(store, { servers: 3, commits: 1 });
  const empty = join(folder, 'empty');
  await mkdir(empty);
  await exportRepository(depsOf(store), empty);
  t.is(await git(empty, 'rev-list', '--count', 'main'), '1');
  await t.throwsAsync(exportRepository(depsOf(store), empty), { code: 'EXISTS' });
  await writeFile(join(folder, 'file'), 'mine');
  await t.throwsAsync(exportRepository(depsOf(store), join(folder, 'file')), { code: 'EXISTS' });
  t.deepEqual((await readdir(folder)).sort(), ['empty', 'file']);
});

test('when an object is missing nothing is left behind', async t => {
  const { store, folder } = await setup(t);
  const [head] = await commitLine(store, { servers: 3, commits: 1 });
  await store.write([{ space: 'objects', del: head! }]);
  await t.throwsAsync(exportRepository(depsOf(store), join(folder, 'list.git')), { code: 'STORE_DAMAGED' });
  t.deepEqual(await readdir(folder), []);
});
