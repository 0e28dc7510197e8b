// How the real program ends when something around it is wrong: the disk, the folder, the key, or whoever started it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { program, quietFlags, startProcess, temporaryFolder, waitFor } from '../processes.ts';
import { emptyFolder } from './harness.ts';
import { ran } from './real-node.ts';

test('output that cannot be written is one line and exit code 1, not a stack trace', async t => {
  await using full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', full.fd, 'pipe'] });
  const [stderr, [exit]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  t.is(exit, 1);
  t.regex(stderr, /^rollcall: cannot write the output: .*ENOSPC.*\n$/);
});

test('a key that finds no room on the disk is an error, and leaves no part of it behind', async t => {
  await using empty = await emptyFolder();
  const line = ['keys', 'generate', '--name', 'Ada Quist', '--email', 'ada@example.org', '--no-passphrase'];
  // Files that may hold no byte: the first write fails, as on a full disk.
  const limited = ['-c', 'ulimit -f 0 && exec "$@"', 'sh', process.execPath, program, ...line, '--out', empty.folder];
  const child = spawn('sh', limited, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, [exit]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  t.is(exit, 1);
  t.regex(stderr, /^rollcall: cannot write the key: EFBIG/);
  t.deepEqual(await readdir(empty.folder), []);
});

test('a data folder that cannot be made is an error that says so', async t => {
  await using empty = await emptyFolder();
  const { exit, stderr } = await ran(['start'], { cwd: empty.folder, data: '/proc/rollcall/data' });
  t.is(exit, 1);
  t.regex(
    stderr,
    /cannot open the node key \/proc\/rollcall\/data\/key: .*\n {2}give --data a folder that this user may write to/,
  );
});

test('an online key that is none stops the start before the store is made', async t => {
  await using empty = await emptyFolder();
  const data = join(empty.folder, 'data');
  await mkdir(data);
  await writeFile(join(empty.folder, 'key.asc'), 'no key');
  const sets = ['checkpoints.everyMs=3600000', `checkpoints.keyFile=${join(empty.folder, 'key.asc')}`];
  const where = { cwd: empty.folder, data };
  const { exit, stderr } = await ran(['start', ...sets.flatMap(set => ['--set', set])], where);
  t.is(exit, 2);
  t.regex(stderr, /checkpoints\.keyFile .*key\.asc: /);
  await t.throwsAsync(readFile(join(data, 'store', 'CURRENT')), { code: 'ENOENT' });
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} ends a node cleanly`, async t => {
    await using folder = await temporaryFolder();
    const { child } = await startProcess(folder.path);
    child.kill(signal);
    const [exit] = await once(child, 'exit');
    t.is(exit, 0);
    await t.throwsAsync(readFile(join(folder.path, 'node.json')), { code: 'ENOENT' });
  });
}

test('under npx a node stops when the shell that npx put in between is ended', async t => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const line = [process.execPath, program, 'start', '--data', data, ...quietFlags].map(word => `'${word}'`).join(' ');
  // A second command keeps the shell from making way for the first.
  const shell = spawn('sh', ['-c', `${line}; :`], { stdio: 'ignore', env: { ...process.env, npm_command: 'exec' } });
  const running = async () => JSON.parse(await readFile(join(data, 'node.json'), 'utf8').catch(() => 'null'));
  await waitFor(async () => (await running()) !== null);
  const { pid } = await running();
  t.not(pid, shell.pid);
  shell.kill('SIGTERM');
  await waitFor(async () => (await running()) === null);
  // It has ended cleanly, so that another finds the folder free.
  await using again = await startProcess(data);
  t.not(again.child.pid, pid);
});
