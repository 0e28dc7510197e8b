// A gossip message on the announcements topic: blobs one behind another, each after its length.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { announcementBytesMax } from '../records/announcement.ts';

/** Batches of 10 to 50 keep the delay low, and 60 of the largest fit a gossip message of 128 KiB. */
export const batchItemsMax = 60;
export const batchBytesOf = (items: number): number => items * (announcementBytesMax + 2);

/** Each blob as `<length, 2 bytes, big endian><blob>`. */
export function formatBatch(blobs: readonly Uint8Array[]): Uint8Array {
  const batch = Buffer.alloc(blobs.reduce((sum, blob) => sum + 2 + blob.length, 0));
  let at = 0;
  for (const blob of blobs) {
    at = batch.writeUInt16BE(blob.length, at);
    batch.set(blob, at);
    at += blob.length;
  }
  return batch;
}

/** Strict: at least one blob, none empty or too large, no byte left over. The blobs are parts of `data`: who keeps one keeps all of it. */
export function parseBatch(data: Uint8Array, itemsMax = batchItemsMax): Parsed<Uint8Array[]> {
  if (data.length > batchBytesOf(itemsMax)) return fault('BATCH_TOO_LARGE', 'batch', `has ${data.length} bytes`);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const blobs: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0;
    if (length === 0 || length > announcementBytesMax)
      return fault('BAD_BATCH', `byte ${at}`, 'is no length of an announcement');
    if (at + 2 + length > bytes.length) return fault('BAD_BATCH', `byte ${at}`, 'promises more than is there');
    if (blobs.length === itemsMax) return fault('BAD_BATCH', `byte ${at}`, `is past the ${itemsMax}th announcement`);
    blobs.push(new Uint8Array(data.buffer, data.byteOffset + at + 2, length));
    at += 2 + length;
  }
  return blobs.length > 0 ? parsed(blobs) : fault('BAD_BATCH', 'batch', 'is empty');
}
