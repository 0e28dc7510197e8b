// Made the test keys in keys/ and the commit of stock git, once: `node test/vectors/statements/make-keys.ts` makes others, and
// then make.ts other vectors. Needs gpg and git. The private keys lie here for all to see, so they are worth nothing.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, config, enums, generateKey, type KeyOptions, readPrivateKey, revokeKey } from 'openpgp';
import { atSeconds, fields, messageOf, signed } from './forge.ts';

const date = (day: string) => new Date(`${day}T00:00:00Z`);
const year = 365 * 86_400;

const write = (name: string, text: string) => writeFileSync(new URL(`keys/${name}`, import.meta.url), text);

async function make(name: string, options: Partial<KeyOptions> = {}, limits: Partial<Config> = {}) {
  const userIDs = { name, email: `${name}@example.org` };
  const made = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs,
    date: date('2025-01-01'),
    subkeys: [],
    ...options,
    format: 'armored',
    config: { ...config, ...limits },
  });
  write(`${name}.asc`, made.publicKey);
  write(`${name}.private.asc`, made.privateKey);
  return made;
}

await make('ada');
await make('stranger');
await make('rsa', { type: 'rsa', rsaBits: 3072 });
await make('weak', { type: 'rsa', rsaBits: 1024 }, { minRSABits: 1024 });
await make('subkey', { subkeys: [{ sign: true }] });
await make('expired', { date: date('2023-01-01'), keyExpirationTime: year });
await make('expired-subkey', { subkeys: [{ sign: true, keyExpirationTime: year / 4 }] });

// Superseded, not compromised: by itself, openpgp.js takes what such a key says it signed before.
const superseded = { flag: enums.reasonForRevocation.keySuperseded };
const revoked = await make('revoked');
const revokedKey = await readPrivateKey({ armoredKey: revoked.privateKey });
const { publicKey } = await revokeKey({
  key: revokedKey,
  reasonForRevocation: superseded,
  date: date('2025-11-25'),
  format: 'armored',
});
write('revoked.asc', publicKey);

const withSubkey = await make('revoked-subkey', { subkeys: [{ sign: true }] });
const owner = await readPrivateKey({ armoredKey: withSubkey.privateKey });
const gone = await owner.subkeys[0]!.revoke(owner.keyPacket as never, superseded, date('2025-11-25'));
owner.subkeys[0] = gone;
write('revoked-subkey.asc', owner.toPublic().armor());

/** A primary key that only certifies, with a subkey that signs, and a DSA key, all as gpg makes them; a commit as git makes it. */
function byGpg(home: string) {
  const env = { PATH: process.env.PATH, HOME: home, GNUPGHOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { env, cwd: home, encoding: 'utf8' });
  const gpg = (...args: string[]) =>
    run('gpg', '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '', ...args);
  const early = ['--faked-system-time', '20250101T000000'];
  gpg(...early, '--quick-gen-key', 'gpg <gpg@example.org>', 'ed25519', 'cert', 'never');
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys', 'gpg@example.org'))![1]!;
  gpg(...early, '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never');
  gpg(...early, '--quick-gen-key', 'dsa <dsa@example.org>', 'dsa2048', 'sign', 'never');
  for (const name of ['gpg', 'dsa']) {
    write(`${name}.asc`, gpg('--armor', '--export', `${name}@example.org`));
    write(`${name}.private.asc`, gpg('--armor', '--export-secret-keys', `${name}@example.org`));
  }

  // A gpg that believes in the time of the vectors.
  const program = join(home, 'gpg-then');
  writeFileSync(program, `#!/bin/sh\nexec gpg --batch --faked-system-time ${atSeconds}! "$@"\n`);
  chmodSync(program, 0o755);
  const git = (...args: string[]) => run('git', '-c', `gpg.program=${program}`, '-c', 'user.name=Gus Pelt', ...args);
  git('init', '--quiet');
  const when = `${atSeconds} +0100`;
  const commit = ['-c', 'user.email=gpg@example.org', 'commit', '--quiet', '--allow-empty', `-S${fingerprint}`];
  Object.assign(env, { GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when });
  git(...commit, '-m', 'not a statement');
  git(...commit, '-m', messageOf({ ...fields, sequence: 4 }));
  write('stock-git.commit', run('git', 'cat-file', 'commit', 'HEAD'));
}

const home = mkdtempSync(join(tmpdir(), 'rollcall-gpg-'));
try {
  byGpg(home);
} finally {
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  rmSync(home, { recursive: true, force: true });
}

// Every signature by DSA has chance in it.
write('dsa.commit', await signed(undefined, undefined, { by: 'dsa', hash: enums.hash.sha256 }));
