// Who this node is: an Ed25519 key, from which its peer id follows.
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { peerIdOf, type Signer } from './keys.ts';

/** A signer that can also hand its key to libp2p. */
export type Identity = Signer & {
  /** The 32 raw bytes of the private key, for libp2p's `generateKeyPairFromSeed`. Never to be shown. */
  readonly seed: Uint8Array;
};

export const seedBytes = 32;

/** DER head of an Ed25519 PKCS#8 private key, the seed follows. Source: RFC 8410. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function identityFromKey(key: KeyObject): Identity {
  const seed = new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }).subarray(pkcs8Prefix.length));
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const peerId = peerIdOf(spki.subarray(-32));
  const identity = { peerId, sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)) };
  // Not enumerable: a logged or serialised identity must not carry its secret.
  return Object.defineProperty(identity, 'seed', { value: seed }) as Identity;
}

/** The identity of a known seed: the same in every run. */
export function identityFromSeed(seed: Uint8Array): Identity {
  if (seed.length !== seedBytes) throw new RangeError(`a seed is ${seedBytes} bytes, not ${seed.length}`);
  return identityFromKey(createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' }));
}
