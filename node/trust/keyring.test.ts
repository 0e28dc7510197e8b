import { readFileSync } from 'node:fs';
import test from 'ava';
import { enums, generateKey, reformatKey } from 'openpgp';
import { utf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import { formatPublicKey, keyBytesMax, type PublicKey, readPublicKeys } from './key.ts';
import { Keyring, keysMax } from './keyring.ts';
import { makeKey } from './make-key.ts';
import { lenient } from './openpgp-limits.ts';
import { signPayload } from './sign.ts';
import { parseStatement, type Statement, withSignature } from './statement.ts';
import { checkSignature, restoredStatement } from './verified.ts';

const now = Date.UTC(2025, 11, 1);
const vectors = new URL('../../test/vectors/statements/', import.meta.url);
const fileOf = (name: string) => readFileSync(new URL(`keys/${name}`, vectors));

async function keysIn(file: Uint8Array): Promise<PublicKey[]> {
  const read = await readPublicKeys(file);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}
const keyOf = async (name: string) => (await keysIn(fileOf(`${name}.asc`)))[0]!;

function statementOf(vector: string): Statement {
  const { text } = JSON.parse(readFileSync(new URL(vector, vectors), 'utf8')) as { text: string };
  const read = parseStatement(Buffer.from(text));
  if (!read.ok) throw new Error(read.message);
  return read.value;
}
const byAda = statementOf('good--a-checkpoint.json');
const bySubkey = statementOf('good--by-a-subkey.json');

for (const [name, state, word] of [
  ['ada', 'good', 'good'],
  ['rsa', 'good', 'good'],
  ['gpg', 'good', 'good'],
  ['expired', 'expired', 'extend'],
  ['revoked', 'revoked', 'revoked'],
  ['weak', 'weak', 'rsa1024'],
  ['dsa', 'weak', 'dsa'],
] as const) {
  test(`the key ${name} is said to be ${state}, and why`, async t => {
    const [info] = await new Keyring([await keyOf(name)]).list(now);
    t.is(info!.state, state);
    t.true(info!.reason.includes(word), info!.reason);
    t.is(info!.why.code, state);
    t.true(info!.reason.startsWith(info!.why.values.algorithm ?? ''));
    t.deepEqual(info!.userIds, [`${name} <${name}@example.org>`]);
    t.is(info!.revoked, state === 'revoked');
    t.true(info!.shipped);
  });
}

test('a key is judged by its subkeys where they can sign and it cannot', async t => {
  const gpg = await keyOf('gpg');
  const [info] = await new Keyring([gpg]).list(now);
  t.deepEqual(info!.signingSubkeys, [gpg.key.subkeys[0]!.getFingerprint()]);
  t.is(info!.expiresAt, null);
});

test('a key that does not begin until tomorrow cannot sign today', async t => {
  const made = await makeKey({ name: 'Ada', email: 'ada@example.org' }, now + day);
  const [info] = await new Keyring(await keysIn(utf8(made.publicArmored))).list(now);
  t.is(info!.state, 'cannot sign');
  t.regex(info!.reason, /future/);
  t.deepEqual(info!.why, { code: 'from-the-future', values: { made: new Date(now + day).toISOString().slice(0, 10) } });
});

test('a key whose only self-signature is by SHA-1 is weak', async t => {
  const sha1 = { ...lenient, preferredHashAlgorithm: enums.hash.sha1 };
  const { publicKey } = await generateKey({
    userIDs: { name: 'Ada' },
    date: new Date(now),
    type: 'rsa',
    rsaBits: 2048,
    config: sha1,
  });
  const key = (await keysIn(utf8(publicKey)))[0]!;
  t.is(key.key.users[0]!.selfCertifications[0]!.hashAlgorithm, enums.hash.sha1);
  const [info] = await new Keyring([key]).list(now);
  t.is(info!.state, 'weak');
});

test('an unknown key costs no check of a signature, and a known one exactly one', async t => {
  let checks = 0;
  const deps = {
    check: (...signed: Parameters<typeof checkSignature>) => {
      checks++;
      return checkSignature(...signed);
    },
  };
  const keyring = new Keyring([await keyOf('rsa')], deps);
  t.like(await keyring.verify(byAda, now), { code: 'UNKNOWN_KEY' });
  t.is(checks, 0);
  await keyring.add(await keyOf('ada'), now);
  t.true((await keyring.verify(byAda, now)).ok);
  t.is(checks, 1);
});

test('a key that is removed while its signature is checked does not count', async t => {
  const ada = await keyOf('ada');
  const keyring: Keyring = new Keyring([ada], {
    check: async (...signed) => {
      keyring.remove(ada.fingerprint);
      return checkSignature(...signed);
    },
  });
  t.like(await keyring.verify(byAda, now), { ok: false, code: 'UNKNOWN_KEY' });
});

test('a shipped key stays removed over restarts, until it is added again', async t => {
  const ada = await keyOf('ada');
  const keyring = new Keyring([ada]);
  t.true(keyring.remove(ada.fingerprint));
  t.false(keyring.remove(ada.fingerprint));
  const { removed } = keyring.choices();
  const again = await Keyring.open([ada], { added: [], removed }, now);
  t.deepEqual(await again.list(now), []);
  t.true((await again.add(ada, now)).ok);
  t.true((await again.verify(byAda, now)).ok);
});

test('an added key is kept in armor, and goes when it is removed', async t => {
  const ada = await keyOf('ada');
  const keyring = new Keyring([]);
  await keyring.add(ada, now);
  const { added } = keyring.choices();
  const again = await Keyring.open([], { added: await keysIn(utf8(added[ada.fingerprint]!)), removed: [] }, now);
  const listed = { fingerprint: ada.fingerprint, shipped: false, armored: added[ada.fingerprint] };
  t.like((await again.list(now))[0], listed);
  t.true(again.remove(ada.fingerprint));
  t.deepEqual(again.choices(), { added: {}, removed: [] });
});

test('a revocation comes in with a newer copy, and no older copy takes it back', async t => {
  const revoked = await keyOf('revoked');
  const before = (await keysIn(fileOf('revoked.asc')))[0]!.key;
  before.revocationSignatures = [];
  const clean = { fingerprint: revoked.fingerprint, key: before };
  const keyring = new Keyring([clean]);
  t.is((await keyring.list(now))[0]!.state, 'good');
  await keyring.add(revoked, now);
  t.is((await keyring.list(now))[0]!.state, 'revoked');
  await keyring.add(clean, now);
  t.is((await keyring.list(now))[0]!.state, 'revoked');
});

test('a release that ships a revocation is not overruled by an older copy that was added', async t => {
  const revoked = await keyOf('revoked');
  const older = (await keysIn(fileOf('revoked.asc')))[0]!.key;
  older.revocationSignatures = [];
  const added = [{ fingerprint: revoked.fingerprint, key: older }];
  const keyring = await Keyring.open([revoked], { added, removed: [] }, now);
  t.is((await keyring.list(now))[0]!.state, 'revoked');
});

test('a revocation certificate revokes its own key and no other', async t => {
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map(name => makeKey({ name, email: `${name}@example.org` }, now)),
  );
  const keyring = new Keyring(await keysIn(utf8(ada!.publicArmored)));
  t.like(await keyring.revoke(bob!.revocationCertificate, now), { ok: false, code: 'BAD_REVOCATION' });
  t.like(await keyring.revoke('hello', now), { ok: false, code: 'BAD_REVOCATION' });
  t.is((await keyring.list(now))[0]!.state, 'good');
  t.true((await keyring.revoke(ada!.revocationCertificate, now)).ok);
  t.is((await keyring.list(now))[0]!.state, 'revoked');
  t.true(Object.keys(keyring.choices().added).includes(ada!.fingerprint));
});

test('a key that was extended goes on, and what it signed before still holds', async t => {
  const then = now - 9 * day;
  const made = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name: 'Ada' },
    date: new Date(now - 10 * day),
    keyExpirationTime: (5 * day) / 1_000,
    format: 'object',
  });
  const key = { fingerprint: made.publicKey.getFingerprint(), key: made.publicKey };
  const keyring = new Keyring([key]);
  t.is((await keyring.list(now))[0]!.state, 'expired');
  const longer = await reformatKey({
    privateKey: made.privateKey,
    userIDs: { name: 'Ada' },
    date: new Date(now - day),
    keyExpirationTime: 0,
    format: 'object',
  });
  const signedBefore = withSignature(
    byAda.payload,
    await signPayload(byAda.payload, { fingerprint: '', name: '', email: '', key: made.privateKey }, then),
  );
  if (!signedBefore.ok) throw new Error(signedBefore.message);
  t.like(await keyring.verify(signedBefore.value, now), { ok: false, code: 'KEY_EXPIRED' });
  await keyring.add({ ...key, key: longer.publicKey }, now);
  t.like((await keyring.list(now))[0], { state: 'good', expiresAt: null });
  t.true((await keyring.verify(signedBefore.value, now)).ok);
  // The copy of somebody who never saw the older self-signature.
  t.true((await new Keyring([{ ...key, key: longer.publicKey }]).verify(signedBefore.value, now)).ok);
});

test('only what good keys and good subkeys signed is trusted', async t => {
  const keyring = new Keyring(await Promise.all(['ada', 'subkey', 'expired'].map(keyOf)));
  const verified = await keyring.verify(bySubkey, now);
  if (!verified.ok) throw new Error(verified.message);
  const { fingerprint, signedBy } = verified.value;
  t.not(fingerprint, signedBy);
  const trusted = await keyring.trustedAt(now);
  t.true(trusted(verified.value));
  t.false(trusted({ fingerprint, signedBy: fingerprint.replace(/./g, '0') }));
  const { fingerprint: expired } = await keyOf('expired');
  t.false(trusted({ fingerprint: expired, signedBy: expired }));
  keyring.remove(fingerprint);
  t.false((await keyring.trustedAt(now))(verified.value));
});

test('a statement comes back from the store without its key, and damage does not', async t => {
  const names = { fingerprint: 'a'.repeat(40), signedBy: 'a'.repeat(40), signer: 'Ada' };
  t.like(restoredStatement(byAda.bytes, names), { ...names, statement: { digest: byAda.digest } });
  t.is(restoredStatement(byAda.bytes.subarray(1), names), undefined);
});

test(`${keysMax} keys are held, one more is not`, async t => {
  const { key } = await keyOf('ada');
  const keys = Array.from({ length: keysMax }, (_, i) => ({ fingerprint: `${i}`.padStart(40, '0'), key }));
  const keyring = new Keyring(keys);
  t.like(await keyring.add(await keyOf('rsa'), now), { ok: false, code: 'TOO_MANY_KEYS' });
  keyring.remove(keys[0]!.fingerprint);
  t.true((await keyring.add(await keyOf('rsa'), now)).ok);
});

test('a file with several keys gives them all', async t => {
  const both = `The maintainers:\n\n${fileOf('ada.asc')}\nand\r\n${fileOf('rsa.asc')}`;
  t.is((await keysIn(utf8(both))).length, 2);
  const one = formatPublicKey(await keyOf('gpg'));
  t.deepEqual((await keysIn(utf8(one))).map(formatPublicKey), [one]);
});

test('a private key is refused, also in the armor of a public one', async t => {
  t.like(await readPublicKeys(fileOf('ada.private.asc')), { ok: false, code: 'PRIVATE_KEY' });
  const disguised = fileOf('ada.private.asc').toString().replaceAll('PRIVATE KEY', 'PUBLIC KEY');
  t.like(await readPublicKeys(utf8(disguised)), { ok: false, code: 'PRIVATE_KEY' });
  const hidden = `${fileOf('rsa.asc')}${fileOf('ada.private.asc')}`;
  t.like(await readPublicKeys(utf8(hidden)), { ok: false, code: 'PRIVATE_KEY' });
});

for (const [title, file, code] of [
  ['words', utf8('hello'), 'NOT_A_KEY'],
  ['bytes', new Uint8Array([0xff, 0xfe]), 'NOT_A_KEY'],
  ['too much', new Uint8Array(keyBytesMax + 1), 'TOO_LARGE'],
  ['half a key', utf8(fileOf('ada.asc').toString().slice(0, 300)), 'BAD_ARMOR'],
  [
    'a damaged key',
    utf8(
      fileOf('gpg.asc')
        .toString()
        .replace(/\n=.{4}\n/, '\n=AAAA\n'),
    ),
    'BAD_CHECKSUM',
  ],
  ['no packets', utf8(armor('hello')), 'BAD_KEY'],
  ['nothing', utf8(''), 'NOT_A_KEY'],
  ['packets that are no key', utf8(armor('\xcb\x07b\0\0\0\0\0a')), 'BAD_KEY'],
] as const) {
  test(`for a key, ${title} will not do: ${code}`, async t => {
    t.like(await readPublicKeys(file), { ok: false, code });
  });
}

test('a key of version 6 is refused: stock gpg does not know it', async t => {
  const { publicKey } = await generateKey({ userIDs: { name: 'Ada' }, date: new Date(now), config: { v6Keys: true } });
  t.like(await readPublicKeys(utf8(publicKey)), { ok: false, code: 'BAD_KEY' });
});

function armor(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('base64');
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${text}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}
