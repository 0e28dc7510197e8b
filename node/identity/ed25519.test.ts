import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { base58btc } from 'multiformats/bases/base58';
import { utf8 } from '../base/bytes.ts';
import { byNode, bySodium, checkSignature, isUsableKey } from './ed25519.ts';
import { identityFromSeed } from './identity.ts';
import { isPeerId, peerIdOf, verifyBy } from './keys.ts';

const checks = { libsodium: bySodium!, Node: byNode };
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const keyOf = (peerId: string) => base58btc.baseDecode(peerId).subarray(6);

test('libsodium checks signatures on this machine', t => {
  t.is(checkSignature, checks.libsodium);
});

for (const [title, library] of [
  ['cannot be loaded', 'throw new Error("no such library here");'],
  ['lacks what is needed of it', 'export default {};'],
  ['fails', 'export default { crypto_sign_verify_detached() { throw new Error("no memory"); } };'],
  ['takes nothing', 'export default { crypto_sign_verify_detached: () => false };'],
  ['takes everything', 'export default { crypto_sign_verify_detached: () => true };'],
] as const) {
  test(`Node checks signatures where libsodium ${title}`, async t => {
    const program = `
      import { registerHooks } from 'node:module';
      const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(library)});
      const resolve = (name, context, next) =>
        name === 'sodium-native' ? { url, shortCircuit: true } : next(name, context);
      registerHooks({ resolve });
      const { byNode, bySodium, checkSignature } = await import('${new URL('ed25519.ts', import.meta.url)}');
      console.log(bySodium === undefined && checkSignature === byNode);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    t.is(stdout.trim(), 'true');
  });
}

test('libsodium and Node take what was signed, and nothing in which a bit was turned', t => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const bit = fc.integer({ min: 0, max: (64 + 32) * 8 - 1 });
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 500 }), bit, (seed, message, at) => {
      const { peerId, sign } = identityFromSeed(seed);
      const whole = Buffer.concat([sign(message), keyOf(peerId)]);
      const says = () => Object.values(checks).map(check => check(whole.subarray(0, 64), message, whole.subarray(64)));
      t.deepEqual(says(), [true, true]);
      whole[at >> 3]! ^= 1 << (at & 7);
      t.deepEqual(says(), [false, false]);
    }),
    { numRuns: 200 },
  );
});

/** Both signs of x of all points of small order, those beyond the prime too. Source: "Taming the many EdDSAs" (2020), table 6. */
const weak = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
];

test('a key for which anybody can sign is nobody', t => {
  const zeros = new Uint8Array(64);
  for (const key of weak) {
    const forgeries = weak.map(r => Uint8Array.from([...hex(r), ...new Uint8Array(32)]));
    t.false(isUsableKey(hex(key)), key);
    t.false(isPeerId(peerIdOf(hex(key))), key);
    t.false(verifyBy(peerIdOf(hex(key)), utf8('x'), zeros), key);
    for (const forgery of forgeries) t.false(checks.libsodium(forgery, utf8('x'), hex(key)), key);
  }
  // One beyond the prime that is of no small order, and one below it.
  t.false(isUsableKey(hex(`f0${'ff'.repeat(30)}7f`)));
  t.true(isUsableKey(hex(`e0${'ff'.repeat(30)}7f`)));
});

const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const sha512 = (...parts: readonly Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest();
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const bytesOf = (number: bigint) => hex(number.toString(16).padStart(64, '0')).reverse();

test('one that its signer made without a secret of its own, or wrote in another way, is refused by both', t => {
  const { peerId, seed, sign } = identityFromSeed(new Uint8Array(32).fill(4));
  const [key, message] = [keyOf(peerId), utf8('x')];
  const secret = sha512(seed).subarray(0, 32);
  secret[0]! &= 248;
  secret[31] = (secret[31]! & 63) | 64;
  // R is the point that adds nothing: the equation holds, and OpenSSL 3.0 takes it.
  const nothing = hex(weak[2]!);
  const s = (numberOf(sha512(nothing, key, message)) * numberOf(secret)) % order;
  const good = sign(message);
  const forgeries = {
    'R of order one': [...nothing, ...bytesOf(s)],
    'S beyond the order': [...good.subarray(0, 32), ...bytesOf(numberOf(good.subarray(32)) + order)],
    'R of order one, in another way': [...hex(weak[3]!), ...bytesOf(s)],
  };
  for (const [library, check] of Object.entries(checks)) {
    t.true(check(good, message, key), library);
    for (const [title, bytes] of Object.entries(forgeries)) {
      t.false(check(Uint8Array.from(bytes), message, key), `${library}: ${title}`);
    }
  }
});

/** A key with a part of order eight, and a secret that fits the rest of it. */
const mixed = '3deb8ca9e3d031548d729bed3aa7f3840e256888362f1ea239c189f03b281f24';
const plain = 'ce0835d5eef35d3d7194904428ab19ee30b76afce559883b3b3542994e42af45';
// RFC 8032 lets a check multiply all by eight first: then each of these would do, and nodes would part over them.
for (const [title, byte, key, signature, is] of [
  [
    'a key with such a part, where it cancels out, is taken',
    3,
    mixed,
    '8ee7c60f72e3c6743dcbfe340dd62ad5d9cf13b8268c9172818efbd9cf94f061849eda1b3a86c7ab90a645ed19deb0a82508e7c6d13c70849c7570014b0ff505',
    true,
  ],
  [
    'a key with such a part, where it does not, is refused',
    0,
    mixed,
    '8ee7c60f72e3c6743dcbfe340dd62ad5d9cf13b8268c9172818efbd9cf94f0613e891ffea1504b146fe42013aece4a4decb0a5f0c85c896460e1b8091b26820f',
    false,
  ],
  [
    'R with such a part is refused',
    0,
    plain,
    'deec92049ddd3ddb42e8e156b404996300981868dbeeb8dcb687006f6520baa13236d40fbced4e6127ee3f9fdf8c0c8a516da355e73411f06c6d4b19cf017606',
    false,
  ],
  [
    'a key and R with such parts, which cancel each other, are taken',
    16,
    mixed,
    'deec92049ddd3ddb42e8e156b404996300981868dbeeb8dcb687006f6520baa168bcafac25d9e7f784dd89522a6dbcf95adaed6dbc23553c8c93651ade315a02',
    true,
  ],
] as const) {
  test(`${title} by both`, t => {
    t.true(isUsableKey(hex(key)));
    for (const [library, check] of Object.entries(checks)) {
      t.is(check(hex(signature), Uint8Array.of(byte), hex(key)), is, library);
    }
  });
}

test('what is no point at all is refused by both, and nothing is thrown', t => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(64), fc.uint8Array({ maxLength: 9 }), bytes(32), (signature, message, key) => {
      for (const check of Object.values(checks)) t.false(check(signature, message, key));
    }),
    { numRuns: 300 },
  );
});

test('both read just the bytes that a view shows', t => {
  const { peerId, sign } = identityFromSeed(new Uint8Array(32).fill(5));
  for (const message of [new Uint8Array(), utf8('x')]) {
    const parts = [sign(message), message, keyOf(peerId)];
    // All in one buffer, with something before, between and behind.
    const whole = Buffer.concat(parts.flatMap(part => [Buffer.alloc(3, 255), part]).concat(Buffer.alloc(3, 255)));
    let at = 0;
    const [signature, said, key] = parts.map(({ length }) => {
      const view = new Uint8Array(whole.buffer, whole.byteOffset + at + 3, length);
      at += 3 + length;
      return view;
    });
    for (const [library, check] of Object.entries(checks)) t.true(check(signature!, said!, key!), library);
  }
});
