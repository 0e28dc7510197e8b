// libsodium and noise's own encryption read each other.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { noise } from '@chainsafe/libp2p-noise';
import type { ConnectionEncrypter } from '@libp2p/interface';
import test from 'ava';
import { type Cipher, sodiumCipher } from './cipher.ts';
import { labNode } from './lab.ts';
import { mendNoise } from './mend.ts';

type Noise = ConnectionEncrypter & { readonly crypto: Cipher };
type Components = Parameters<ReturnType<typeof noise>>[0];

const componentsOf = async () => ((await labNode()) as unknown as { readonly components: Components }).components;

test('connections are encrypted by libsodium', async t => {
  const { crypto } = mendNoise(noise())(await componentsOf()) as Noise;
  t.is(crypto.encrypt, sodiumCipher!.encrypt);
  t.is(crypto.decrypt, sodiumCipher!.decrypt);
});

test('they are by what noise comes with where libsodium does not work', async t => {
  const program = `
    import { registerHooks } from 'node:module';
    const url = 'data:text/javascript,export default { crypto_sign_verify_detached: () => false };';
    registerHooks({
      resolve: (name, context, next) => (name === 'sodium-native' ? { url, shortCircuit: true } : next(name, context)),
    });
    console.log((await import('${new URL('cipher.ts', import.meta.url)}')).sodiumCipher);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  t.is(stdout.trim(), 'undefined');
});

for (const bytes of [0, 1, 500, 20_000, 65_519]) {
  for (const associatedBytes of [0, 32]) {
    test(`${bytes} bytes with ${associatedBytes} beside them are the same encrypted by either, and neither reads a forged one`, async t => {
      const ciphers = [sodiumCipher!, (noise()(await componentsOf()) as Noise).crypto];
      const [text, nonce, associated, key] = [bytes, 12, associatedBytes, 32].map(size => randomBytes(size)) as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ];
      const [sealed, same] = ciphers.map(cipher =>
        Buffer.from(cipher.encrypt(text, nonce, associated, key).subarray()),
      );
      t.deepEqual(sealed, same);
      for (const cipher of ciphers) {
        t.deepEqual(Buffer.from(cipher.decrypt(Buffer.from(sealed!), nonce, associated, key).subarray()), text);
        const forged = Buffer.from(sealed!);
        forged[bytes >> 1]! ^= 1;
        t.throws(() => cipher.decrypt(forged, nonce, associated, key));
      }
      // Where it was, as noise asks for.
      const place = Buffer.from(sealed!);
      t.deepEqual(Buffer.from(sodiumCipher!.decrypt(place, nonce, associated, key, place.subarray(0, bytes))), text);
      t.deepEqual(place.subarray(0, bytes), text);
    });
  }
}
