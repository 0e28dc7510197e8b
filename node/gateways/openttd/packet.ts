// Numbers, little-endian, and texts that end with 00: what OpenTTD's packets are made of. Pure.
import { fromUtf8 } from '../../base/bytes.ts';

export class Reader {
  failed = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint8(): number {
    return this.skip(1)?.readUInt8() ?? 0;
  }

  uint16(): number {
    return this.skip(2)?.readUInt16LE() ?? 0;
  }

  uint32(): number {
    return this.skip(4)?.readUInt32LE() ?? 0;
  }

  text(bytesMax: number): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0 || end - this.#at >= bytesMax) this.failed = true;
    if (this.failed) return '';
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return fromUtf8(bytes) ?? bytes.toString('latin1');
  }

  skip(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.failed = true;
    const bytes = this.failed ? undefined : this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

export class Writer {
  readonly #type: number;
  readonly #parts: Uint8Array[] = [];

  constructor(type: number) {
    this.#type = type;
  }

  uint8(value: number): this {
    return this.bytes([Math.max(0, Math.min(value, 0xff))]);
  }

  uint16(value: number): this {
    return this.bytes([value & 0xff, value >> 8]);
  }

  uint32(value: number): this {
    return this.uint16(value & 0xffff).uint16(value >>> 16);
  }

  /** A NUL within would end it early. */
  text(value: string): this {
    return this.bytes(Buffer.from(`${value.replaceAll('\0', '')}\0`));
  }

  bytes(bytes: Iterable<number>): this {
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }

  body(): Buffer {
    return Buffer.concat(this.#parts);
  }

  packet(): Buffer {
    const body = this.body();
    const length = body.length + 3;
    return Buffer.concat([Buffer.from([length & 0xff, length >> 8, this.#type]), body]);
  }
}
