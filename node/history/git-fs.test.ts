import test from 'ava';
import isomorphic from 'isomorphic-git';
import { commitLine, serverFiles, temporaryStore } from '../../test/stock-git.ts';
import { gitdir, gitFs } from './git-fs.ts';

test('isomorphic-git reads log, tree and blobs of the store', async t => {
  const store = await temporaryStore(t);
  const line = await commitLine(store, { servers: 25, commits: 4 });
  const fs = gitFs(store);
  const log = await isomorphic.log({ fs, gitdir });
  t.deepEqual(
    log.map(({ oid }) => oid),
    line.toReversed(),
  );
  t.is(log[0]!.commit.message, 'at 1763600120\n');

  const files = serverFiles(25, server => Math.max(0, 4 - (server % 7)));
  const seen: Record<string, string> = {};
  await isomorphic.walk({
    fs,
    gitdir,
    trees: [isomorphic.TREE({ ref: 'main' })],
    map: async (path, [entry]) => {
      if ((await entry!.type()) === 'blob') seen[path] = Buffer.from((await entry!.content())!).toString();
    },
  });
  t.deepEqual(seen, { ...files });

  const [path, text] = Object.entries(files)[0]!;
  const { blob } = await isomorphic.readBlob({ fs, gitdir, oid: line.at(-1)!, filepath: path });
  t.is(Buffer.from(blob).toString(), text);
  t.is(await isomorphic.expandOid({ fs, gitdir, oid: line[0]!.slice(0, 12) }), line[0]!);
  t.deepEqual(await isomorphic.listBranches({ fs, gitdir }), ['main']);
});

test('an empty history has no branch yet', async t => {
  const fs = gitFs(await temporaryStore(t));
  await t.throwsAsync(isomorphic.log({ fs, gitdir }), { code: 'NotFoundError' });
  t.deepEqual(await fs.promises.readdir(`${gitdir}/refs/heads`), []);
});

test('files and folders are what they should be, and nothing can be written', async t => {
  const store = await temporaryStore(t);
  const [head] = await commitLine(store, { servers: 2, commits: 1 });
  const { promises } = gitFs(store);
  t.is(await promises.readFile(`${gitdir}/refs/heads/main`, 'utf8'), `${head}\n`);
  t.true((await promises.readdir(`${gitdir}/objects/${head!.slice(0, 2)}`)).includes(head!.slice(2)));
  t.true((await promises.stat(`${gitdir}/objects`)).isDirectory());
  t.is((await promises.lstat(`${gitdir}/refs/heads/main`)).size, 41);
  await t.throwsAsync(promises.readFile(`${gitdir}/objects`), { code: 'EISDIR' });
  await t.throwsAsync(promises.readdir(`${gitdir}/HEAD`), { code: 'ENOTDIR' });
  for (const path of ['/etc/passwd', `${gitdir}x/HEAD`, `${gitdir}/../HEAD`, `${gitdir}/objects/ab/cd`]) {
    await t.throwsAsync(promises.readFile(path), { code: 'ENOENT' });
  }
  await t.throwsAsync(isomorphic.branch({ fs: { promises }, gitdir, ref: 'other' }), { code: 'EROFS' });
});
