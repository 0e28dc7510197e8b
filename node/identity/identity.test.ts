import { randomBytes } from 'node:crypto';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { identityFromSeed } from './identity.ts';
import { isPeerId, verifyBy } from './keys.ts';

for (const [title, seed] of [
  ['zeros', new Uint8Array(32)],
  ['ones', new Uint8Array(32).fill(255)],
  ['a random seed', new Uint8Array(randomBytes(32))],
] as const) {
  test(`libp2p makes the same peer id and the same signature of ${title}`, async t => {
    const identity = identityFromSeed(seed);
    const theirs = await generateKeyPairFromSeed('Ed25519', identity.seed);
    t.is(identity.peerId, peerIdFromPrivateKey(theirs).toString());
    const bytes = utf8('who goes there');
    t.deepEqual(identity.sign(bytes), new Uint8Array(await theirs.sign(bytes)));
    t.true(await theirs.publicKey.verify(bytes, identity.sign(bytes)));
  });
}

test('a signature holds for its signer and its bytes only', t => {
  const [a, b] = [identityFromSeed(new Uint8Array(32).fill(1)), identityFromSeed(new Uint8Array(32).fill(2))];
  const signature = a.sign(utf8('x'));
  t.true(verifyBy(a.peerId, utf8('x'), signature));
  t.false(verifyBy(a.peerId, utf8('y'), signature));
  t.false(verifyBy(b.peerId, utf8('x'), signature));
  t.false(verifyBy(a.peerId, utf8('x'), signature.subarray(1)));
  t.false(verifyBy('nobody', utf8('x'), signature));
});

test('an identity does not give its seed away in JSON or in logs', t => {
  const identity = identityFromSeed(new Uint8Array(32).fill(7));
  t.deepEqual(Object.keys({ ...identity }), ['peerId', 'sign']);
  t.false(JSON.stringify(identity).includes('7,7'));
});

test('a seed of another length is refused', t => {
  t.throws(() => identityFromSeed(new Uint8Array(31)), { message: 'a seed is 32 bytes, not 31' });
});

test('a peer id is the base58 text of an Ed25519 key and nothing else', t => {
  const { peerId } = identityFromSeed(new Uint8Array(32).fill(3));
  t.true(isPeerId(peerId));
  for (const other of [
    '',
    peerId.slice(1),
    `${peerId}1`,
    peerId.replace(/.$/, '0'),
    peerId.toLowerCase(),
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    'k51qzi5uqu5dj',
  ]) {
    t.false(isPeerId(other), other);
  }
});
