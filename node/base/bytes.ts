// Bytes, their text forms and their hashes.
import { hash } from 'node:crypto';

export { fromUtf8, isOid, utf8 } from './encoding.ts';

export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
export const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
export const base64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');

/** The same bytes with a Buffer's methods; what comes from level is one already. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** All of the digest, or its first bytes: a slice of the text would keep the whole of it in memory. */
export function sha256Hex(data: Uint8Array | string, bytes = 32): string {
  // Copied by way of a buffer that is there: one of its own for each digest would be 400 bytes of garbage.
  digest.write(hash('sha256', data, 'hex'), 'latin1');
  return digest.toString('latin1', 0, 2 * bytes);
}

/** Of SHA-256, in hex. */
const digest = Buffer.allocUnsafeSlow(64);

/** The id that git gives an object: SHA-1 over `<type> <length>\0` and the body, in lower-case hex. */
export function gitHash(type: 'blob' | 'tree' | 'commit', body: Uint8Array): string {
  // In one call: a Hash object would hold native memory until it is collected, at start for each server of the list.
  const head = `${type} ${body.length}\0`;
  const length = head.length + body.length;
  const bytes = length <= workspaceBytes ? workspace.first(length) : Buffer.allocUnsafe(length);
  bytes.write(head, 0, 'latin1');
  bytes.set(body, head.length);
  return hash('sha1', bytes, 'hex');
}

/**
 * Memory that is used again and again, with a view of each length that was asked for: a view that is made for one use is
 * 100 bytes of garbage, and takes longer to collect than other garbage. All that there can be take 100 times as much.
 */
export class Workspace {
  readonly #bytes: Buffer;
  readonly #views: (Buffer | undefined)[];

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
    this.#views = new Array<Buffer | undefined>(bytes + 1).fill(undefined);
  }

  /** The first bytes, with whatever was left there. */
  first(length: number): Buffer {
    this.#views[length] ??= this.#bytes.subarray(0, length);
    return this.#views[length];
  }
}

/** An announcement and most trees, so that hashing them leaves no garbage. */
const workspaceBytes = 4_096;
const workspace = new Workspace(workspaceBytes);
