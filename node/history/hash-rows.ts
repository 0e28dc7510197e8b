// Hashes side by side, as bytes: what is noted beside commits is tables of them.
import { oidBytes } from './oid-set.ts';

/** Writes hashes of 40 digits one after another; gives where the next would begin. */
export function writeHashes(table: Buffer, at: number, ...hashes: readonly string[]): number {
  for (const hash of hashes) at += table.write(hash, at, 'hex');
  return at;
}

export function formatHashes(hashes: ReadonlySet<string>): Buffer {
  const table = Buffer.allocUnsafe(hashes.size * oidBytes);
  let at = 0;
  for (const hash of hashes) at = writeHashes(table, at, hash);
  return table;
}

export const hashAt = (table: Buffer, at: number): string => table.toString('hex', at, at + oidBytes);

/** The order of two hashes, each in a table: below 0 when the left one comes first. */
export const compareHashes = (left: Buffer, a: number, right: Buffer, b: number): number =>
  left.compare(right, b, b + oidBytes, a, a + oidBytes);
