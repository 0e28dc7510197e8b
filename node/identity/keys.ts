// Peer ids and the Ed25519 keys inside them. A peer id that holds its key whole needs no directory to be checked against.
import { base58btc } from 'multiformats/bases/base58';
import { checkSignature, isUsableKey } from './ed25519.ts';

/** Protobuf of an Ed25519 public key in an identity multihash. Source: libp2p peer id specification. */
const peerIdPrefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
/** Of the announcers seen last: each announcement asks more than once, and reading base58 takes 3 µs. */
const keysMax = 20_000;
const keys = new Map<string, Uint8Array>();
const signatureBytes = 64;

/** Who signs: an Ed25519 key and its peer id. */
export type Signer = { readonly peerId: string; readonly sign: (bytes: Uint8Array) => Uint8Array };

export const isPeerId = (text: string): boolean => keyOf(text) !== undefined;

/** Whether `signature` is the peer's over `bytes`. False, too, for what is no peer id. */
export function verifyBy(peerId: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(peerId);
  return key !== undefined && signature.length === signatureBytes && checkSignature(signature, bytes, key);
}

/** The peer id of a raw 32-byte Ed25519 public key. */
export function peerIdOf(publicKey: Uint8Array): string {
  const bytes = new Uint8Array(38);
  bytes.set(peerIdPrefix);
  bytes.set(publicKey, 6);
  return base58btc.baseEncode(bytes);
}

function keyOf(peerId: string): Uint8Array | undefined {
  const held = keys.get(peerId);
  if (held) return held;
  const key = decoded(peerId);
  if (!key) return undefined;
  if (keys.size >= keysMax) keys.delete(keys.keys().next().value!);
  keys.set(peerId, key);
  return key;
}

function decoded(peerId: string): Uint8Array | undefined {
  if (peerId.length !== 52 || !peerId.startsWith('12D3KooW')) return undefined;
  try {
    const bytes = base58btc.baseDecode(peerId);
    if (bytes.length !== 38 || !peerIdPrefix.every((byte, i) => bytes[i] === byte)) return undefined;
    const key = bytes.subarray(6);
    return isUsableKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
