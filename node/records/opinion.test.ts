import test from 'ava';
import fc from 'fast-check';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import { identityFromSeed } from '../identity/identity.ts';
import {
  formatOpinions,
  type Opinion,
  opined,
  opinionEntriesMax,
  opinionsBytesMax,
  opinionsForm,
  parseOpinions,
  verifiedOpinions,
} from './opinion.ts';
import { signedBytes } from './signed.ts';

const list = 'test';
const signer = identityFromSeed(new Uint8Array(32).fill(9));
const peers = Array.from({ length: 20 }, (_, i) => identityFromSeed(new Uint8Array(32).fill(i + 20)).peerId);
const now = 1_763_600_000_123;

const anyOpinion = (subject: string): fc.Arbitrary<Opinion> =>
  fc.record({
    subject: fc.constant(subject),
    kind: fc.constantFrom('server', 'player'),
    value: fc
      .integer({ min: -100, max: 100 })
      .filter(hundredths => hundredths !== 0)
      .map(hundredths => hundredths / 100),
    reasons: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), fc.integer({ min: 1, max: 1_000 }), {
      maxKeys: 8,
      noNullPrototype: true,
    }),
  });
const anyBatch = fc
  .subarray(peers, { minLength: 1 })
  .chain(subjects => fc.tuple(...subjects.map(anyOpinion)))
  .map(entries => opined({ issuedAt: now, expiresAt: now + day, entries }, list, signer));

const kick = { subject: peers[0]!, kind: 'player', value: -0.38, reasons: { 'team-kill-kick': 1 } } as const;
const some = opined({ issuedAt: now, expiresAt: now + day, entries: [kick] }, list, signer);

const accepted = (bytes: Uint8Array): boolean => {
  const read = parseOpinions(bytes);
  return read.ok && verifiedOpinions(read.value, bytes, list) !== undefined;
};

test('what is signed is parsed to the same opinions and the same bytes, for its own list only', t => {
  fc.assert(
    fc.property(anyBatch, ({ record, bytes }) => {
      const read = parseOpinions(bytes);
      t.true(read.ok, read.ok ? '' : read.message);
      if (!read.ok) return;
      t.deepEqual(read.value, record);
      t.deepEqual(formatOpinions(read.value), bytes);
      t.deepEqual(verifiedOpinions(read.value, bytes, list)?.record, record);
      t.is(verifiedOpinions(read.value, bytes, `${list}2`), undefined);
    }),
    { numRuns: 200 },
  );
});

test('what is signed begins with the purpose and the list', t => {
  const { signature: _, ...unsigned } = some.record;
  const expected = `rollcall/opinions/1\ntest\n${JSON.stringify(unsigned)}\n`;
  t.is(fromUtf8(signedBytes(opinionsForm, some.record, list)), expected);
});

test('opinions with any one bit turned are refused', t => {
  t.true(accepted(some.bytes));
  const through: number[] = [];
  for (let bit = 0; bit < some.bytes.length * 8; bit++) {
    const bytes = Uint8Array.from(some.bytes);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    if (accepted(bytes)) through.push(bit);
  }
  t.deepEqual(through, []);
});

test('opinions with any bytes put in or taken out are refused, and nothing throws', t => {
  const put = fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(' ', '\n', '\\', '"', ',', '0').map(utf8));
  fc.assert(
    fc.property(anyBatch, fc.nat(), put, fc.nat(2), ({ bytes }, place, put, gone) => {
      const at = place % (bytes.length + 1);
      const changed = Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + gone)]);
      t.is(accepted(changed), Buffer.compare(bytes, changed) === 0);
    }),
    { numRuns: 500 },
  );
});

test('fields out of bounds are refused before anything is signed', t => {
  const never = { peerId: signer.peerId, sign: () => t.fail() as never };
  const times = { issuedAt: now, expiresAt: now + day };
  for (const [entry, field] of [
    [{ ...kick, value: 0 }, 'value'],
    [{ ...kick, value: 0.001 }, 'value'],
    [{ ...kick, value: Number.NaN }, 'value'],
    [{ ...kick, subject: signer.peerId }, 'subject'],
  ] as const) {
    t.throws(() => opined({ ...times, entries: [entry] }, list, never), {
      code: 'BAD_FIELD',
      message: new RegExp(`^entries\\[0\\]\\.${field}: `),
    });
  }
  t.throws(() => opined({ ...times, expiresAt: now + day + 1, entries: [kick] }, list, never), {
    code: 'BAD_LIFETIME',
  });
});

test('entries that are sound one by one yet too large together are refused', t => {
  const reasons = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${'a'.repeat(39)}${i}`, 1_000]));
  const entries = Array.from({ length: opinionEntriesMax }, (_, i) => {
    const seed = new Uint8Array(32).fill(7);
    seed[0] = i;
    return { ...kick, subject: identityFromSeed(seed).peerId, reasons };
  });
  t.throws(() => opined({ issuedAt: now, expiresAt: now + day, entries }, list, signer), {
    code: 'TOO_LARGE',
    message: new RegExp(`at most ${opinionsBytesMax} are allowed`),
  });
});
