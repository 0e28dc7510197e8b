// sodium-native ships no types: what we use of version 5.1.0.
declare module 'sodium-native' {
  const sodium: {
    /** @throws Error when the signature has fewer than 64 bytes or the key not 32. */
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  };
  export default sodium;
}
