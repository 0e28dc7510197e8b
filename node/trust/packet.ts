// OpenPGP packets (RFC 9580, section 4): a tag, a length, a body. Read here only as far as it takes to say what there is,
// before anything is handed to openpgp.js.
import { numberOf } from '../base/encoding.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

export type Packet = { readonly tag: number; readonly body: Uint8Array };

export const packetTags = { signature: 2, secretKey: 5, publicKey: 6, secretSubkey: 7 } as const;

/** Both header forms, definite lengths only: nothing that is signed or kept here is streamed. */
export function parsePackets(bytes: Uint8Array, packetsMax: number): Parsed<Packet[]> {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (packets.length === packetsMax) return fault('BAD_PACKET', 'packets', `are more than ${packetsMax}`);
    const head = headOf(bytes, at);
    if (!head) return fault('BAD_PACKET', `byte ${at}`, 'is no packet of a definite length');
    const end = head.start + head.length;
    if (end > bytes.length) return fault('BAD_PACKET', `byte ${at}`, 'begins a packet that is cut short');
    packets.push({ tag: head.tag, body: bytes.subarray(head.start, end) });
    at = end;
  }
  return parsed(packets);
}

type Head = { readonly tag: number; readonly start: number; readonly length: number };

function headOf(bytes: Uint8Array, at: number): Head | undefined {
  const first = bytes[at]!;
  if (first < 0x80) return undefined;
  if (first >= 0xc0) {
    const size = lengthAt(bytes, at + 1);
    return size && { tag: first & 0x3f, start: size.next, length: size.length };
  }
  const octets = [1, 2, 4][first & 3];
  if (octets === undefined || at + 1 + octets > bytes.length) return undefined;
  const length = numberOf(bytes.subarray(at + 1, at + 1 + octets));
  return { tag: (first >> 2) & 0xf, start: at + 1 + octets, length };
}

/** The length form of new packets and of signature subpackets; undefined when it is cut short or partial. */
export function lengthAt(bytes: Uint8Array, at: number): { length: number; next: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { length: first, next: at + 1 };
  if (first < 224) {
    const second = bytes[at + 1];
    return second === undefined ? undefined : { length: ((first - 192) << 8) + second + 192, next: at + 2 };
  }
  if (first < 255 || at + 5 > bytes.length) return undefined;
  return { length: numberOf(bytes.subarray(at + 1, at + 5)), next: at + 5 };
}
