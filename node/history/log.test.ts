import test, { type ExecutionContext } from 'ava';
import { announcementOf, signerOf, testNow } from '../../test/announcements.ts';
import { keptHistory } from '../../test/histories.ts';
import { utf8 } from '../base/bytes.ts';
import { minute, second } from '../base/time.ts';
import { heightOf, readLog, serverLog } from './log.ts';

const [ann, bob] = [signerOf(1), signerOf(2)];
const anns = announcementOf('eu-1', { signer: ann });
const bobs = announcementOf('eu-1', { signer: bob });

/** Six commits, thirty seconds apart. */
async function sixCommits(t: ExecutionContext) {
  const kept = await keptHistory(t);
  const later = (n: number) => ({ issuedAt: testNow + n });
  const steps = [
    [anns],
    [bobs],
    [announcementOf('eu-1', { signer: ann, ...later(2) })],
    [announcementOf('eu-1', { signer: ann, name: 'New', ...later(3) }), announcementOf('eu-2', { signer: bob })],
    [announcementOf('eu-1', { signer: ann, name: 'New', state: 'left', ...later(4) })],
    [{ gone: anns.id }, { gone: bobs.id }],
  ];
  const commits: string[] = [];
  for (const [i, step] of steps.entries()) commits.push(await kept.commit(step, testNow + (i * minute) / 2));
  return { store: kept.store, commits };
}

const placesOf = (commits: readonly string[], entries: readonly { oid: string }[]) =>
  entries.map(({ oid }) => commits.indexOf(oid));

test('the log tells of each commit what it did, newest first', async t => {
  const { store, commits } = await sixCommits(t);
  const entries = await readLog(store, { limit: 10 });
  t.deepEqual(placesOf(commits, entries), [5, 4, 3, 2, 1, 0]);
  t.deepEqual(
    entries.map(({ summary, added, removed, changed }) => [summary, added, removed, changed]),
    [
      ['1 left, 1 forgotten', 0, 1, 0],
      ['1 left', 0, 1, 0],
      ['1 joined, 1 changed', 1, 0, 1],
      ['1 renewed', 0, 0, 0],
      ['1 joined', 1, 0, 0],
      ['1 joined', 1, 0, 0],
    ],
  );
  t.deepEqual(entries[4], {
    oid: commits[1]!,
    parents: [commits[0]!],
    author: ann.peerId,
    atMs: testNow + 30 * second,
    summary: '1 joined',
    added: 1,
    removed: 0,
    changed: 0,
  });
});

for (const [title, query, places] of [
  ['of one server', { server: anns.id }, [5, 4, 3, 2, 0]],
  ['of one announcer', { announcer: bob.peerId }, [5, 3, 1]],
  ['of a server and its announcer', { server: bobs.id, announcer: bob.peerId }, [5, 1]],
  ['of a server and somebody else', { server: bobs.id, announcer: signerOf(3).peerId }, []],
  ['of a server that nobody knows', { server: '0'.repeat(40) }, []],
  ['of an announcer whose name another begins with', { announcer: ann.peerId.slice(0, -1) }, []],
] as const) {
  test(`the log ${title} names its commits alone`, async t => {
    const { store, commits } = await sixCommits(t);
    t.deepEqual(placesOf(commits, await readLog(store, { ...query, limit: 10 })), [...places]);
    t.deepEqual(placesOf(commits, await readLog(store, { ...query, limit: 1 })), places.slice(0, 1));
    t.deepEqual(await readLog(store, { ...query, limit: 0 }), []);
  });

  test(`the log ${title} is read page by page`, async t => {
    const { store, commits } = await sixCommits(t);
    const read: number[] = [];
    for (let below: number | undefined; ; ) {
      const [entry] = await readLog(store, { ...query, limit: 1, below });
      if (!entry) break;
      read.push(commits.indexOf(entry.oid));
      below = await heightOf(store, entry.oid);
    }
    t.deepEqual(read, [...places]);
  });
}

test('the life of a server tells what each commit did to it', async t => {
  const { store, commits } = await sixCommits(t);
  const life = await serverLog(store, anns.id, 10);
  t.deepEqual(placesOf(commits, life), [5, 4, 3, 2, 0]);
  t.deepEqual(
    life.map(({ change }) => change),
    ['forgotten', 'left', 'changed', 'renewed', 'joined'],
  );
  t.deepEqual(await serverLog(store, anns.id, 2), life.slice(0, 2));
  t.deepEqual(await serverLog(store, '0'.repeat(40), 10), []);
});

test('a commit that nobody knows has no height', async t => {
  const { store, commits } = await sixCommits(t);
  t.deepEqual(await Promise.all(commits.map(oid => heightOf(store, oid))), [1, 2, 3, 4, 5, 6]);
  t.is(await heightOf(store, '0'.repeat(40)), undefined);
});

test('an index that names a commit which the log lacks is damage', async t => {
  const { store } = await sixCommits(t);
  await store.write([{ space: 'log', del: '0000000002' }]);
  await t.throwsAsync(readLog(store, { server: bobs.id, limit: 10 }), { code: 'STORE_DAMAGED' });
  await store.write([{ space: 'log', put: '0000000002', value: utf8('{"oid":') }]);
  await t.throwsAsync(serverLog(store, bobs.id, 10), { code: 'STORE_DAMAGED' });
  await t.throwsAsync(readLog(store, { limit: 10 }), { code: 'STORE_DAMAGED' });
});

const at = (n: number) => testNow + (n * minute) / 2;
for (const [title, query, places] of [
  ['since a time', { since: at(3) }, [5, 4, 3]],
  ['until a time', { until: at(2) }, [2, 1, 0]],
  ['between two times', { since: at(1), until: at(3) + 1 }, [3, 2, 1]],
  ['before there was any', { until: at(0) - 1 }, []],
  ['after the last', { since: at(5) + 1 }, []],
  ['of one announcer until a time', { announcer: bob.peerId, until: at(3) }, [3, 1]],
  ["of a node's own kind", { kind: 'own' }, [5, 4, 3, 2, 1, 0]],
  ['of merges, where there are none', { kind: 'merge' }, []],
  ['of statements, where there are none', { kind: 'checkpoint' }, []],
] as const) {
  test(`the log ${title} holds those commits, however many are asked for`, async t => {
    const { store, commits } = await sixCommits(t);
    t.deepEqual(placesOf(commits, await readLog(store, { ...query, limit: 10 })), [...places]);
    t.deepEqual(placesOf(commits, await readLog(store, { ...query, limit: 2 })), places.slice(0, 2));
  });
}
