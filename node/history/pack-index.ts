// The index beside a pack: where each object stands.
import { createHash } from 'node:crypto';
import { oidBytes } from './oid-set.ts';
import { packHeadBytes } from './pack.ts';

/** Offsets from here on stand in a table of their own, eight bytes each. Source: gitformat-pack(5). */
const longOffsetStart = 0x8000_0000;

/** Collects what the index of a pack says, while the pack is written. */
export class PackIndex {
  readonly #oids: Uint8Array;
  readonly #crcs: Uint32Array;
  readonly #offsets: Float64Array;
  #count = 0;
  #offset = packHeadBytes;

  /** `sortedOids`: the objects of the pack, in the order in which their entries will be added. */
  constructor(sortedOids: Uint8Array) {
    this.#oids = sortedOids;
    this.#crcs = new Uint32Array(sortedOids.length / oidBytes);
    this.#offsets = new Float64Array(sortedOids.length / oidBytes);
  }

  /** The next entry: its length and its CRC-32. */
  add(bytes: number, crc: number): void {
    this.#crcs[this.#count] = crc;
    this.#offsets[this.#count] = this.#offset;
    this.#offset += bytes;
    this.#count++;
  }

  /** Version 2: fanout, hashes, CRCs, offsets, long offsets, the pack's checksum and its own. */
  format(packChecksum: Uint8Array): Uint8Array {
    const long = [...this.#offsets.filter(offset => offset >= longOffsetStart)];
    let longAt = 0;
    const parts = [
      Buffer.from('\xfftOc\0\0\0\x02', 'latin1'),
      words(this.#fanout()),
      this.#oids,
      words(this.#crcs),
      words(this.#offsets, offset => (offset < longOffsetStart ? offset : longOffsetStart + longAt++)),
      words(long.flatMap(offset => [Math.floor(offset / 2 ** 32), offset % 2 ** 32])),
      packChecksum,
    ];
    const body = Buffer.concat(parts);
    return Buffer.concat([body, createHash('sha1').update(body).digest()]);
  }

  /** How many objects have a first byte of at most 0, 1, … 255. */
  #fanout(): Uint32Array {
    const counts = new Uint32Array(256);
    for (let at = 0; at < this.#oids.length; at += oidBytes) counts[this.#oids[at]!]! += 1;
    for (let i = 1; i < 256; i++) counts[i]! += counts[i - 1]!;
    return counts;
  }
}

function words(values: ArrayLike<number>, map: (value: number) => number = value => value): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeUInt32BE(map(values[i]!), i * 4);
  return bytes;
}
