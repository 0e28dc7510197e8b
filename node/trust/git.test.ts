// Stock git and gpg beside this code: what one accepts, the other must.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { makeKey } from './make-key.ts';
import { openPrivateKey, signPayload } from './sign.ts';
import { formatPayload, withSignature } from './statement.ts';

const now = Date.UTC(2026, 0, 1);
const folder = new URL('../../test/vectors/statements/', import.meta.url);

/** A repository whose gpg trusts these keys and knows no others. */
function repository(keys: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'rollcall-gpg-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    GNUPGHOME: join(home, 'gpg'),
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
  };
  mkdirSync(env.GNUPGHOME, { mode: 0o700 });
  const run = (program: string, args: string[], input: string | Uint8Array = '') =>
    execFileSync(program, args, { env, cwd: home, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  const gpg = (args: string[], input?: string) => run('gpg', ['--batch', '--no-autostart', ...args], input);
  gpg(['--import'], keys.join('\n'));
  const fingerprints = [...gpg(['--with-colons', '--list-keys']).matchAll(/^pub:.*\nfpr:+([0-9A-F]{40}):/gm)];
  gpg(['--import-ownertrust'], fingerprints.map(([, fingerprint]) => `${fingerprint}:6:\n`).join(''));
  run('git', ['init', '--quiet']);
  /** What gpg says to git, in its words for programs. */
  const verify = (commit: Uint8Array): string => {
    const oid = run('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], commit).trim();
    const script = ['-c', 'git verify-commit --raw "$0" 2>&1', oid];
    return run('sh', script);
  };
  return { verify, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

test('stock git verifies every statement that is accepted here', t => {
  const names = readdirSync(folder).filter(name => name.startsWith('good--'));
  t.true(names.length > 10);
  const keys = ['ada', 'rsa', 'subkey', 'gpg'].map(name => readFileSync(new URL(`keys/${name}.asc`, folder), 'utf8'));
  using git = repository(keys);
  for (const name of names) {
    const { text, signer } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      text: string;
      signer: string;
    };
    const said = git.verify(Buffer.from(text));
    t.regex(said, new RegExp(`VALIDSIG .*${signer.toUpperCase()}$`, 'm'), name);
    t.regex(said, /TRUST_ULTIMATE/, name);
  }
});

test('stock git verifies what a key made here signs', async t => {
  const made = await makeKey(
    { name: 'Ada Quist', email: 'ada@example.org', passphrase: 'open', lifetimeMs: null },
    now,
  );
  const key = await openPrivateKey(made.privateArmored, 'open');
  const person = { name: key.name, email: key.email, atSeconds: now / 1_000, zone: '+0000' };
  const payload = formatPayload({
    tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    parents: [],
    author: person,
    committer: person,
    subject: 'checkpoint 1: nobody yet',
    text: '',
    list: 'test',
    sequence: 1,
    kind: 'checkpoint',
    records: 'a'.repeat(64),
    previous: null,
    rollbackTo: null,
  });
  const statement = withSignature(payload, await signPayload(payload, key, now));
  if (!statement.ok) throw new Error(statement.message);
  using git = repository([made.publicArmored]);
  t.regex(git.verify(statement.value.bytes), new RegExp(`VALIDSIG ${made.fingerprint.toUpperCase()}`));
});
