// Peer ids and the Ed25519 keys inside them. A peer id that holds its key whole needs no directory to be checked against.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { base58btc } from 'multiformats/bases/base58';
import { base64url } from '../base/bytes.ts';

/** Protobuf of an Ed25519 public key in an identity multihash. Source: libp2p peer id specification. */
const peerIdPrefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
/** Building a KeyObject costs half of a verification: keep those of the announcers seen last (1 KB each). */
const keysMax = 20_000;

const keys = new Map<string, KeyObject>();

/** Who signs: an Ed25519 key and its peer id. */
export type Signer = { readonly peerId: string; readonly sign: (bytes: Uint8Array) => Uint8Array };

export const isPeerId = (text: string): boolean => keys.has(text) || rawKey(text) !== undefined;

/** Whether `signature` is the peer's over `bytes`. False, too, for what is no peer id. */
export function verifyBy(peerId: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(peerId);
  return key !== undefined && verify(null, bytes, key, signature);
}

/** The peer id of a raw 32-byte Ed25519 public key. */
export function peerIdOf(publicKey: Uint8Array): string {
  const bytes = new Uint8Array(38);
  bytes.set(peerIdPrefix);
  bytes.set(publicKey, 6);
  return base58btc.baseEncode(bytes);
}

function keyOf(peerId: string): KeyObject | undefined {
  const held = keys.get(peerId);
  if (held) return held;
  const raw = rawKey(peerId);
  if (!raw) return undefined;
  // As a JWK: reading DER takes a quarter longer.
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(raw) }, format: 'jwk' });
  if (keys.size >= keysMax) keys.delete(keys.keys().next().value!);
  keys.set(peerId, key);
  return key;
}

/** Each announcement asks whether its announcer is a peer, long before it asks for his key: reading base58 takes 3 µs. */
const rawKeys = new Map<string, Uint8Array>();

function rawKey(peerId: string): Uint8Array | undefined {
  const held = rawKeys.get(peerId);
  if (held) return held;
  const raw = decoded(peerId);
  if (!raw) return undefined;
  if (rawKeys.size >= keysMax) rawKeys.delete(rawKeys.keys().next().value!);
  rawKeys.set(peerId, raw);
  return raw;
}

function decoded(peerId: string): Uint8Array | undefined {
  if (peerId.length !== 52 || !peerId.startsWith('12D3KooW')) return undefined;
  try {
    const bytes = base58btc.baseDecode(peerId);
    return bytes.length === 38 && peerIdPrefix.every((byte, i) => bytes[i] === byte) ? bytes.subarray(6) : undefined;
  } catch {
    return undefined;
  }
}
