import test from 'ava';
import { commitFiles, commitLine, serverFiles, temporaryStore } from '../../test/stock-git.ts';
import { encodeObject } from './objects.ts';
import { resolveRevision } from './revision.ts';

test('a commit is found by every name that it has', async t => {
  const store = await temporaryStore(t);
  const line = await commitLine(store, { servers: 3, commits: 5 });
  const side = await commitFiles(store, serverFiles(2), { parents: [], atSeconds: 9 });
  const merge = await commitFiles(store, serverFiles(2), { parents: [side, line[4]!], atSeconds: 1_763_700_000 });
  for (const [text, oid] of [
    ['HEAD', merge],
    ['main', merge],
    [merge, merge],
    [line[0]!.slice(0, 10), line[0]!],
    ['HEAD^', side],
    ['HEAD~', side],
    ['HEAD^0', merge],
    ['HEAD~0', merge],
    ['HEAD^2', line[4]!],
    ['main^2~3', line[1]!],
    [`${line[4]!.slice(0, 12)}^^`, line[2]!],
    [`${line[4]}~2~2`, line[0]!],
  ] as const) {
    t.is(await resolveRevision(store, text), oid, text);
  }
});

test('what is no commit is said to be none', async t => {
  const store = await temporaryStore(t);
  const [head] = await commitLine(store, { servers: 1, commits: 1 });
  const tree = /^tree (.*)/.exec(Buffer.from((await store.object(head!))!.body).toString())![1]!;
  const texts = ['', 'abc', 'master', '0'.repeat(40), tree, 'HEAD~1', 'HEAD^2', 'HEAD~9999999', 'HEAD@{1}', '../HEAD'];
  for (const text of texts) {
    await t.throwsAsync(resolveRevision(store, text), { code: 'NO_SUCH_COMMIT' }, text);
  }
});

test('before the first commit there is no HEAD', async t => {
  const store = await temporaryStore(t);
  await t.throwsAsync(resolveRevision(store, 'HEAD'), { code: 'NO_SUCH_COMMIT' });
});

test('digits that two commits share are ambiguous, other objects do not count', async t => {
  const store = await temporaryStore(t);
  const commit = encodeObject('commit', Buffer.from('tree x'));
  const blob = encodeObject('blob', Buffer.from('x'));
  const put = (oid: string, { entry }: { entry: Uint8Array }) => ({
    space: 'objects' as const,
    put: oid,
    value: entry,
  });
  const one = `abcd1${'0'.repeat(35)}`;
  await store.write([put(one, commit), put(`abcd2${'0'.repeat(35)}`, blob), put(`abce${'0'.repeat(36)}`, commit)]);
  t.is(await resolveRevision(store, 'abcd'), one);
  await store.write([put(`abcdf${'0'.repeat(35)}`, commit)]);
  await t.throwsAsync(resolveRevision(store, 'abcd'), { code: 'AMBIGUOUS_COMMIT' });
  t.is(await resolveRevision(store, 'abcd1'), one);
});
