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
  #isLengthWhole = false;
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
    const { used, body } = this.take(piece);
    if (used < piece.length) throw new RollcallError('BAD_FRAME', 'bytes follow the frame');
    return body;
  }

  /**
   * How much of the piece belongs to the frame, and the body, once it is whole: a part of the piece, if it came with it alone.
   * @throws RollcallError TOO_LARGE, or BAD_FRAME for a sloppy length
   */
  take(piece: Uint8Array): { readonly used: number; readonly body: Uint8Array | undefined } {
    const read = this.#isLengthWhole ? 0 : this.#readLength(piece);
    if (!this.#isLengthWhole) return { used: read, body: undefined };
    const used = Math.min(piece.length, read + this.#length - this.#filled);
    const part = piece.subarray(read, used);
    if (part.length === this.#length) return { used, body: part };
    this.#append(part);
    return { used, body: this.#filled === this.#length ? this.#body : undefined };
  }

  #readLength(piece: Uint8Array): number {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at]!;
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
      if (byte < 0x80) {
        if (byte === 0 && this.#lengthBytes > 1) throw new RollcallError('BAD_FRAME', 'the length is not minimal');
        if (this.#length > this.#bytesMax) {
          throw new RollcallError('TOO_LARGE', `${this.#length} bytes, at most ${this.#bytesMax} are allowed`);
        }
        this.#isLengthWhole = true;
        return at + 1;
      }
      if (this.#lengthBytes === lengthBytesMax) throw new RollcallError('BAD_FRAME', 'the length is too long');
    }
    return piece.length;
  }

  #append(part: Uint8Array): void {
    const filled = this.#filled + part.length;
    const room = this.#body?.length ?? firstBufferBytes / 2;
    if (!this.#body || filled > room) {
      const larger = new Uint8Array(Math.min(this.#length, Math.max(filled, room * 2)));
      if (this.#body) larger.set(this.#body.subarray(0, this.#filled));
      this.#body = larger;
    }
    this.#body.set(part, this.#filled);
    this.#filled = filled;
  }
}

/** Takes frames one behind another, in pieces. */
export class FramesParser {
  readonly #bytesMax: number;
  #next: FrameParser;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#next = new FrameParser(bytesMax);
  }

  /**
   * The bodies that are whole with this piece.
   * @throws RollcallError TOO_LARGE or BAD_FRAME, where nothing more can be read
   */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    for (let rest = piece; rest.length > 0; ) {
      const { used, body } = this.#next.take(rest);
      rest = rest.subarray(used);
      if (!body) continue;
      this.#next = new FrameParser(this.#bytesMax);
      yield body;
    }
  }
}
