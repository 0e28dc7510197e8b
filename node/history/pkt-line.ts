// Git's pkt-lines: four hex digits that count themselves and the payload, then the payload.
// Source: https://git-scm.com/docs/protocol-common#_pkt_line_format
import { fault, type Parsed, parsed } from '../base/verdict.ts';

/** A whole pkt-line, its four digits included. */
export const pktLineBytesMax = 65_520;

/** Ends a section: `0000`. */
export const flushPkt: Uint8Array = Buffer.from('0000');

/** `000ehave main\n` for `have main\n`. */
export function formatPktLine(...payload: (string | Uint8Array)[]): Uint8Array {
  const parts = payload.map(part => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  if (length > pktLineBytesMax) throw new RangeError(`a pkt-line of ${length} bytes`);
  return Buffer.concat([Buffer.from(length.toString(16).padStart(4, '0')), ...parts]);
}

/** A text line without its final newline, or null for a flush. */
export type Pkt = string | null;

/** Strict: complete lines of the protocol's version 0, nothing behind them. */
export function parsePktLines(body: Uint8Array): Parsed<Pkt[]> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const lines: Pkt[] = [];
  for (let at = 0; at < bytes.length; ) {
    const digits = bytes.toString('latin1', at, at + 4);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
    // 1 to 3 mean something in version 2 only; an empty line (0004) should not be sent, says the specification.
    if (length !== 0 && (length < 5 || length > pktLineBytesMax)) {
      return fault('BAD_REQUEST', `byte ${at}`, 'is no length of a pkt-line');
    }
    if (at + length > bytes.length) return fault('BAD_REQUEST', `byte ${at}`, 'begins a line that is cut off');
    lines.push(length === 0 ? null : bytes.toString('latin1', at + 4, at + length).replace(/\n$/, ''));
    at += length || 4;
  }
  return parsed(lines);
}
