import test from 'ava';
import fc from 'fast-check';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { minute } from '../base/time.ts';
import { identityFromSeed } from '../identity/identity.ts';
import {
  formatObservations,
  type ObservedServer,
  observationEntriesMax,
  observationSlices,
  observationsBytesMax,
  observationsForm,
  observed,
  parseObservations,
  verifiedObservations,
} from './observation.ts';
import { signedBytes } from './signed.ts';

const list = 'test';
const signer = identityFromSeed(new Uint8Array(32).fill(9));
const now = 1_763_600_000_123;
const idOf = (i: number): string => i.toString(16).padStart(40, '0');
const silence = { players: null, maxPlayers: null, map: null, version: null, rttMs: null };

const anyText = (graphemesMax: number) => fc.stringMatching(new RegExp(`^[a-zа-я語é"\\\\/.-]{1,${graphemesMax}}$`));
const count = fc.option(fc.nat(100_000));
const anyAnswer = fc.record({
  players: count,
  maxPlayers: count,
  map: fc.option(anyText(64)),
  version: fc.option(anyText(32)),
  rttMs: fc.option(fc.nat(60_000)),
});
const anyEntry: fc.Arbitrary<ObservedServer> = fc
  .tuple(fc.nat(2 ** 31), fc.integer({ min: 0, max: 5 * minute }), fc.option(anyAnswer))
  .map(([id, ageMs, answer]) => ({ server: idOf(id), up: answer !== null, ...(answer ?? silence), at: now - ageMs }));
const anyBatch = fc
  .uniqueArray(anyEntry, { minLength: 1, maxLength: 20, selector: ({ server }) => server })
  .map(entries => observed({ issuedAt: now, entries }, list, signer));

const some = observed(
  {
    issuedAt: now,
    entries: [
      { server: idOf(2), up: false, ...silence, at: now },
      {
        server: idOf(1),
        up: true,
        players: 5,
        maxPlayers: 16,
        map: 'oa_dm1',
        version: null,
        rttMs: 34,
        at: now - 1_000,
      },
    ],
  },
  list,
  signer,
);

const accepted = (bytes: Uint8Array): boolean => {
  const read = parseObservations(bytes);
  return read.ok && verifiedObservations(read.value, bytes, list) !== undefined;
};

test('what is signed is parsed to the same observations and the same bytes, for its own list only', t => {
  fc.assert(
    fc.property(anyBatch, ({ record, bytes }) => {
      const read = parseObservations(bytes);
      t.true(read.ok, read.ok ? '' : read.message);
      if (!read.ok) return;
      t.deepEqual(read.value, record);
      t.deepEqual(formatObservations(read.value), bytes);
      t.deepEqual(verifiedObservations(read.value, bytes, list)?.record, record);
      t.is(verifiedObservations(read.value, bytes, `${list}2`), undefined);
    }),
    { numRuns: 200 },
  );
});

test('entries are brought into order before they are signed', t => {
  t.deepEqual(
    some.record.entries.map(({ server }) => server),
    [idOf(1), idOf(2)],
  );
});

test('what is signed begins with the purpose and the list', t => {
  const { signature: _, ...unsigned } = some.record;
  const expected = `rollcall/observations/1\ntest\n${JSON.stringify(unsigned)}\n`;
  t.is(fromUtf8(signedBytes(observationsForm, some.record, list)), expected);
});

test('observations with any one bit turned are refused', t => {
  t.true(accepted(some.bytes));
  const through: number[] = [];
  for (let bit = 0; bit < some.bytes.length * 8; bit++) {
    const bytes = Uint8Array.from(some.bytes);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    if (accepted(bytes)) through.push(bit);
  }
  t.deepEqual(through, []);
});

test('observations with any bytes put in or taken out are refused, and nothing throws', t => {
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
  const entries = [{ ...some.record.entries[0]!, at: now + 1 }];
  t.throws(() => observed({ issuedAt: now, entries }, list, never), {
    code: 'BAD_TIME',
    message: 'entries[0].at: is later than issuedAt',
  });
  t.throws(() => observed({ issuedAt: now, entries: [] }, list, never), { code: 'BAD_FIELD' });
});

test('any number of entries is cut into batches that can be signed, none lost', t => {
  const long = (i: number): ObservedServer => ({
    ...some.record.entries[0]!,
    server: idOf(i),
    map: '語'.repeat(i % 65) || null,
    version: 'é'.repeat(32),
  });
  const entries = Array.from({ length: 730 }, (_, i) => long(i));
  const slices = observationSlices(entries);
  t.deepEqual(slices.flat(), entries);
  t.true(slices.every(slice => slice.length <= observationEntriesMax));
  for (const slice of slices) {
    t.true(observed({ issuedAt: now, entries: slice }, list, signer).bytes.length <= observationsBytesMax);
  }
  t.deepEqual(observationSlices([]), []);
});
