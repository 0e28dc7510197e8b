// The user's own gpg: it finds the key, talks to the agent, and so to a hardware key. It never gets to see a passphrase from here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { messageOf } from '../base/errors.ts';
import type { Cli } from './cli.ts';
import { CliError, exits } from './errors.ts';

export type GpgDeps = Pick<Cli, 'env'>;

export type GpgKey = {
  /** Of the primary key. */
  readonly fingerprint: string;
  /** The first one that is not revoked: `Ada Quist <ada@example.org>`. */
  readonly userId: string;
};

/** @throws CliError NO_GPG, NO_SUCH_KEY, AMBIGUOUS_KEY */
export async function findGpgKey(wanted: string | undefined, deps: GpgDeps): Promise<GpgKey> {
  const list = ['--batch', '--with-colons', '--list-secret-keys', ...(wanted === undefined ? [] : ['--', wanted])];
  const { exit, stdout } = await gpg(list, '', deps);
  const keys = exit === 0 ? parseSecretKeys(stdout.toString('utf8')) : [];
  const [key] = keys;
  if (key && keys.length === 1) return key;
  if (key) {
    const remedy = `name one with --gpg <key id>: ${keys.map(({ fingerprint }) => fingerprint).join(', ')}`;
    throw new CliError(exits.refused, 'AMBIGUOUS_KEY', `gpg has ${keys.length} keys that can sign`, remedy);
  }
  const what = wanted === undefined ? 'no secret key' : `no secret key "${wanted}"`;
  throw new CliError(exits.refused, 'NO_SUCH_KEY', `gpg has ${what} that can sign now`);
}

/** A detached, armored signature. @throws CliError NO_GPG, CANNOT_SIGN */
export async function gpgSign(payload: Uint8Array, localUser: string, deps: GpgDeps): Promise<string> {
  const { exit, stdout, stderr } = await gpg(['--detach-sign', '--armor', '--local-user', localUser], payload, deps);
  if (exit === 0) return stdout.toString('latin1');
  const said = stderr.toString('utf8').trim().split('\n').at(-1) || `exit code ${exit}`;
  const remedy = 'if gpg cannot ask for the passphrase here: export GPG_TTY=$(tty)';
  throw new CliError(exits.failed, 'CANNOT_SIGN', `gpg cannot sign: ${said}`, remedy);
}

/**
 * Reads `gpg --with-colons --list-secret-keys`: a line a record, its fields between colons. Keys that can sign now are kept.
 *
 *     sec:u:255:22:8D22…:1763600000:1826672000::u:::scESC:::+:::23::0:
 *     fpr:::::::::60303AE22B998861BCE3B28F33EEC1BE758A213C:
 *     uid:u::::1763600000::5F4A…::Ada Quist <ada@example.org>::::::::::0:
 *
 * Source: doc/DETAILS of GnuPG. A capital S among the capabilities says that the key as a whole can sign.
 */
export function parseSecretKeys(colons: string): GpgKey[] {
  const keys: { usable: boolean; fingerprint?: string; userId?: string }[] = [];
  for (const line of colons.split('\n')) {
    const fields = line.split(':');
    const [type, validity = ''] = fields;
    const key = keys.at(-1);
    const gone = /^[erdi]/.test(validity);
    if (type === 'sec') keys.push({ usable: !gone && (fields[11] ?? '').includes('S') });
    // The first one is the primary key's; those of subkeys follow.
    else if (type === 'fpr' && key) key.fingerprint ??= (fields[9] ?? '').toLowerCase();
    else if (type === 'uid' && key && !gone) key.userId ??= unescaped(fields[9] ?? '');
  }
  return keys.flatMap(({ usable, fingerprint, userId = '' }) =>
    usable && fingerprint ? [{ fingerprint, userId }] : [],
  );
}

/** C escapes stand for colons and control characters. */
const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

async function gpg(args: readonly string[], input: string | Uint8Array, { env }: GpgDeps) {
  const child = spawn('gpg', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  // gpg that ends early does not read its input; its exit code says more.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    const [[exit], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      buffer(child.stdout),
      buffer(child.stderr),
    ]);
    return { exit, stdout, stderr };
  } catch (error) {
    throw new CliError(exits.failed, 'NO_GPG', `cannot run gpg: ${messageOf(error)}`);
  }
}
