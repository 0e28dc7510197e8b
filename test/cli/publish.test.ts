import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { PublishRequest } from '../../node/api/port.ts';
import { gitHash } from '../../node/base/bytes.ts';
import { git } from '../stock-git.ts';
import { type Answer, emptyFolder, fakeNode, rollcall, typed } from './harness.ts';
import { oid, statement } from './samples.ts';

const published = { status: 201, body: { statement, adopted: true } };
const lacking = (missing: readonly string[]): Answer => ({
  status: 409,
  body: { status: 409, code: 'OBJECTS_MISSING', title: 'Conflict', detail: 'objects are missing', missing },
});
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const commitIn = ({ body }: { body: unknown }) => Buffer.from((body as PublishRequest).commit, 'base64').toString();

/** A node that keeps what it is sent, and wants all of `oids` before it takes the statement: `batch` at a time. */
function choosy(oids: readonly string[], batch = oids.length) {
  const held = new Set<string>();
  const publish = ({ objects = [] }: PublishRequest) => {
    for (const { type, body } of objects) held.add(gitHash(type, bytesOf(body)));
    const missing = oids.filter(it => !held.has(it)).slice(0, batch);
    return missing.length > 0 ? lacking(missing) : published;
  };
  return fakeNode({ 'POST /api/v1/statements': publish });
}

/** A repository with one commit of one file. */
async function repository(folder: string) {
  await git(folder, 'init', '-q', '-b', 'main');
  await writeFile(join(folder, 'file'), 'a server\n');
  await git(folder, 'add', 'file');
  await git(folder, 'commit', '-q', '-m', 'a statement');
  const [commit, tree, blob] = await Promise.all(
    ['main', 'main^{tree}', 'main:file'].map(name => git(folder, 'rev-parse', name)),
  );
  return { commit: commit!, tree: tree!, blob: blob!, raw: await git(folder, 'cat-file', 'commit', 'main') };
}

test('a raw commit is published as it is, from a file or from stdin', async t => {
  await using node = await choosy([]);
  await writeFile(join(node.folder, 'raw'), 'tree …\n');
  const run = (given: string) =>
    rollcall(['publish', given, '--json', '--data', node.folder], { cwd: node.folder, stdin: () => typed('tree 2\n') });
  t.deepEqual(JSON.parse((await run('raw')).stdout), { statement, adopted: true });
  t.is((await run('-')).exit, 0);
  t.deepEqual(node.asked.map(commitIn), ['tree …\n', 'tree 2\n']);
});

test('from a repository the commit goes by its ref, with what the node lacks of its tree', async t => {
  for (const batch of [1, 2]) {
    await using here = await emptyFolder();
    const cwd = here.folder;
    const { commit, tree, blob, raw } = await repository(cwd);
    await git(cwd, 'gc', '-q');
    await using wants = await choosy([tree, blob], batch);
    for (const ref of ['main', commit, commit.slice(0, 8), 'HEAD']) {
      const { exit, stdout } = await rollcall(['publish', ref, '--data', wants.folder], { cwd });
      t.is(exit, 0);
      t.is(stdout, 'published statement 13 (rollback by Ada Quist): it is in force\n');
    }
    t.true(wants.asked.every(asked => commitIn(asked).trimEnd() === raw));
    // Once by itself, then with what was asked for; the other refs found it all there.
    t.is(wants.asked.length, 1 + 2 / batch + 3);
  }
});

test('what the repository lacks too ends it, and so does a node that never has enough', async t => {
  await using here = await emptyFolder();
  const { tree } = await repository(here.folder);
  await using nowhere = await choosy([oid]);
  const missing = await rollcall(['publish', 'main', '--data', nowhere.folder], { cwd: here.folder });
  t.is(missing.exit, 4);
  t.is(missing.stderr, 'rollcall: objects are missing\n');
  t.is(nowhere.asked.length, 1);
  await using greedy = await fakeNode({ 'POST /api/v1/statements': lacking([tree]) });
  t.is((await rollcall(['publish', 'main', '--data', greedy.folder], { cwd: here.folder })).exit, 4);
  t.is(greedy.asked.length, 64);
});

test('a file whose objects are missing has to be published from where it was made', async t => {
  await using node = await choosy([oid]);
  const stdin = () => typed('tree …\n');
  const { exit, stderr } = await rollcall(['publish', '-', '--data', node.folder], { stdin });
  t.is(exit, 4);
  t.is(stderr, 'rollcall: objects are missing\n  run "rollcall publish <ref>" in the repository where it was made\n');
});

test('what is neither a file nor a commit is not published', async t => {
  await using node = await choosy([]);
  const run = (given: string) => rollcall(['publish', given, '--data', node.folder], { cwd: node.folder });
  t.regex((await run('main')).stderr, /neither a file nor a ref of a git repository, which this folder is not/);
  const { blob } = await repository(node.folder);
  for (const given of ['other', oid, 'main~7', '..']) {
    const { exit, stderr } = await run(given);
    t.is(exit, 4, given);
    t.regex(stderr, /is neither a file nor a ref of this git repository/);
  }
  const { exit, stderr } = await run(blob);
  t.is(exit, 2);
  t.regex(stderr, /is a blob/);
  t.deepEqual(node.asked, []);
});
