// Who signs a statement: a private key in a file, or the user's own gpg. Neither ever goes to the node.
import { InvalidArgumentError } from 'commander';
import { RollcallError } from '../base/errors.ts';
import type { Cli } from './cli.ts';
import { CliError, exits } from './errors.ts';
import { findGpgKey, gpgSign } from './gpg.ts';
import { readKeyFile } from './key-file.ts';
import { passphrase } from './passphrase.ts';

export type Author = { readonly name: string; readonly email: string };

export type Signer = {
  /** The first user id of the key. */
  readonly author: Author;
  /** A detached, armored signature. */
  readonly sign: (payload: Uint8Array) => Promise<string>;
};

/** `gpg` is true when no key id stands behind it. */
export type SignerOptions = { readonly key?: string; readonly gpg?: string | true; readonly passphraseFd?: number };

/** @throws CliError when there is not exactly one key, RollcallError when it does not open */
export async function openSigner({ key, gpg, passphraseFd }: SignerOptions, cli: Cli): Promise<Signer> {
  if ((key === undefined) === (gpg === undefined)) {
    const remedy = '--key <file.asc>, or --gpg [<key id>]; --dry-run needs none';
    throw new CliError(exits.usage, 'ONE_KEY', 'exactly one key has to be named', remedy);
  }
  return key === undefined ? byGpg(gpg === true ? undefined : gpg, cli) : byKey(key, passphraseFd, cli);
}

async function byKey(path: string, fd: number | undefined, cli: Cli): Promise<Signer> {
  const armored = await readKeyFile(path, cli);
  // OpenPGP takes longer to load than most commands take to run.
  const { openPrivateKey, signPayload } = await import('../trust/sign.ts');
  const opened = await openPrivateKey(armored).catch(async error => {
    if (!(error instanceof RollcallError)) throw error;
    if (error.code !== 'PASSPHRASE_NEEDED') {
      const remedy = 'name the file that ends in -private.asc, or what "gpg --armor --export-secret-keys" gives';
      throw new CliError(exits.usage, error.code, `${path}: ${error.message}`, remedy);
    }
    return openPrivateKey(armored, await passphrase(`Passphrase of ${path}`, fd, cli));
  });
  const { name, email } = opened;
  return { author: { name, email }, sign: payload => signPayload(payload, opened, cli.clock()) };
}

async function byGpg(wanted: string | undefined, cli: Cli): Promise<Signer> {
  const { fingerprint, userId } = await findGpgKey(wanted, cli);
  const author = parseUserId(userId) ?? { name: '', email: '' };
  // `wanted` may name a subkey.
  return { author, sign: payload => gpgSign(payload, wanted ?? fingerprint, cli) };
}

/** `Ada Quist (maintainer) <ada@example.org>`: a comment is no part of the name. */
export function parseUserId(text: string): Author | undefined {
  const [, name = '', email = ''] = /^([^<>]*?)(?: *\([^()<>]*\))? *<([^<>\s]+)>$/.exec(text.trim()) ?? [];
  return name === '' || email === '' ? undefined : { name, email };
}

export function author(text: string): Author {
  const parsed = parseUserId(text);
  if (!parsed) throw new InvalidArgumentError('It must be "Name <address>".');
  return parsed;
}
