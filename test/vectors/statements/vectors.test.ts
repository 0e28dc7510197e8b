import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { type PublicKey, readPublicKeys } from '../../../node/trust/key.ts';
import { Keyring } from '../../../node/trust/keyring.ts';
import { Statements } from '../../../node/trust/order.ts';
import { parseStatement, type Statement } from '../../../node/trust/statement.ts';
import { files, type Vector } from './make.ts';

const folder = new URL('./', import.meta.url);
const names = readdirSync(folder).filter(name => name.endsWith('.json'));
const vectors = names.map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector);
const bytesOf = ({ text, base64 }: Vector) =>
  new Uint8Array(base64 === undefined ? Buffer.from(text!) : Buffer.from(base64, 'base64'));

async function keyOf(name: string): Promise<PublicKey> {
  const read = await readPublicKeys(readFileSync(new URL(`keys/${name}.asc`, folder)));
  if (!read.ok) throw new Error(`${name}: ${read.message}`);
  return read.value[0]!;
}
const keyring = new Keyring(await Promise.all([...new Set(vectors.flatMap(({ keys }) => keys))].map(keyOf)));

/** What a node that holds one statement of the sequence `highest` makes of another: the way of everything that arrives. */
async function outcome(
  vector: Vector,
): Promise<{ code: string; message?: string; signer?: string; statement?: Statement }> {
  const read = parseStatement(bytesOf(vector));
  if (!read.ok) return read;
  if (read.value.list !== vector.list) return { code: 'WRONG_LIST' };
  const verified = await keyring.verify(read.value, vector.now);
  if (!verified.ok) return verified;
  const { statement, fingerprint } = verified.value;
  const held = vector.highest === null ? [] : [{ ...statement, sequence: vector.highest, digest: '' }];
  const statements = new Statements(held.map(it => ({ ...verified.value, statement: it })));
  const added = statements.add(verified.value);
  return added === 'new' ? { code: 'accept', signer: fingerprint, statement } : { code: added };
}

for (const vector of vectors) {
  test(`${vector.title}: ${vector.expect}`, async t => {
    const { code, message, signer, statement } = await outcome(vector);
    t.is(code, vector.expect, message);
    t.is(statement?.digest ?? null, vector.digest);
    t.is(signer ?? null, vector.signer);
  });
}

test('every code of refusal has its vectors', t => {
  t.deepEqual([...new Set(vectors.map(({ expect }) => expect))].sort(), [
    'ARMOR_HEADER',
    'BAD_ARMOR',
    'BAD_CHECKSUM',
    'BAD_HEADER',
    'BAD_MESSAGE',
    'BAD_SIGNATURE',
    'BAD_SIGNATURE_PACKET',
    'BAD_TRAILER',
    'BAD_UTF8',
    'EXPIRING_SIGNATURE',
    'EXTRA_HEADER',
    'FROM_THE_FUTURE',
    'KEY_CANNOT_SIGN',
    'KEY_EXPIRED',
    'KEY_REVOKED',
    'KEY_WEAK',
    'NO_SIGNATURE',
    'SEQUENCE_JUMP',
    'TEXT_SIGNATURE',
    'TOO_LARGE',
    'TWO_SIGNATURES',
    'UNKNOWN_KEY',
    'UNKNOWN_TRAILER',
    'WEAK_ALGORITHM',
    'WEAK_HASH',
    'WRONG_LIST',
    'accept',
  ]);
});

test('the vectors are those that make.ts writes', async t => {
  const made = await files();
  t.deepEqual(names.sort(), [...made.keys()].sort());
  for (const [name, content] of made) t.is(readFileSync(new URL(name, folder), 'utf8'), content, name);
});
