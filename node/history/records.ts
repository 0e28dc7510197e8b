// The announcements of a tree in path order, and the digest by which a statement vouches for them.
import { RecordsDigest } from '../trust/records.ts';
import { batches } from './diff.ts';
import { type ObjectSource, readBodies, readTrees } from './source.ts';
import { emptyTree } from './tree.ts';

/** Trees and blobs read in one go. */
const sliceMax = 500;

/** Blob of each server in a `servers/` tree, in path order. @throws RollcallError STORE_DAMAGED */
export async function blobsOf(source: ObjectSource, servers: string): Promise<Map<string, string>> {
  const blobs = new Map<string, string>();
  for (let level = servers === emptyTree ? [] : [servers]; level.length > 0; ) {
    const next: string[] = [];
    for (const batch of batches(level, sliceMax)) {
      for (const { mode, name, oid } of (await readTrees(source, batch)).flat()) {
        if (mode === '40000') next.push(oid);
        else blobs.set(name.slice(0, -'.json'.length), oid);
      }
    }
    level = next;
  }
  return blobs;
}

/** Hex, without its algorithm. @throws RollcallError STORE_DAMAGED */
export async function recordsOf(source: ObjectSource, servers: string): Promise<string> {
  const digest = new RecordsDigest();
  for (const batch of batches([...(await blobsOf(source, servers))], sliceMax)) {
    const bodies = await readBodies(
      source,
      batch.map(([, oid]) => oid),
      'blob',
    );
    for (const [i, [id]] of batch.entries()) digest.add(id, bodies[i]!);
  }
  return digest.value();
}
