import test from 'ava';
import fc from 'fast-check';
import { announcementBytesMax } from '../records/announcement.ts';
import { batchBytesOf, batchItemsMax, formatBatch, parseBatch } from './batch.ts';

const blob = fc.uint8Array({ minLength: 1, maxLength: announcementBytesMax });

test('parsing what was formatted gives the blobs back', t => {
  fc.assert(
    fc.property(fc.array(blob, { minLength: 1, maxLength: batchItemsMax }), blobs => {
      t.deepEqual(parseBatch(formatBatch(blobs)), { ok: true, value: blobs });
    }),
    { numRuns: 50 },
  );
});

test('bytes that were not formatted here are refused or read back to the same bytes', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const batch = parseBatch(bytes);
      if (batch.ok) t.deepEqual(new Uint8Array(formatBatch(batch.value)), bytes);
      else t.regex(batch.code, /^BAD_BATCH$/);
    }),
    { numRuns: 1_000 },
  );
});

for (const [title, bytes, code] of [
  ['is empty', new Uint8Array(), 'BAD_BATCH'],
  ['has one byte', Uint8Array.of(0), 'BAD_BATCH'],
  ['holds an empty announcement', Uint8Array.of(0, 0), 'BAD_BATCH'],
  ['holds an announcement over the limit', formatBatch([new Uint8Array(announcementBytesMax + 1)]), 'BAD_BATCH'],
  ['promises more than is there', Uint8Array.of(0, 2, 1), 'BAD_BATCH'],
  [
    'holds one announcement too many',
    formatBatch(Array.from({ length: batchItemsMax + 1 }, () => Uint8Array.of(1))),
    'BAD_BATCH',
  ],
  ['is too large as a whole', new Uint8Array(batchBytesOf(batchItemsMax) + 1), 'BATCH_TOO_LARGE'],
] as const) {
  test(`a batch that ${title} is refused`, t => {
    t.like(parseBatch(bytes), { ok: false, code });
  });
}
