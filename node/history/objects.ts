// Git objects as this store keeps them: each one is its own pack entry (type and size, then the zlib-deflated body),
// so that packs and bundles for stock git are made by copying. Streams of trees and announcements are stored blocks.
import { deflateSync, inflateSync } from 'node:zlib';
import { gitHash } from '../base/bytes.ts';
import { damaged } from './damaged.ts';

export type ObjectType = 'commit' | 'tree' | 'blob';
export type GitObject = { readonly type: ObjectType; readonly body: Uint8Array };
/** An object with its hash and its stored form. */
export type Encoded = { readonly oid: string; readonly entry: Uint8Array };

/** No object that this node writes comes near it: a commit message of 1,000 lines is 200 KB. */
export const objectBytesMax = 4 * 1024 * 1024;

export function encodeObject(type: ObjectType, body: Uint8Array): Encoded {
  return { oid: gitHash(type, body), entry: packEntry(type, body) };
}

/** A pack entry: three bits of type, the size in groups of 4, 7, 7 … bits, then zlib. Source: gitformat-pack(5). */
export const packEntry = (type: ObjectType, body: Uint8Array): Uint8Array =>
  Buffer.concat([entryHead(type, body.length), deflated(type, body)]);

/** The shortest: git refuses one that goes on and on. */
export function entryHead(type: ObjectType, bytes: number): Uint8Array {
  const head: number[] = [];
  let byte = (typeNumbers[type] << 4) | (bytes & 15);
  for (let rest = Math.floor(bytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head.push(byte | 128);
    byte = rest & 127;
  }
  head.push(byte);
  return Uint8Array.from(head);
}

/** @throws RollcallError STORE_DAMAGED when the entry is not what `packEntry` wrote, or its body is larger than allowed */
export function readEntry(entry: Uint8Array): GitObject {
  const type = numberTypes.get(((entry[0] ?? 0) >> 4) & 7);
  let size = (entry[0] ?? 0) & 15;
  let at = 1;
  for (let scale = 16; (entry[at - 1] ?? 0) & 128; scale *= 128) size += (entry[at++]! & 127) * scale;
  if (type === undefined || size > objectBytesMax) throw damaged('an object has no valid head');
  const asIs = storedBody(entry, at, size);
  if (asIs) return { type, body: asIs };
  const { body, read } = inflated(entry.subarray(at), size + 1);
  if (body.length !== size) throw damaged(`an object holds ${body.length} bytes instead of ${size}`);
  // Packs are made by copying entries: what follows would spoil them.
  if (at + read !== entry.length) throw damaged('an object has something behind it');
  return { type, body };
}

/** Without it each object would take, and keep as long as it is held, Node's usual 16 KiB. Fewer than 64 bytes Node refuses. */
const chunkSizeFor = (bytes: number): number => Math.max(bytes, 64);

/** As large as announcements are: setting up zlib takes ten times as long as copying one, to save a third of it (ADR 0023). */
const storedBlobBytesMax = 2_048;

/** Trees are mostly hashes. What is left to deflate are commits and what statements bring. */
function deflated(type: ObjectType, body: Uint8Array): Uint8Array {
  if (type === 'tree' || (type === 'blob' && body.length <= storedBlobBytesMax)) return asStored(body);
  return deflateSync(body, { windowBits: 12, memLevel: 5, chunkSize: chunkSizeFor(body.length + 32) });
}

/** zlib's head, the head of a block, and the checksum. Source: RFC 1950, RFC 1951 section 3.2.4. */
const [zlibHeadBytes, blockHeadBytes, checksumBytes] = [2, 5, 4];
const onlyStoredBlock = 1;
/** A window of 32 KiB, fastest: any reader takes it. */
const zlibHead = 0x7801;
const blockBytesMax = 0xffff;

/** A zlib stream of blocks that are stored as they are; one for all but the largest trees. */
function asStored(body: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(body.length / blockBytesMax));
  const stream = Buffer.allocUnsafe(zlibHeadBytes + blocks * blockHeadBytes + body.length + checksumBytes);
  let at = stream.writeUInt16BE(zlibHead);
  for (let from = 0, left = blocks; left > 0; left--) {
    const part = body.subarray(from, from + blockBytesMax);
    at = stream.writeUInt8(left === 1 ? onlyStoredBlock : 0, at);
    at = stream.writeUInt16LE(part.length, at);
    at = stream.writeUInt16LE(part.length ^ blockBytesMax, at);
    stream.set(part, at);
    at += part.length;
    from += part.length;
  }
  stream.writeUInt32BE(adler32(body), at);
  return stream;
}

/**
 * The body of a stream that is one stored block, as those of trees and announcements are. Undefined for any other, sound or not: zlib will tell.
 * A comparison reads tens of thousands: the body is the only view that is made.
 */
function storedBody(entry: Uint8Array, at: number, size: number): Uint8Array | undefined {
  const block = at + zlibHeadBytes;
  const from = block + blockHeadBytes;
  const end = from + size;
  if (entry.length !== end + checksumBytes || entry[block] !== onlyStoredBlock) return undefined;
  const byte = (i: number): number => entry[i]!;
  const head = byte(at) * 256 + byte(at + 1);
  // The lower byte first, as in all of deflate.
  const length = byte(block + 1) + byte(block + 2) * 256;
  const inverse = byte(block + 3) + byte(block + 4) * 256;
  // Deflate, no preset dictionary, and the check bits of both heads.
  const isSound = (head & 0x0f20) === 0x0800 && head % 31 === 0;
  if (!isSound || length !== size || inverse !== (length ^ 0xffff)) return undefined;
  const sum = ((byte(end) << 24) | (byte(end + 1) << 16) | (byte(end + 2) << 8) | byte(end + 3)) >>> 0;
  const body = entry.subarray(from, end);
  return adler32(body) === sum ? body : undefined;
}

/** Bytes whose sums stay below 2^32 before they are reduced. Source: RFC 1950, section 9. */
const adlerSliceBytes = 5_552;

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; at += adlerSliceBytes) {
    const end = Math.min(at + adlerSliceBytes, bytes.length);
    for (let i = at; i < end; i++) b += a += bytes[i]!;
    a %= 65_521;
    b %= 65_521;
  }
  return b * 65_536 + a;
}

/** `read` is how many of the bytes the stream took. */
function inflated(bytes: Uint8Array, maxOutputLength: number): { body: Uint8Array; read: number } {
  try {
    // The types of Node do not know what `info` does.
    const result = inflateSync(bytes, {
      maxOutputLength,
      chunkSize: chunkSizeFor(maxOutputLength),
      info: true,
    }) as unknown as Info;
    return { body: result.buffer, read: result.engine.bytesWritten };
  } catch {
    throw damaged('an object cannot be inflated');
  }
}

type Info = { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };

const typeNumbers: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3 };
const numberTypes = new Map<number, ObjectType>([
  [1, 'commit'],
  [2, 'tree'],
  [3, 'blob'],
]);
