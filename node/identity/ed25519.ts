// Ed25519 signatures, checked by libsodium in 38 µs. Where it does not come ready-made (musl, rare processors) or work, Node checks them,
// in 65 µs, and comes to the same verdict on each: else one node would blame another for what that one let in.
/// <reference path="sodium-native.d.ts" />
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { base64url } from '../base/bytes.ts';

/** Whether the signature (64 bytes) is one of the message by the key (32 bytes, usable). */
export type CheckSignature = (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean;

/** The y of points of small order, below the sign of their x. Source: "Taming the many EdDSAs" (2020), table 6. */
const smallOrder: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Neither of small order, for which anybody can sign, nor written with a y beyond the field's prime: some of OpenSSL take both. */
export function isUsableKey(key: Uint8Array): boolean {
  const isBeyond = key[0]! >= 0xed && (key[31]! & 0x7f) === 0x7f && key.subarray(1, 31).every(byte => byte === 0xff);
  return !isBeyond && !isOfSmallOrder(key);
}

function isOfSmallOrder(point: Uint8Array): boolean {
  const y = Uint8Array.from(point);
  y[31]! &= 0x7f;
  return smallOrder.has(Buffer.from(y.buffer).toString('hex'));
}

/** A signature of no bytes. Source: RFC 8032, 7.1, test 1. */
const known = {
  key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  signature:
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
};

/** Undefined where libsodium cannot be loaded, or does not know what is signed from what is not. */
export const bySodium: CheckSignature | undefined = await import('sodium-native')
  .then(({ default: sodium }) => {
    const check: CheckSignature = (signature, message, key) =>
      sodium.crypto_sign_verify_detached(signature, message, key);
    const [signature, key] = [Buffer.from(known.signature, 'hex'), Buffer.from(known.key, 'hex')];
    return check(signature, Buffer.of(), key) && !check(signature, Buffer.of(0), key) ? check : undefined;
  })
  .catch(() => undefined);

/** Making one takes a third of a check: kept for as long as whoever checks keeps the key. */
const made = new WeakMap<Uint8Array, KeyObject>();

export const byNode: CheckSignature = (signature, message, key) => {
  let object = made.get(key);
  if (!object) {
    // As a JWK: reading DER takes a quarter longer.
    object = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(key) }, format: 'jwk' });
    made.set(key, object);
  }
  // OpenSSL before 3.5, which systems bring their Node with, takes an R of small order.
  return verify(null, message, object, signature) && !isOfSmallOrder(signature.subarray(0, 32));
};

export const checkSignature: CheckSignature = bySodium ?? byNode;
