// Packs for stock git: since the store keeps each object as a pack entry, a pack is entries behind one another.
import { createHash } from 'node:crypto';
import { RollcallError } from '../base/errors.ts';
import type { EntrySource } from './commit-links.ts';
import type { Encoded } from './objects.ts';
import { oidBytes, oidsIn } from './oid-set.ts';

/** `PACK`, version and number of entries. Source: gitformat-pack(5). */
export const packHeadBytes = 12;

/** Objects read at once: at about 400 B each some 100 KB. */
const objectsAtOnce = 256;
/** Small entries are joined into chunks of about this size, so that hashing, framing and sending cost little each. */
const chunkBytes = 64 * 1024;

/** Reads objects one batch after another; in ascending order of their hashes this is how level reads best. */
export async function* storedObjects(store: EntrySource, sortedOids: Uint8Array): AsyncGenerator<Encoded> {
  for (let at = 0; at < sortedOids.length / oidBytes; at += objectsAtOnce) {
    const oids = oidsIn(sortedOids, at, at + objectsAtOnce);
    const entries = await store.getMany('objects', oids);
    for (const [i, oid] of oids.entries()) {
      const entry = entries[i];
      if (entry === undefined) throw new RollcallError('STORE_DAMAGED', `object ${oid} is missing from the store`);
      yield { oid, entry };
    }
  }
}

/** A pack, version 2, without deltas. The last chunk is its checksum, alone. */
export async function* packOf(count: number, objects: AsyncIterable<Encoded>): AsyncGenerator<Uint8Array> {
  const checksum = createHash('sha1');
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(count, 8);
  let parts: Uint8Array[] = [head];
  let bytes = head.length;
  let written = 0;
  const joined = (): Uint8Array => {
    const chunk = Buffer.concat(parts);
    checksum.update(chunk);
    parts = [];
    bytes = 0;
    return chunk;
  };
  for await (const { entry } of objects) {
    parts.push(entry);
    bytes += entry.length;
    written++;
    if (bytes >= chunkBytes) yield joined();
  }
  if (written !== count) throw new Error(`a pack of ${count} objects was given ${written}`);
  if (bytes > 0) yield joined();
  yield checksum.digest();
}
