import test from 'ava';
import { sha256Hex, utf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import { describeKey, readPublicKeys } from './key.ts';
import { Keyring } from './keyring.ts';
import { keyLifetimeMs, makeKey } from './make-key.ts';
import { openPrivateKey, signPayload } from './sign.ts';
import { formatPayload, withSignature } from './statement.ts';

const now = Date.UTC(2026, 0, 1);
const ada = { name: 'Ada Quist', email: 'ada@example.org' };
const person = { ...ada, atSeconds: now / 1_000, zone: '+0000' };
const payload = formatPayload({
  tree: 'e'.repeat(40),
  parents: ['a'.repeat(40)],
  author: person,
  committer: person,
  subject: 'checkpoint 1: nobody yet',
  text: '',
  list: 'test',
  sequence: 1,
  kind: 'checkpoint',
  records: sha256Hex(''),
  previous: null,
  rollbackTo: null,
});

async function publicKey(armored: string) {
  const read = await readPublicKeys(utf8(armored));
  if (!read.ok) throw new Error(read.message);
  return read.value[0]!;
}

test('a new key is good for two years, for signing only, and says whose it is', async t => {
  const made = await makeKey(ada, now);
  const info = await describeKey(await publicKey(made.publicArmored), now);
  t.like(info, { state: 'good', fingerprint: made.fingerprint, createdAt: now, expiresAt: now + keyLifetimeMs });
  t.deepEqual(info.userIds, ['Ada Quist <ada@example.org>']);
  t.deepEqual((await publicKey(made.publicArmored)).key.subkeys, []);
});

test('what a new key signs is verified, and signed twice it is the same', async t => {
  const made = await makeKey({ ...ada, passphrase: 'open' }, now);
  const key = await openPrivateKey(made.privateArmored, 'open');
  t.like(key, { ...ada, fingerprint: made.fingerprint });
  const armored = await signPayload(payload, key, now);
  t.is(await signPayload(payload, key, now), armored);
  const statement = withSignature(payload, armored);
  if (!statement.ok) throw new Error(statement.message);
  const verified = await new Keyring([await publicKey(made.publicArmored)]).verify(statement.value, now);
  t.true(verified.ok);
  if (verified.ok) t.like(verified.value, { fingerprint: made.fingerprint, signer: 'Ada Quist <ada@example.org>' });
});

test('an armor with headers, CRs and other lines becomes the one that statements have', async t => {
  const key = await openPrivateKey((await makeKey(ada, now)).privateArmored);
  const armored = await signPayload(payload, key, now);
  const odd = armored.replace('\n\n', '\nVersion: 1\nComment: hello\n\n').replaceAll('\n', '\r\n');
  const [plain, tidied] = [withSignature(payload, armored), withSignature(payload, `hello\n${odd}`)];
  t.true(plain.ok && tidied.ok && Buffer.compare(plain.value.bytes, tidied.value.bytes) === 0);
});

for (const [title, armored, code] of [
  ['words', 'hello', 'NO_SIGNATURE'],
  ['an armor without an end', '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n', 'BAD_ARMOR'],
  ['an armor of no base64', '-----BEGIN PGP SIGNATURE-----\n\n%%%%\n-----END PGP SIGNATURE-----\n', 'BAD_ARMOR'],
  ['a damaged armor', '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n=AAAA\n-----END PGP SIGNATURE-----\n', 'BAD_CHECKSUM'],
  ['two', '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n'.repeat(2), 'TWO_SIGNATURES'],
] as const) {
  test(`for a signature, ${title} will not do: ${code}`, t => {
    t.like(withSignature(payload, armored), { ok: false, code });
  });
}

test('a key with a passphrase asks for it, and knows a wrong one', async t => {
  const { privateArmored } = await makeKey({ ...ada, passphrase: 'open' }, now);
  await t.throwsAsync(openPrivateKey(privateArmored), { code: 'PASSPHRASE_NEEDED' });
  await t.throwsAsync(openPrivateKey(privateArmored, 'guess'), { code: 'WRONG_PASSPHRASE' });
});

test('a public key signs nothing', async t => {
  const { publicArmored } = await makeKey(ada, now);
  await t.throwsAsync(openPrivateKey(publicArmored), { code: 'BAD_KEY' });
  await t.throwsAsync(openPrivateKey('hello'), { code: 'BAD_KEY' });
});

test('an expired key refuses to sign', async t => {
  const made = await makeKey({ ...ada, lifetimeMs: day }, now);
  const key = await openPrivateKey(made.privateArmored);
  await t.throwsAsync(signPayload(payload, key, now + 2 * day), { code: 'CANNOT_SIGN' });
});

for (const [title, who, code] of [
  ['without a name', { ...ada, name: '' }, 'BAD_NAME'],
  ['whose name holds an address', { ...ada, name: 'Ada <eve@example.org>' }, 'BAD_NAME'],
  ['whose name holds a line feed', { ...ada, name: 'Ada\nQuist' }, 'BAD_NAME'],
  ['without an address', { ...ada, email: 'ada' }, 'BAD_EMAIL'],
] as const) {
  test(`a key ${title} is not made`, async t => {
    await t.throwsAsync(makeKey(who, now), { code });
  });
}
