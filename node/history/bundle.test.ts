import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import test, { type ExecutionContext } from 'ava';
import { commitLine, git, temporaryFolder, temporaryStore } from '../../test/stock-git.ts';
import { bundleOf } from './bundle.ts';
import { readCuts, readHead } from './refs.ts';
import { resolveRevision } from './revision.ts';
import type { Store } from './store.ts';

async function setup(t: ExecutionContext) {
  const store = await temporaryStore(t);
  const folder = await temporaryFolder(t);
  const write = async (name: string, since?: string): Promise<string> => {
    const file = join(folder, name);
    await pipeline(bundleOf(depsOf(store), since), createWriteStream(file));
    return file;
  };
  return { store, folder, clone: join(folder, 'clone'), write };
}

const depsOf = (store: Store) => ({
  store,
  head: () => readHead(store),
  cuts: () => readCuts(store),
  resolve: (revision: string) => resolveRevision(store, revision),
});

test('stock git clones a bundle and fetches from a later one that holds only what came after', async t => {
  const { store, folder, clone, write } = await setup(t);
  const line = await commitLine(store, { servers: 50, commits: 4 });
  await git(folder, 'clone', '-q', await write('full.bundle'), clone);
  t.is(await git(clone, 'rev-parse', 'HEAD'), line.at(-1)!);
  t.is(await git(clone, 'symbolic-ref', 'HEAD'), 'refs/heads/main');

  const more = await commitLine(store, { servers: 50, commits: 2, from: 5, parents: [line.at(-1)!] });
  const later = await write('inc.bundle', 'HEAD~2');
  t.regex(await git(clone, 'bundle', 'verify', later), new RegExp(line.at(-1)!));
  await git(clone, 'fetch', '-q', later, 'main');
  t.is(await git(clone, 'rev-parse', 'FETCH_HEAD'), more.at(-1)!);
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');
});

test('a bundle since the head itself is empty and still good', async t => {
  const { store, folder, clone, write } = await setup(t);
  const [head] = await commitLine(store, { servers: 3, commits: 1 });
  await git(folder, 'clone', '-q', await write('full.bundle'), clone);
  await git(clone, 'fetch', '-q', await write('nothing.bundle', head!), 'main');
  t.is(await git(clone, 'rev-parse', 'FETCH_HEAD'), head!);
});

test('there is no bundle of an empty history, nor since a commit that is not there', async t => {
  const { store } = await setup(t);
  await t.throwsAsync(() => bundleOf(depsOf(store)).next(), { code: 'NO_SUCH_COMMIT' });
  await commitLine(store, { servers: 3, commits: 1 });
  await t.throwsAsync(() => bundleOf(depsOf(store), '12345678').next(), { code: 'NO_SUCH_COMMIT' });
});
