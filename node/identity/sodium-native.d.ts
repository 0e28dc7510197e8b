// sodium-native ships no types: what we use of version 5.1.0.
declare module 'sodium-native' {
  const sodium: {
    /** @throws Error when the signature has fewer than 64 bytes or the key not 32. */
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
    /** `sealed` has 16 bytes more than the text. */
    crypto_aead_chacha20poly1305_ietf_encrypt(
      sealed: Uint8Array,
      text: Uint8Array,
      associated: Uint8Array,
      secret: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): void;
    /** @throws Error when it was not encrypted by this key. */
    crypto_aead_chacha20poly1305_ietf_decrypt(
      text: Uint8Array,
      secret: null,
      sealed: Uint8Array,
      associated: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array,
    ): void;
  };
  export default sodium;
}
