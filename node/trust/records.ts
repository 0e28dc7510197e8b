// The records digest of a statement: SHA-256 over the list's announcements, byte for byte, in the order of their paths. SHA-1,
// by which git names things, is not what a list is trusted by.
import { createHash } from 'node:crypto';
import { RollcallError } from '../base/errors.ts';

/** Each announcement ends in a newline, so nothing has to stand between two of them. Takes a list in pieces. */
export class RecordsDigest {
  readonly #hash = createHash('sha256');
  #last = '';

  /** Ids in ascending order: a path is made of the digits of its id, so both orders are one. */
  add(id: string, bytes: Uint8Array): void {
    if (id <= this.#last) throw new RollcallError('OUT_OF_ORDER', `record ${id} after ${this.#last}`);
    this.#last = id;
    this.#hash.update(bytes);
  }

  /** In hex, as in `Rollcall-Records`. Nothing can be added afterwards. */
  value(): string {
    return this.#hash.digest('hex');
  }
}
