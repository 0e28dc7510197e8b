// The one framing of requests and answers: the length as an unsigned varint, then that many bytes.
//
//     05 68 65 6c 6c 6f        "hello"
import { RollcallError } from '../base/errors.ts';

/** Four digits of seven bits: 256 MiB, above every limit that callers set. Source: multiformats/unsigned-varint. */
const lengthBytesMax = 4;
/** What a frame's claimed length is worth before its bytes have come: more is allocated only as they do. */
const firstBufferBytes = 16_384;

export function formatFrame(body: Uint8Array): Uint8Array {
  const head: number[] = [];
  let rest = body.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) head.push((rest & 0x7f) | 0x80);
  head.push(rest);
  const frame = new Uint8Array(head.length + body.length);
  frame.set(head);
  frame.set(body, head.length);
  return frame;
}

/** Takes a frame in pieces. */
export class FrameParser {
  readonly #bytesMax: number;
  #length = 0;
  #lengthBytes = 0;
  #body: Uint8Array | undefined;
  #filled = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The body, once it is whole.
   * @throws RollcallError TOO_LARGE, or BAD_FRAME for a sloppy length or bytes behind the frame
   */
  push(piece: Uint8Array): Uint8Array | undefined {
    const read = this.#body ? 0 : this.#readLength(piece);
    if (!this.#body) return undefined;
    this.#append(piece.subarray(read));
    return this.#filled === this.#length ? this.#body.subarray(0, this.#length) : undefined;
  }

  #readLength(piece: Uint8Array): number {
    for (const [index, byte] of piece.entries()) {
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
      if (byte < 0x80) {
        if (byte === 0 && this.#lengthBytes > 1) throw new RollcallError('BAD_FRAME', 'the length is not minimal');
        if (this.#length > this.#bytesMax) {
          throw new RollcallError('TOO_LARGE', `${this.#length} bytes, at most ${this.#bytesMax} are allowed`);
        }
        this.#body = new Uint8Array(Math.min(this.#length, firstBufferBytes));
        return index + 1;
      }
      if (this.#lengthBytes === lengthBytesMax) throw new RollcallError('BAD_FRAME', 'the length is too long');
    }
    return piece.length;
  }

  #append(piece: Uint8Array): void {
    const filled = this.#filled + piece.length;
    if (filled > this.#length) throw new RollcallError('BAD_FRAME', 'bytes follow the frame');
    if (filled > this.#body!.length) {
      const larger = new Uint8Array(Math.min(this.#length, Math.max(filled, this.#body!.length * 2)));
      larger.set(this.#body!.subarray(0, this.#filled));
      this.#body = larger;
    }
    this.#body!.set(piece, this.#filled);
    this.#filled = filled;
  }
}
