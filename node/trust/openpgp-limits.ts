// What openpgp.js is told here, in full and always: its defaults are made for mail, where old keys have to go on working.
import { type Config, config, enums } from 'openpgp';

const { md5, ripemd, sha1, sha224 } = enums.hash;
const { dsa, elgamal } = enums.publicKey;

/** Shorter ones are refused: RFC 9580, section 12.4. */
export const rsaBitsMin = 2_048;

/** What a key and a signature must be to count. */
export const strict: Config = {
  ...config,
  minRSABits: rsaBitsMin,
  rejectHashAlgorithms: new Set([md5, ripemd, sha1, sha224]),
  rejectMessageHashAlgorithms: new Set([md5, ripemd, sha1, sha224]),
  rejectPublicKeyAlgorithms: new Set([dsa, elgamal]),
  // Nothing here is compressed; what claims to be is no use.
  maxDecompressedMessageSize: 65_536,
  // Keys that were extended carry self-signatures newer than what they signed before. Keys are judged as of now (keys.ts).
  allowInsecureVerificationWithReformattedKeys: true,
  // The same payload and key give the same signature: openpgp.js would add a random notation.
  nonDeterministicSignaturesViaNotation: false,
};

/** For finding out why a key does not count, and for revocations: an old and weak one still counts. */
export const lenient: Config = {
  ...strict,
  minRSABits: 0,
  rejectHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
};
