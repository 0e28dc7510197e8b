// Makes a maintainer's key: Ed25519 of a form that stock gpg 2.2 knows, for signing only.
import { generateKey, readKey } from 'openpgp';
import { RollcallError } from '../base/errors.ts';
import { textFault } from '../base/text.ts';
import { day, second } from '../base/time.ts';
import { strict } from './openpgp-limits.ts';

export type NewKey = {
  readonly fingerprint: string;
  readonly publicArmored: string;
  readonly privateArmored: string;
  /** Put aside, it takes the key back even when the key or its passphrase is lost. */
  readonly revocationCertificate: string;
};

/** A key that nobody extends is a key that somebody lost. */
export const keyLifetimeMs = 2 * 365 * day;

export type NewKeyOptions = {
  readonly name: string;
  readonly email: string;
  readonly passphrase?: string | undefined;
  /** Null for never. */
  readonly lifetimeMs?: number | null;
};

export async function makeKey(
  { name, email, passphrase, lifetimeMs = keyLifetimeMs }: NewKeyOptions,
  now: number,
): Promise<NewKey> {
  const wrong =
    textFault(name, 100) ?? (/[<>()]/.test(name) || name === '' ? 'must be a name, without < > ( )' : undefined);
  if (wrong !== undefined) throw new RollcallError('BAD_NAME', `name: ${wrong}`);
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(email))
    throw new RollcallError('BAD_EMAIL', 'email: must be an address such as ada@example.org');
  const made = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name, email },
    keyExpirationTime: lifetimeMs === null ? 0 : Math.floor(lifetimeMs / second),
    // Nobody encrypts to a maintainer here.
    subkeys: [],
    date: new Date(now),
    format: 'armored',
    config: strict,
    ...(passphrase ? { passphrase } : {}),
  });
  const { publicKey: publicArmored, privateKey: privateArmored, revocationCertificate } = made;
  const fingerprint = (await readKey({ armoredKey: publicArmored, config: strict })).getFingerprint();
  return { fingerprint, publicArmored, privateArmored, revocationCertificate };
}
