// Signs as a maintainer, with a private key that is handed in and forgotten again.
import { createMessage, decryptKey, type PrivateKey, readPrivateKey, sign } from 'openpgp';
import { messageOf, RollcallError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { keyBytesMax } from './key.ts';
import { strict } from './openpgp-limits.ts';

export type SigningKey = {
  /** Of the primary key. */
  readonly fingerprint: string;
  /** First user id: what to put into the author line. */
  readonly name: string;
  readonly email: string;
  readonly key: PrivateKey;
};

/** @throws RollcallError BAD_KEY, PASSPHRASE_NEEDED or WRONG_PASSPHRASE */
export async function openPrivateKey(armored: string, passphrase?: string): Promise<SigningKey> {
  if (armored.length > keyBytesMax) throw new RollcallError('BAD_KEY', `the key is larger than ${keyBytesMax} bytes`);
  let key = await readPrivateKey({ armoredKey: armored, config: strict }).catch(cause => {
    throw new RollcallError('BAD_KEY', `this is no armored private key: ${printable(messageOf(cause))}`, { cause });
  });
  if (!key.isDecrypted()) {
    if (passphrase === undefined) throw new RollcallError('PASSPHRASE_NEEDED', 'the key is protected by a passphrase');
    key = await decryptKey({ privateKey: key, passphrase, config: strict }).catch(cause => {
      throw new RollcallError('WRONG_PASSPHRASE', 'the passphrase does not open the key', { cause });
    });
  }
  const { name = '', email = '' } = key.users.find(({ userID }) => userID)?.userID ?? {};
  return { fingerprint: key.getFingerprint(), name, email, key };
}

/**
 * A detached signature, armored: binary (type 0), and the same for the same payload, key and second.
 * @throws RollcallError CANNOT_SIGN when the key has expired, was revoked, is weak or not made for signing
 */
export async function signPayload(payload: Uint8Array, { key }: SigningKey, now: number): Promise<string> {
  const date = new Date(now);
  const message = await createMessage({ binary: payload, date });
  return sign({ message, signingKeys: key, detached: true, date, config: strict }).catch(cause => {
    throw new RollcallError('CANNOT_SIGN', `the key cannot sign: ${printable(messageOf(cause))}`, { cause });
  });
}
