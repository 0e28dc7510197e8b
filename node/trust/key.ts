// A maintainer's public key: read from a file, described, and judged as of now.
import { type Key, readKeys, type Subkey } from 'openpgp';
import { fromUtf8 } from '../base/encoding.ts';
import { messageOf } from '../base/errors.ts';
import { printable, tidyText } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { readBlocks } from './armor.ts';
import { lenient, strict } from './openpgp-limits.ts';
import { packetTags, parsePackets } from './packet.ts';

/** A public key, with what openpgp.js made of it. */
export type PublicKey = {
  /** Of the primary key: 40 hex digits, lower case. */
  readonly fingerprint: string;
  readonly key: Key;
};

/** `good` now, or why not. */
export type KeyState = 'good' | 'expired' | 'revoked' | 'cannot sign' | 'weak';
export type Standing = {
  readonly state: KeyState;
  readonly reason: string;
  /** The reason as a code, with what it speaks of: for who says it in another language. */
  readonly why: { readonly code: string; readonly values: Record<string, string> };
};

export type KeyInfo = Standing & {
  readonly fingerprint: string;
  /** Safe to print, the first one is the signer's name. */
  readonly userIds: readonly string[];
  readonly algorithm: string;
  readonly createdAt: number;
  /** Unix milliseconds, null for never. */
  readonly expiresAt: number | null;
  readonly revoked: boolean;
  /** Fingerprints of the subkeys that may sign now. */
  readonly signingSubkeys: readonly string[];
};

/** A key with many signatures of others on it takes some 20 KB. */
export const keyBytesMax = 65_536;
/** Packets of such a key. */
const packetsMax = 1_024;
const userIdsMax = 16;
const userIdGraphemesMax = 100;

/** Every public key in an armored file. A private key in it is refused, whatever else there is: it has no business here. */
export async function readPublicKeys(file: Uint8Array): Promise<Parsed<PublicKey[]>> {
  if (file.length > keyBytesMax) return fault('TOO_LARGE', 'key', `is larger than ${keyBytesMax} bytes`);
  const text = fromUtf8(file);
  if (text?.includes('PRIVATE KEY BLOCK-----')) return privateKey();
  const blocks = readBlocks('PUBLIC KEY BLOCK', text ?? '');
  if (!blocks.ok) return { ...blocks, field: 'key' };
  if (blocks.value.length === 0) {
    return fault('NOT_A_KEY', 'key', 'is no armored public key: gpg --armor --export <fingerprint> makes one');
  }
  const bytes = new Uint8Array(blocks.value.flatMap(block => [...block]));
  const packets = parsePackets(bytes, packetsMax);
  if (!packets.ok) return fault('BAD_KEY', 'key', packets.message);
  const tags = packets.value.map(({ tag }) => tag);
  if (tags.includes(packetTags.secretKey) || tags.includes(packetTags.secretSubkey)) return privateKey();
  try {
    const keys = await readKeys({ binaryKeys: bytes, config: strict });
    // Newer ones have longer fingerprints, and stock gpg 2.2 does not know them.
    const unknown = keys.find(({ keyPacket }) => keyPacket.version !== 4);
    if (unknown) return fault('BAD_KEY', 'key', `is of version ${unknown.keyPacket.version}, not 4`);
    return parsed(keys.map(key => ({ fingerprint: key.getFingerprint(), key })));
  } catch (error) {
    return fault('BAD_KEY', 'key', printable(messageOf(error)));
  }
}

const privateKey = () =>
  fault(
    'PRIVATE_KEY',
    'key',
    'is a private key, which nobody else may have: hand over the public one (gpg --armor --export)',
  );

/** The armored form in which a node keeps keys that were added to it. */
export const formatPublicKey = ({ key }: PublicKey): string => key.armor(strict);

export const nameOf = ({ key }: PublicKey): string => userIdsOf(key)[0] ?? 'nobody';

const userIdsOf = (key: Key): string[] =>
  key
    .getUserIDs()
    .slice(0, userIdsMax)
    .map(id => tidyText(id, userIdGraphemesMax))
    .filter(id => id !== '');

/** What is known of a key, and how it stands at `now`. */
export async function describeKey({ fingerprint, key }: PublicKey, now: number): Promise<KeyInfo> {
  const subkeys: string[] = [];
  let standing = await standingOf(key, key, now);
  for (const subkey of key.subkeys) {
    const other = await standingOf(key, subkey, now);
    if (other.state === 'good') subkeys.push(subkey.getFingerprint());
    // The best that any of them can: a primary key often only certifies.
    if (standing.state !== 'good' && (other.state === 'good' || standing.state === 'cannot sign')) standing = other;
  }
  const expires = await key.getExpirationTime(undefined, lenient);
  return {
    fingerprint,
    userIds: userIdsOf(key),
    algorithm: algorithmOf(key),
    createdAt: key.getCreationTime().getTime(),
    expiresAt: expires instanceof Date ? expires.getTime() : null,
    revoked: await key.isRevoked(undefined, undefined, new Date(now), lenient),
    signingSubkeys: subkeys,
    ...standing,
  };
}

/**
 * How a primary key or one of its subkeys stands at `now`, whatever the dates in its signatures say: openpgp.js by itself
 * would judge an expired or superseded key at the time that its signature claims.
 */
export async function standingOf(key: Key, signer: Key | Subkey, now: number): Promise<Standing> {
  const at = new Date(now);
  const id = signer.getKeyID();
  const can = (date: Date | null, config: typeof strict) =>
    key.getSigningKey(id, date, undefined, config).then(
      found => found.getFingerprint() === signer.getFingerprint(),
      () => false,
    );
  if (await key.isRevoked(undefined, undefined, at, lenient))
    return standing('revoked', 'revoked', 'its owner has revoked it');
  if (signer !== key && (await isSubkeyRevoked(signer as Subkey, at))) {
    return standing('revoked', 'subkey-revoked', 'its owner has revoked the subkey');
  }
  if (await can(at, strict)) return standing('good', 'good', 'good');
  if (await can(at, lenient)) {
    const algorithm = algorithmOf(signer);
    return standing('weak', 'weak', `${algorithm} or its signatures are too weak`, { algorithm });
  }
  if (!(await can(null, lenient))) {
    return standing('cannot sign', 'not-for-signing', 'it is not made for signing, or its own signatures are broken');
  }
  const created = Math.max(key.getCreationTime().getTime(), signer.getCreationTime().getTime());
  const made = dateOf(created);
  return created > now
    ? standing('cannot sign', 'from-the-future', `it is from the future: made ${made}`, { made })
    : standing('expired', 'expired', 'it has expired: its owner can extend it');
}

// The first two arguments narrow the search to one binding; all revocations are meant.
const isSubkeyRevoked = (subkey: Subkey, at: Date): Promise<boolean> =>
  subkey.isRevoked(undefined as never, undefined as never, at, lenient);

const standing = (state: KeyState, code: string, reason: string, values: Record<string, string> = {}): Standing => ({
  state,
  reason,
  why: { code, values },
});
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function algorithmOf(key: Key | Subkey): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  return curve ?? (bits === undefined ? algorithm : `${algorithm.replace('EncryptSign', '')}${bits}`);
}
