// A set of object hashes for walks over a whole history: about 40 bytes a hash, where a Set of strings takes 100.
import { RollcallError } from '../base/errors.ts';

/** SHA-1. */
export const oidBytes = 20;
/** What one clone may carry: 320 MB of hashes. A list of 10,000 servers grows by about 100,000 objects a day (FACTS, section 3). */
export const oidsMax = 8_000_000;

/** How many hashes fit before the first growth; a power of two. */
const capacityStart = 1_024;

/** Open addressing over SHA-1 itself, which needs no further mixing. At most half of the slots are taken. */
export class OidSet {
  #oids = Buffer.allocUnsafe(capacityStart * oidBytes);
  /** One more than the hash's place in `#oids`; 0 is free. */
  #slots = new Uint32Array(capacityStart * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Whether `oid` is new.
   * @throws RollcallError TOO_LARGE past `oidsMax`
   */
  add(oid: string): boolean {
    if (this.#size * 2 === this.#slots.length) this.#grow();
    // Written where it will stand if it is new.
    const at = this.#size * oidBytes;
    this.#oids.write(oid, at, oidBytes, 'hex');
    const slot = this.#slotOf(at);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = ++this.#size;
    return true;
  }

  /** All hashes in ascending order, `oidBytes` each. */
  sorted(): Uint8Array {
    const ends = new Uint32Array(bucketCount + 1);
    for (let i = 0; i < this.#size; i++) ends[this.#oids.readUInt16BE(i * oidBytes)]! += 1;
    for (let i = 1; i <= bucketCount; i++) ends[i]! += ends[i - 1]!;
    const starts = ends.slice();
    const sorted = Buffer.allocUnsafe(this.#size * oidBytes);
    for (let at = 0; at < this.#size * oidBytes; at += oidBytes) {
      const place = --starts[this.#oids.readUInt16BE(at)]!;
      this.#oids.copy(sorted, place * oidBytes, at, at + oidBytes);
    }
    for (let i = 0; i < bucketCount; i++) {
      if (ends[i]! - starts[i]! > 1) sortRows(sorted.subarray(starts[i]! * oidBytes, ends[i]! * oidBytes));
    }
    return sorted;
  }

  #slotOf(at: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#oids.readUInt32LE(at) & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot]!;
      if (held === 0) return slot;
      const start = (held - 1) * oidBytes;
      if (this.#oids.compare(this.#oids, at, at + oidBytes, start, start + oidBytes) === 0) return slot;
    }
  }

  #grow(): void {
    if (this.#size >= oidsMax) {
      throw new RollcallError('TOO_LARGE', `more than ${oidsMax} objects are asked for at once`, {
        remedy: 'ask for less of the history, such as git clone --depth 1000',
      });
    }
    const oids = Buffer.allocUnsafe(this.#oids.length * 2);
    this.#oids.copy(oids);
    this.#oids = oids;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let i = 0; i < this.#size; i++) this.#slots[this.#slotOf(i * oidBytes)] = i + 1;
  }
}

/** Hashes `from` to `to` (places, not bytes) of a sorted list, in hex. */
export function oidsIn(sorted: Uint8Array, from: number, to: number): string[] {
  const bytes = Buffer.from(sorted.buffer, sorted.byteOffset, sorted.length);
  const oids: string[] = [];
  for (let at = from * oidBytes; at < Math.min(to * oidBytes, bytes.length); at += oidBytes) {
    oids.push(bytes.toString('hex', at, at + oidBytes));
  }
  return oids;
}

/** Hashes are first dealt out by their first two bytes: a million gives 15 a bucket. */
const bucketCount = 65_536;

function sortRows(rows: Buffer): void {
  const list: Buffer[] = [];
  for (let at = 0; at < rows.length; at += oidBytes) list.push(rows.subarray(at, at + oidBytes));
  rows.set(Buffer.concat(list.sort(Buffer.compare)));
}
