// A set of object hashes for walks over a whole history: about 40 bytes a hash, where a Set of strings takes 100.
import { RollcallError } from '../base/errors.ts';

/** SHA-1. */
export const oidBytes = 20;
/** Compared as words, a hash takes a tenth of the time that `Buffer.compare` takes. */
const oidWords = oidBytes / 4;
/** What one clone may carry: 320 MB of hashes. A list of 10,000 servers grows by about 100,000 objects a day. */
export const oidsMax = 8_000_000;

/** How many hashes fit before the first growth; a power of two. */
const capacityStart = 1_024;

/** Open addressing over SHA-1 itself, which needs no further mixing. At most half of the slots are taken. */
export class OidSet {
  #words = new Uint32Array(capacityStart * oidWords);
  /** The same memory as bytes. */
  #oids = Buffer.from(this.#words.buffer);
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
    this.#oids.write(oid, this.#size * oidBytes, oidBytes, 'hex');
    const slot = this.#slotOf(this.#size);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = ++this.#size;
    return true;
  }

  /** When it was added, counted from 0; undefined when it is not there. */
  placeOf(oid: string): number | undefined {
    if (this.#size * 2 === this.#slots.length) this.#grow();
    this.#oids.write(oid, this.#size * oidBytes, oidBytes, 'hex');
    const held = this.#slots[this.#slotOf(this.#size)]!;
    return held === 0 ? undefined : held - 1;
  }

  /** The hash that was added at a place. */
  at(place: number): string {
    return this.#oids.toString('hex', place * oidBytes, (place + 1) * oidBytes);
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

  /** The slot of the hash at a place, or the free one that is for it. */
  #slotOf(place: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#words[place * oidWords]! & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot]!;
      if (held === 0 || this.#same(held - 1, place)) return slot;
    }
  }

  #same(a: number, b: number): boolean {
    for (let i = 0; i < oidWords; i++) {
      if (this.#words[a * oidWords + i] !== this.#words[b * oidWords + i]) return false;
    }
    return true;
  }

  #grow(): void {
    if (this.#size >= oidsMax) {
      throw new RollcallError('TOO_LARGE', `more than ${oidsMax} objects are asked for at once`, {
        remedy: 'ask for less of the history, such as git clone --depth 1000',
      });
    }
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#oids = Buffer.from(words.buffer);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let i = 0; i < this.#size; i++) this.#slots[this.#slotOf(i)] = i + 1;
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

/** Whether sorted hashes, as `OidSet.sorted` gives them, hold one. */
export function holds(sorted: Uint8Array, oid: string): boolean {
  const wanted = Buffer.from(oid, 'hex');
  let low = 0;
  let high = sorted.length / oidBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = wanted.compare(sorted, middle * oidBytes, (middle + 1) * oidBytes);
    if (order === 0) return true;
    if (order > 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
