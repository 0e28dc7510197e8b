import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { fromUtf8, gitHash, sha256Hex, utf8 } from '../base/bytes.ts';
import { tidyText } from '../base/text.ts';
import { armorLines } from './armor.ts';
import { formatMessage, type Message } from './message.ts';
import { formatPayload, type PayloadFields, parseStatement, statementBytesMax, withSignature } from './statement.ts';

const byGit = new Uint8Array(
  readFileSync(new URL('../../test/vectors/statements/keys/stock-git.commit', import.meta.url)),
);
/** No signature, yet bytes of some. */
const armored = armorLines('SIGNATURE', new Uint8Array(70).fill(7)).join('\n');

const person = { name: 'Ada Quist', email: 'ada@example.org', atSeconds: 1_763_600_000, zone: '+0100' };
const fields: PayloadFields = {
  tree: 'e'.repeat(40),
  parents: ['a'.repeat(40), 'b'.repeat(40)],
  author: person,
  committer: { ...person, zone: '-0930' },
  subject: 'rollback 13: bots',
  text: 'They came at night.\n\n  * from one network',
  list: 'test',
  sequence: 13,
  kind: 'rollback',
  records: 'c'.repeat(64),
  previous: 'd'.repeat(64),
  rollbackTo: 'f'.repeat(40),
};

function read(bytes: Uint8Array) {
  const statement = parseStatement(bytes);
  if (!statement.ok) throw new Error(statement.message);
  return statement.value;
}

test('a commit of stock git is read field by field', t => {
  const statement = read(byGit);
  t.like(statement, {
    tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    author: { name: 'Gus Pelt', email: 'gpg@example.org', atSeconds: 1_763_600_000, zone: '+0100' },
    subject: 'checkpoint 12: 1043 servers',
    text: '',
    list: 'vectors',
    sequence: 4,
    kind: 'checkpoint',
    rollbackTo: null,
    oid: gitHash('commit', byGit),
  });
  t.is(statement.parents.length, 1);
  t.is(statement.digest, sha256Hex(statement.payload));
  t.is(statement.bytes, byGit);
});

test('the payload is the commit without its signature, byte for byte', t => {
  const text = fromUtf8(byGit)!;
  const from = text.indexOf('gpgsig ');
  const to = text.indexOf('END PGP SIGNATURE-----\n') + 'END PGP SIGNATURE-----\n'.length;
  t.deepEqual(read(byGit).payload, utf8(text.slice(0, from) + text.slice(to)));
});

test('what is formatted is read back', t => {
  const payload = formatPayload(fields);
  const statement = withSignature(payload, armored);
  t.true(statement.ok);
  if (!statement.ok) return;
  t.like(statement.value, { ...fields });
  t.deepEqual(statement.value.payload, payload);
  t.deepEqual(statement.value.signature, new Uint8Array(70).fill(7));
  t.is(statement.value.message, formatMessage(fields));
});

test('a payload out of bounds is found when its signature is put in', t => {
  for (const [change, code] of [
    [{ sequence: 0 }, 'BAD_TRAILER'],
    [{ sequence: 1.5 }, 'BAD_TRAILER'],
    [{ kind: 'checkpoint' }, 'BAD_TRAILER'],
    [{ subject: 'a\u202eb' }, 'BAD_MESSAGE'],
    [{ text: 'Rollcall-Sequence: 99' }, 'UNKNOWN_TRAILER'],
    [{ author: { ...person, name: 'Ada <eve@example.org>' } }, 'BAD_HEADER'],
    [{ tree: 'HEAD' }, 'BAD_HEADER'],
    [{ text: `${'x'.repeat(900)}\n`.repeat(20).trim() }, 'TOO_LARGE'],
  ] as const) {
    t.like(
      withSignature(formatPayload({ ...fields, ...change }), armored),
      { ok: false, code },
      JSON.stringify(change),
    );
  }
});

test(`${statementBytesMax} bytes are read, one more is not`, t => {
  const text = Array.from({ length: 18 }, () => 'x'.repeat(840)).join('\n');
  const sizeOf = (statement: ReturnType<typeof withSignature>) =>
    statement.ok ? statement.value.bytes.length : undefined;
  const size = sizeOf(withSignature(formatPayload({ ...fields, text }), armored))!;
  const made = (bytes: number) =>
    withSignature(formatPayload({ ...fields, text: `${text}\n${'x'.repeat(bytes - size - 1)}` }), armored);
  const largest = made(statementBytesMax);
  t.is(sizeOf(largest), statementBytesMax, largest.ok ? '' : largest.message);
  t.like(made(statementBytesMax + 1), { ok: false, code: 'TOO_LARGE' });
});

const line = fc.string({ unit: 'grapheme', maxLength: 60 }).map(text => tidyText(text, 60));
const filled = line.filter(text => text !== '' && !/rollcall-|-----/i.test(text));
const digest = fc.nat().map(n => sha256Hex(`${n}`));
const message: fc.Arbitrary<Message> = fc
  .record({
    subject: filled,
    text: fc.array(fc.array(filled, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    list: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    sequence: fc.maxSafeNat().filter(n => n > 0),
    rollback: fc.boolean(),
    records: digest,
    previous: fc.option(digest),
  })
  .map(({ text, rollback, ...rest }) => ({
    ...rest,
    text: text.map(lines => lines.join('\n')).join('\n\n'),
    kind: rollback ? 'rollback' : 'checkpoint',
    rollbackTo: rollback ? 'a'.repeat(40) : null,
  }));

test('whatever is said within bounds, formatting and reading give it back', t => {
  fc.assert(
    fc.property(message, fc.subarray(fields.parents as string[]), (words, parents) => {
      const statement = withSignature(formatPayload({ ...fields, ...words, parents }), armored);
      t.true(statement.ok, statement.ok ? '' : statement.message);
      if (statement.ok) t.like(statement.value, { ...words, parents });
    }),
    { numRuns: 200 },
  );
});
