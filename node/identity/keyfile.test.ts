import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { RollcallError } from '../base/errors.ts';
import { openIdentity } from './keyfile.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-key-'));
  return { path, key: join(path, 'key'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('the first start makes a key that only its owner can read, the next ones find it', async t => {
  await using parent = await folder();
  const data = join(parent.path, 'new', 'data');
  const first = await openIdentity(data);
  t.is(await modeOf(data), 0o700);
  t.is(await modeOf(join(data, 'key')), 0o600);
  t.deepEqual(await readdir(data), ['key'], 'nothing else is left behind');
  t.regex(await readFile(join(data, 'key'), 'utf8'), /^-----BEGIN PRIVATE KEY-----\n/);
  const again = await openIdentity(data);
  t.is(again.peerId, first.peerId);
  t.deepEqual(again.seed, first.seed);
});

test('calls that race at the first start all get one key', async t => {
  await using data = await folder();
  const all = await Promise.all(Array.from({ length: 20 }, () => openIdentity(data.path)));
  t.is(new Set(all.map(({ peerId }) => peerId)).size, 1);
  t.deepEqual(await readdir(data.path), ['key']);
});

test('processes that race at the first start all get one key', async t => {
  await using data = await folder();
  const module = fileURLToPath(new URL('./keyfile.ts', import.meta.url));
  const program = `const { openIdentity } = await import(${JSON.stringify(module)});
    process.stdout.write((await openIdentity(${JSON.stringify(data.path)})).peerId);`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  const outputs = await Promise.all(Array.from({ length: 4 }, run));
  t.is(new Set(outputs.map(({ stdout }) => stdout)).size, 1);
  t.is((await openIdentity(data.path)).peerId, outputs[0]!.stdout);
});

const pem = (type: 'ed25519' | 'x25519') =>
  generateKeyPairSync(type as 'ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

for (const [title, code, spoil] of [
  ['readable by the group', 'KEY_EXPOSED', key => writeFile(key, pem('ed25519')).then(() => chmod(key, 0o640))],
  ['readable by everybody', 'KEY_EXPOSED', key => writeFile(key, pem('ed25519')).then(() => chmod(key, 0o604))],
  ['writable by the group', 'KEY_EXPOSED', key => writeFile(key, pem('ed25519')).then(() => chmod(key, 0o620))],
  ['empty', 'KEY_DAMAGED', key => writeFile(key, '', { mode: 0o600 })],
  ['cut off', 'KEY_DAMAGED', key => writeFile(key, pem('ed25519').slice(0, 60), { mode: 0o600 })],
  ['not PEM', 'KEY_DAMAGED', key => writeFile(key, Buffer.alloc(64, 200), { mode: 0o600 })],
  ['far too large', 'KEY_DAMAGED', key => writeFile(key, 'x'.repeat(5_000), { mode: 0o600 })],
  ['of another type', 'KEY_NOT_ED25519', key => writeFile(key, pem('x25519'), { mode: 0o600 })],
  ['a folder', 'KEY_NOT_A_FILE', key => mkdir(key)],
  ['a dangling symbolic link', 'KEY_NOT_A_FILE', key => symlink('/nowhere/at/all', key)],
  ['a pipe', 'KEY_NOT_A_FILE', key => promisify(execFile)('mkfifo', ['-m', '600', key])],
] as [string, string, (key: string) => Promise<unknown>][]) {
  test(`a key that is ${title} is refused with a remedy and left as it is`, async t => {
    await using data = await folder();
    await spoil(data.key);
    const before = await readdir(data.path);
    const error = await t.throwsAsync<RollcallError>(openIdentity(data.path), { instanceOf: RollcallError, code });
    t.true(error!.message.includes(data.key));
    t.truthy(error!.remedy);
    t.deepEqual(await readdir(data.path), before);
  });
}

test('a symbolic link to a good key is refused too', async t => {
  await using data = await folder();
  await openIdentity(join(data.path, 'other'));
  await symlink(join(data.path, 'other', 'key'), data.key);
  await t.throwsAsync(openIdentity(data.path), { code: 'KEY_NOT_A_FILE' });
});

test('a data folder that cannot be made is an error with its path', async t => {
  await using data = await folder();
  await writeFile(join(data.path, 'file'), '');
  const error = await t.throwsAsync(openIdentity(join(data.path, 'file', 'data')), { code: 'KEY_UNREADABLE' });
  t.true(error!.message.includes(join(data.path, 'file')));
});
