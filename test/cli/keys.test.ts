import { openSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openPrivateKey } from '../../node/trust/sign.ts';
import { emptyFolder, fakeNode, rollcall, token, typed } from './harness.ts';
import { fingerprint, key, signer, status } from './samples.ts';

const other = { ...key, fingerprint: `f${fingerprint.slice(1)}`, state: 'expired', reason: 'it has expired' } as const;
const generate = ['keys', 'generate', '--name', 'Ada Quist', '--email', 'ada@example.org', '--json', '--out'];

test('keys list says of each what it is, who holds it, whether it is good, and why not', async t => {
  const shipped = { ...other, shipped: true, expiresAt: key.createdAt, signingSubkeys: ['5'.repeat(40)] };
  await using node = await fakeNode({ 'GET /api/v1/keys': { body: { keys: [key, shipped] } } });
  const { stdout } = await rollcall(['keys', 'list', '--data', node.folder]);
  t.is(
    stdout,
    [
      `${fingerprint}  good`,
      `  ${signer}`,
      '  ed25519, made 2025-11-20, no end, added here',
      `${shipped.fingerprint}  expired`,
      '  it has expired',
      `  ${signer}`,
      '  ed25519, made 2025-11-20, ends 2025-11-20, came with the release',
      `  signs with ${'5'.repeat(40)}`,
      '2 keys trusted, 1 of them no good now',
      '',
    ].join('\n'),
  );
  const { stdout: json } = await rollcall(['keys', 'list', '--json', '--data', node.folder]);
  t.deepEqual(JSON.parse(json), { keys: [key, shipped] });
});

test('a public key goes to the node as it is in its file', async t => {
  await using node = await fakeNode({ 'POST /api/v1/keys': { status: 201, body: { keys: [key] } } });
  await writeFile(join(node.folder, 'ada.asc'), 'an armored key\n');
  const { stdout } = await rollcall(['keys', 'add', 'ada.asc', '--data', node.folder], { cwd: node.folder });
  t.regex(stdout, new RegExp(`^${fingerprint} {2}good\n`));
  const { path, authorization, body } = node.asked[0]!;
  t.deepEqual({ path, body }, { path: '/api/v1/keys', body: { armored: 'an armored key\n' } });
  t.is(authorization, `Bearer ${token}`);
});

test('a private key is refused before the node is asked', async t => {
  await using node = await fakeNode({});
  const path = join(node.folder, 'mine.asc');
  await writeFile(path, '-----BEGIN PGP PRIVATE KEY BLOCK-----\n');
  const { exit, stderr } = await rollcall(['keys', 'add', path, '--data', node.folder]);
  t.is(exit, 2);
  t.regex(stderr, /is a private key\n {2}add the public one/);
  t.deepEqual(node.asked, []);
});

for (const [given, removed] of [
  [fingerprint, fingerprint],
  [fingerprint.toUpperCase().replaceAll(/(.{4})/g, '$1 '), fingerprint],
  [`0x${other.fingerprint}`, other.fingerprint],
] as const) {
  test(`keys remove ${given} removes that key, and says what is in force then`, async t => {
    await using node = await fakeNode({
      'GET /api/v1/keys': { body: { keys: [key, other] } },
      'GET /api/v1/status': { body: status },
      [`DELETE /api/v1/keys/${removed}`]: { body: { removed } },
    });
    const { exit, stdout } = await rollcall(['keys', 'remove', given, '--data', node.folder]);
    t.is(exit, 0);
    t.is(stdout, `removed ${removed}, ${signer}\nin force now: no signed statement yet\n`);
  });
}

for (const [given, exit, complaint] of [
  [fingerprint.slice(-8), 4, /2 keys end in 758a213c/],
  ['00000000', 4, /no trusted key ends in 00000000/],
  [fingerprint.slice(-7), 2, /neither a fingerprint nor/],
  ['ada@example.org', 2, /neither a fingerprint nor/],
] as const) {
  test(`keys remove ${given} removes nothing`, async t => {
    await using node = await fakeNode({ 'GET /api/v1/keys': { body: { keys: [key, other] } } });
    const ran = await rollcall(['keys', 'remove', given, '--data', node.folder]);
    t.is(ran.exit, exit);
    t.regex(ran.stderr, complaint);
    t.true(node.asked.every(({ method }) => method === 'GET'));
  });
}

test('a key is made without a node, in three files, the private one for its owner alone', async t => {
  await using empty = await emptyFolder();
  const { exit, stdout } = await rollcall([...generate, 'new', '--no-passphrase'], { cwd: empty.folder });
  t.is(exit, 0);
  const made = JSON.parse(stdout);
  t.deepEqual((await readdir(join(empty.folder, 'new'))).toSorted(), [
    `${made.fingerprint}-private.asc`,
    `${made.fingerprint}-public.asc`,
    `${made.fingerprint}-revocation.asc`,
  ]);
  t.is((await stat(made.private)).mode & 0o777, 0o600);
  t.is((await stat(made.revocation)).mode & 0o777, 0o600);
  const opened = await openPrivateKey(await readFile(made.private, 'utf8'));
  t.like(opened, { fingerprint: made.fingerprint, name: 'Ada Quist', email: 'ada@example.org' });
});

test('a passphrase is asked for twice, is never shown, and protects the key', async t => {
  await using empty = await emptyFolder();
  const stdin = () => typed('open sesame\ropen sesame\r', true);
  const { exit, stdout, stderr } = await rollcall([...generate, empty.folder], { stdin });
  t.is(exit, 0);
  t.is(stderr, 'A new passphrase for the key: \nThe same again: \n');
  const armored = await readFile(JSON.parse(stdout).private, 'utf8');
  await t.throwsAsync(openPrivateKey(armored), { code: 'PASSPHRASE_NEEDED' });
  t.is((await openPrivateKey(armored, 'open sesame')).name, 'Ada Quist');
});

test('a passphrase comes from a file descriptor: its first line', async t => {
  await using empty = await emptyFolder();
  const path = join(empty.folder, 'secret');
  await writeFile(path, 'open sesame\r\nand more\n');
  const fd = String(openSync(path, 'r'));
  const { stdout } = await rollcall([...generate, empty.folder, '--passphrase-fd', fd]);
  t.is((await openPrivateKey(await readFile(JSON.parse(stdout).private, 'utf8'), 'open sesame')).name, 'Ada Quist');
});

const nothing = String(openSync('/dev/null', 'r'));

for (const [title, changes, options, exit, complaint] of [
  ['two passphrases that differ', { stdin: () => typed('a\rb\r', true) }, [], 1, /the two passphrases differ/],
  [
    'an empty passphrase',
    { stdin: () => typed('\r\r', true) },
    [],
    2,
    /is empty\n {2}ask for none with --no-passphrase/,
  ],
  [
    'an empty file of a passphrase',
    {},
    ['--passphrase-fd', nothing],
    2,
    /is empty\n {2}ask for none with --no-passphrase/,
  ],
  ['no terminal', {}, [], 2, /no terminal to ask at\n {2}hand it in with --passphrase-fd <n>/],
  ['a file descriptor that is not open', {}, ['--passphrase-fd', '999'], 2, /cannot read file descriptor 999/],
  ['a name that is none', {}, ['--no-passphrase', '--name', 'Ada <x>'], 2, /name: must be a name, without < >/],
  ['an address that is none', {}, ['--no-passphrase', '--email', 'ada'], 2, /email: must be an address/],
] as const) {
  test(`with ${title} no key is made`, async t => {
    await using empty = await emptyFolder();
    const ran = await rollcall([...generate, empty.folder, ...options], changes);
    t.is(ran.exit, exit);
    t.regex(ran.stderr, complaint);
    t.deepEqual(await readdir(empty.folder), []);
  });
}

test('a folder that cannot be written to is a failure', async t => {
  await using empty = await emptyFolder();
  await writeFile(join(empty.folder, 'file'), '');
  const { exit, stderr } = await rollcall([...generate, 'file', '--no-passphrase'], { cwd: empty.folder });
  t.is(exit, 1);
  t.regex(stderr, /cannot write the key: /);
});
