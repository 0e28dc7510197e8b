// Signs with the stock gpg of this machine, in a home of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { sha256Hex, utf8 } from '../../node/base/bytes.ts';
import { readPublicKeys } from '../../node/trust/key.ts';
import { formatPayload, parseStatement } from '../../node/trust/statement.ts';
import { verifyStatement } from '../../node/trust/verified.ts';
import { fakeNode, rollcall } from './harness.ts';
import { oid, statement } from './samples.ts';

const run = promisify(execFile);

/** The agent's sockets lie in it, and their paths may have 108 bytes at most: so not below a long TMPDIR. */
async function gpgHome() {
  const GNUPGHOME = await mkdtemp('/tmp/rcg-');
  const env = { ...process.env, GNUPGHOME };
  const gpg = async (...args: string[]) => (await run('gpg', ['--batch', '--quiet', ...args], { env })).stdout;
  return {
    env,
    gpg,
    newKey: (userId: string) => gpg('--passphrase', '', '--quick-generate-key', userId, 'ed25519', 'sign', '1y'),
    async [Symbol.asyncDispose]() {
      await run('gpgconf', ['--kill', 'all'], { env });
      await rm(GNUPGHOME, { recursive: true, force: true });
    },
  };
}

const person = {
  name: 'Grace Hopper',
  email: 'grace@example.org',
  atSeconds: Math.floor(Date.now() / 1_000),
  zone: '+0000',
};
const payload = formatPayload({
  ...{ tree: oid, parents: [], author: person, committer: person },
  ...{ subject: 'checkpoint 1: nobody', text: '', list: 'test', sequence: 1, kind: 'checkpoint' },
  ...{ records: sha256Hex(''), previous: null, rollbackTo: null },
});
const draft = {
  ...{ payload: Buffer.from(payload).toString('base64'), message: 'x\n', leaves: [], returns: [], barred: [] },
  doubts: { total: 0 },
};
const answers = {
  'POST /api/v1/statements/draft': { body: draft },
  'POST /api/v1/statements': { status: 201, body: { statement, adopted: true } },
};

test('gpg signs with the one key it has, or with the one that is named, and says when there is none', async t => {
  await using home = await gpgHome();
  await using node = await fakeNode(answers);
  const { env } = home;
  const checkpoint = (...line: string[]) => rollcall(['checkpoint', '--json', '--data', node.folder, ...line], { env });

  const nobody = await checkpoint('--gpg');
  t.is(nobody.exit, 4);
  t.regex(nobody.stderr, /gpg has no secret key that can sign now/);

  await home.newKey('Grace Hopper (list) <grace@example.org>');
  t.is((await checkpoint('--gpg')).exit, 0);
  await home.newKey('Ada Quist <ada@example.org>');
  const either = await checkpoint('--gpg');
  t.is(either.exit, 4);
  t.regex(
    either.stderr,
    /gpg has 2 keys that can sign\n {2}name one with --gpg <key id>: [0-9a-f]{40}, [0-9a-f]{40}\n/,
  );
  t.is((await checkpoint('--gpg', 'ada@example.org')).exit, 0);

  const signers = [];
  for (const { path, body } of node.asked) {
    const { author, commit = '' } = body as { author?: { name: string }; commit?: string };
    signers.push(
      path.endsWith('/draft') ? author!.name : await signerOf(commit, await home.gpg('--armor', '--export')),
    );
  }
  t.deepEqual(signers, [
    'Grace Hopper',
    'Grace Hopper (list) <grace@example.org>',
    'Ada Quist',
    'Ada Quist <ada@example.org>',
  ]);
});

test('a machine without gpg is told apart from one without a key', async t => {
  await using node = await fakeNode(answers);
  const env = { PATH: join(node.folder, 'nothing') };
  const { exit, stderr } = await rollcall(['checkpoint', '--gpg', '--data', node.folder], { env });
  t.is(exit, 1);
  t.regex(stderr, /cannot run gpg: spawn gpg ENOENT/);
});

async function signerOf(commit: string, publicKeys: string): Promise<string> {
  const read = parseStatement(new Uint8Array(Buffer.from(commit, 'base64')));
  const keys = await readPublicKeys(utf8(publicKeys));
  if (!read.ok || !keys.ok) throw new Error('neither a statement nor a key');
  const verified = await verifyStatement(read.value, Date.now(), id =>
    keys.value.filter(({ key }) => key.getKeyID().toHex() === id),
  );
  return verified.ok ? verified.value.signer : verified.message;
}
