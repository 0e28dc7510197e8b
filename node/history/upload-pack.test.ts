import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import {
  commitFiles,
  commitLine,
  git,
  serveGit,
  serverFiles,
  temporaryFolder,
  temporaryStore,
  tryGit,
} from '../../test/stock-git.ts';
import { formatPktLine } from './pkt-line.ts';
import { readRefs } from './refs.ts';
import type { Store } from './store.ts';
import { strangeHavesMax, UploadPack } from './upload-pack.ts';
import { havesMax } from './upload-pack-request.ts';

const serviceOf = (store: Store, isOurs: (oid: string) => boolean = () => false): UploadPack =>
  new UploadPack({
    cuts: async () => [],
    store,
    refs: () => readRefs(store),
    isOurs: async oid => isOurs(oid),
    agent: 'rollcall/0.0.0',
  });

async function setup(t: ExecutionContext) {
  const store = await temporaryStore(t);
  const folder = await temporaryFolder(t);
  const { url, requests } = await serveGit(t, serviceOf(store));
  return { store, folder, clone: join(folder, 'clone'), url, requests };
}

/** All that an answer says, as text. */
async function answer(service: UploadPack, ...lines: (string | null)[]): Promise<string> {
  const request = Buffer.concat(lines.map(line => (line === null ? Buffer.from('0000') : formatPktLine(`${line}\n`))));
  return (await buffer(service.answer(request))).toString('latin1');
}

test('stock git clones, and later fetches only what is new', async t => {
  const { store, folder, clone, url } = await setup(t);
  const line = await commitLine(store, { servers: 60, commits: 5 });
  await git(folder, 'clone', '-q', url, clone);
  t.is(await git(clone, 'symbolic-ref', 'HEAD'), 'refs/heads/main');
  t.deepEqual((await git(clone, 'rev-list', 'HEAD')).split('\n'), line.toReversed());
  t.is(await git(clone, 'status', '--porcelain'), '');
  const objectsBefore = await countObjects(clone);

  const more = await commitLine(store, { servers: 60, commits: 3, from: 6, parents: [line.at(-1)!] });
  await git(clone, 'fetch', '-q');
  t.is(await git(clone, 'rev-parse', 'origin/main'), more.at(-1)!);
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');
  const received = (await countObjects(clone)) - objectsBefore;
  const fresh = await git(clone, 'rev-list', '--objects', `${line.at(-1)}..origin/main`);
  t.is(received, fresh.split('\n').length);

  const [path] = Object.keys(serverFiles(60));
  t.is((await git(clone, 'log', '--format=%H', 'origin/main', '--', path!)).split('\n').length, 8);
});

test('a fetch when nothing is new says so', async t => {
  const { store, folder, clone, url } = await setup(t);
  await commitLine(store, { servers: 5, commits: 1 });
  await git(folder, 'clone', '-q', url, clone);
  t.is((await tryGit(clone, 'fetch', '-v')).code, 0);
});

test('an empty history is cloned with the usual warning', async t => {
  const { store, folder, clone, url } = await setup(t);
  const { code, err } = await tryGit(folder, 'clone', url, clone);
  t.is(code, 0);
  t.regex(err, /You appear to have cloned an empty repository/);
  const [head] = await commitLine(store, { servers: 3, commits: 1 });
  await git(clone, 'fetch', '-q');
  t.is(await git(clone, 'rev-parse', 'origin/main'), head!);
});

test('a shallow clone ends where it was cut, goes on from there and is made whole later', async t => {
  const { store, folder, clone, url } = await setup(t);
  const line = await commitLine(store, { servers: 40, commits: 6 });
  await git(folder, 'clone', '-q', '--depth', '1', url, clone);
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '1');
  t.is(await countObjects(clone), (await git(clone, 'rev-list', '--objects', 'HEAD')).split('\n').length);

  const more = await commitLine(store, { servers: 40, commits: 2, from: 7, parents: [line.at(-1)!] });
  await git(clone, 'pull', '-q');
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '3');
  t.is(await git(clone, 'rev-parse', 'HEAD'), more.at(-1)!);

  await git(clone, 'fetch', '-q', '--depth', '5');
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '5');
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');

  await git(clone, 'fetch', '-q', '--unshallow');
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '8');
  t.is(await git(clone, 'rev-parse', '--is-shallow-repository'), 'false');
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');
});

test('a clone as deep as the history is whole', async t => {
  const { store, folder, clone, url } = await setup(t);
  await commitLine(store, { servers: 4, commits: 3 });
  await git(folder, 'clone', '-q', '--depth', '3', url, clone);
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '3');
  t.is(await git(clone, 'rev-parse', '--is-shallow-repository'), 'false');
});

test('a full clone can be cut shorter', async t => {
  const { store, folder, clone, url } = await setup(t);
  const line = await commitLine(store, { servers: 4, commits: 4 });
  await git(folder, 'clone', '-q', url, clone);
  await commitLine(store, { servers: 4, commits: 1, from: 5, parents: [line.at(-1)!] });
  await git(clone, 'fetch', '-q', '--depth', '2');
  t.is(await git(clone, 'rev-list', '--count', 'origin/main'), '2');
  t.is(await git(clone, 'fsck', '--strict', '--no-dangling', '--no-reflogs'), '');
});

test('a merge brings both of its sides, also when the trusted side is older than its parents', async t => {
  const { store, folder, clone, url } = await setup(t);
  const own = await commitLine(store, { servers: 20, commits: 4 });
  await git(folder, 'clone', '-q', url, clone);
  const statement = await commitFiles(store, serverFiles(12), { parents: [own[0]!], atSeconds: 1_000 });
  const merge = await commitFiles(
    store,
    serverFiles(12, () => 9),
    {
      parents: [statement, own.at(-1)!],
      atSeconds: 1_763_700_000,
    },
  );
  await git(clone, 'pull', '-q');
  t.is(await git(clone, 'rev-parse', 'HEAD'), merge);
  t.is(await git(clone, 'rev-list', '--count', 'HEAD'), '6');
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');
});

test('a client with an unrelated history is told to stop asking and gets everything', async t => {
  const { store, clone, folder, url, requests } = await setup(t);
  const line = await commitLine(store, { servers: 10, commits: 2 });
  await git(folder, 'init', '-q', clone);
  const commits = Array.from(
    { length: 6_000 },
    (_, i) => `commit refs/heads/own\ncommitter a <a@b> ${1_700_000_000 + i} +0000\ndata 1\nx\n`,
  );
  await writeFile(join(folder, 'import'), commits.join(''));
  await git(clone, '-c', `alias.import=!git fast-import --quiet < ${join(folder, 'import')}`, 'import');
  await git(clone, 'fetch', '-q', url, 'main');
  t.is(await git(clone, 'rev-parse', 'FETCH_HEAD'), line.at(-1)!);
  const haves = requests.map(request => request.split('have ').length - 1);
  t.true(Math.max(...haves) >= strangeHavesMax && Math.max(...haves) <= havesMax);
});

test('a client that wants no side band gets the bare pack', async t => {
  const store = await temporaryStore(t);
  const [head] = await commitLine(store, { servers: 2, commits: 1 });
  t.regex(await answer(serviceOf(store), `want ${head}`, null, 'done'), /^0008NAK\nPACK\0\0\0\x02/);
});

test('with multi_ack_detailed each common commit is named and the pack follows at once', async t => {
  const store = await temporaryStore(t);
  const [first, second] = await commitLine(store, { servers: 2, commits: 2 });
  const features = 'multi_ack_detailed no-done side-band-64k';
  const stranger = '7'.repeat(40);
  const text = await answer(
    serviceOf(store),
    `want ${second} ${features}`,
    null,
    `have ${stranger}`,
    `have ${first}`,
    null,
  );
  const lines = [`0038ACK ${first} common`, `0037ACK ${first} ready`, '0008NAK', `0031ACK ${first}`];
  t.true(text.startsWith(`${lines.join('\n')}\n`));
  t.regex(text.slice(lines.join('\n').length + 1), /^[0-9a-f]{4}\x01PACK/);
});

test('a round without a common commit is answered with NAK alone', async t => {
  const store = await temporaryStore(t);
  const [head] = await commitLine(store, { servers: 2, commits: 1 });
  const features = 'multi_ack_detailed no-done side-band-64k';
  t.is(await answer(serviceOf(store), `want ${head} ${features}`, null, `have ${'7'.repeat(40)}`, null), '0008NAK\n');
});

test('a commit that was the head a moment ago may still be wanted, a stranger may not', async t => {
  const store = await temporaryStore(t);
  const [old] = await commitLine(store, { servers: 2, commits: 2 });
  t.regex(
    await answer(
      serviceOf(store, oid => oid === old),
      `want ${old}`,
      null,
      'done',
    ),
    /PACK/,
  );
  await t.throwsAsync(answer(serviceOf(store), `want ${old}`, null, 'done'), { code: 'BAD_REQUEST' });
});

test('damage found while the pack is made reaches the client as an error', async t => {
  const { store, folder, clone, url } = await setup(t);
  const [head] = await commitLine(store, { servers: 30, commits: 1 });
  const { tree } = (await store.object(head!))!.body.toString().match(/^tree (?<tree>.*)/)!.groups!;
  await store.write([{ space: 'objects', del: tree! }]);
  const { code, err } = await tryGit(folder, 'clone', url, clone);
  t.not(code, 0);
  t.regex(err, /remote error|damaged/);
});

async function countObjects(clone: string): Promise<number> {
  const report = await git(clone, 'count-objects', '-v');
  return Number(/^count: (\d+)/m.exec(report)![1]) + Number(/^in-pack: (\d+)/m.exec(report)![1]);
}
