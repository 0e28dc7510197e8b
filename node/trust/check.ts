// Whether the signature of a statement holds, and for whose key as of now. Nothing of Node in it: the web viewer checks by it too.
import { createMessage, type Key, readSignature, type Subkey, verify } from 'openpgp';
import { messageOf } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { minute, second } from '../base/time.ts';
import { fault, type Parsed, type ParseFault, parsed } from '../base/verdict.ts';
import { type KeyState, nameOf, type PublicKey, standingOf } from './key.ts';
import { strict } from './openpgp-limits.ts';
import { parseSignature } from './signature.ts';
import type { StatementForm } from './statement-form.ts';

export type Signer = {
  /** Of the primary key. */
  readonly fingerprint: string;
  /** Of the key or subkey that signed. */
  readonly signedBy: string;
  /** The key's first user id, safe to print. */
  readonly signer: string;
};

/** How far a maintainer's clock may be ahead: the same as for announcements. */
export const statementSkewMaxMs = 10 * minute;

/** The keys that may have made a signature: those with its key id, and its fingerprint where it names one. */
export type FindKeys = (keyId: string, fingerprint: string | undefined) => readonly PublicKey[];

/** Whether `signer`, which belongs to `key`, made the signature over the payload. The costly part, so it can be counted. */
export type CheckSignature = (key: Key, payload: Uint8Array, signature: Uint8Array, at: Date) => Promise<true>;

/** Cheap checks first: a signature by an unknown, expired or revoked key costs no public-key operation. */
export async function judgeSignature(
  statement: StatementForm,
  now: number,
  find: FindKeys,
  check: CheckSignature = checkSignature,
): Promise<Parsed<Signer>> {
  const head = parseSignature(statement.signature);
  if (!head.ok) return head;
  const { keyId, fingerprint, createdSeconds } = head.value;
  const latestSeconds = Math.max(createdSeconds, statement.committer.atSeconds, statement.author.atSeconds);
  if (latestSeconds * second > now + statementSkewMaxMs) {
    return fault('FROM_THE_FUTURE', 'statement', `was made more than ${statementSkewMaxMs / minute} min from now`);
  }
  let refusal = fault('UNKNOWN_KEY', 'signature', `is by a key that is not in the keyring: ${fingerprint ?? keyId}`);
  for (const candidate of find(keyId, fingerprint)) {
    const signers = signersOf(candidate.key, keyId);
    // openpgp.js takes the first key with this id; that must be the one judged here.
    if (signers.length !== 1) continue;
    const [signer] = signers as [Key | Subkey];
    const { state, reason } = await standingOf(candidate.key, signer, now);
    if (state !== 'good') {
      refusal = fault(stateCodes[state], 'signature', `is by ${candidate.fingerprint}, and ${reason}`);
      continue;
    }
    try {
      await check(candidate.key, statement.payload, statement.signature, new Date(now + statementSkewMaxMs));
    } catch (error) {
      refusal = badSignature(candidate, error);
      continue;
    }
    return parsed({
      fingerprint: candidate.fingerprint,
      signedBy: signer.getFingerprint(),
      signer: nameOf(candidate),
    });
  }
  return refusal;
}

const stateCodes: Record<Exclude<KeyState, 'good'>, string> = {
  expired: 'KEY_EXPIRED',
  revoked: 'KEY_REVOKED',
  'cannot sign': 'KEY_CANNOT_SIGN',
  weak: 'KEY_WEAK',
};

const badSignature = ({ fingerprint }: PublicKey, error: unknown): ParseFault =>
  fault('BAD_SIGNATURE', 'signature', `does not hold for ${fingerprint}: ${printable(messageOf(error))}`);

/** The primary key and subkeys with a 64-bit id. */
export const signersOf = (key: Key, keyId: string): (Key | Subkey)[] =>
  [key, ...key.subkeys].filter(it => it.getKeyID().toHex() === keyId);

export const checkSignature: CheckSignature = async (key, payload, signature, at) => {
  const { signatures } = await verify({
    message: await createMessage({ binary: payload, date: at }),
    signature: await readSignature({ binarySignature: signature, config: strict }),
    verificationKeys: key,
    format: 'binary',
    date: at,
    config: strict,
  });
  if (signatures.length !== 1) throw new Error(`${signatures.length} signatures`);
  // `verify` itself never fails on a bad signature.
  return signatures[0]!.verified;
};
