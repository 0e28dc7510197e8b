// What differs between two trees of servers: only subtrees whose hashes differ are read, all of one depth in one go.
import type { Announcement } from '../records/announcement.ts';
import { type ObjectSource, readAnnouncements, readTrees } from './source.ts';
import { emptyTree, type TreeEntry } from './tree.ts';

/** Blob hashes of one server on either side. */
export type BlobDiff = { readonly id: string; readonly before: string | undefined; readonly after: string | undefined };

export type ServerDiff = {
  readonly id: string;
  readonly before: Announcement | undefined;
  readonly after: Announcement | undefined;
};

/** Objects read in one go: 1,000 blobs inflate in about 15 ms. */
const batchMax = 1_000;

/** Servers whose blobs differ, by id. Takes hashes of `servers/` trees. */
export async function diffTrees(source: ObjectSource, before: string, after: string): Promise<BlobDiff[]> {
  let pairs: [before: string, after: string][] = before === after ? [] : [[before, after]];
  const diffs: BlobDiff[] = [];
  while (pairs.length > 0) {
    const next: typeof pairs = [];
    for (const batch of batches(pairs, batchMax)) {
      const trees = await readTrees(
        source,
        batch.flat().filter(oid => oid !== emptyTree),
      );
      for (const pair of batch) {
        const [left, right] = pair.map(oid => (oid === emptyTree ? [] : trees.shift()!)) as [TreeEntry[], TreeEntry[]];
        for (const [name, a, b] of entriesThatDiffer(left, right)) {
          if ((a ?? b)!.mode === '40000') next.push([a?.oid ?? emptyTree, b?.oid ?? emptyTree]);
          else diffs.push({ id: name.slice(0, -'.json'.length), before: a?.oid, after: b?.oid });
        }
      }
    }
    pairs = next;
  }
  return diffs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The same with the announcements themselves. */
export async function diffServers(source: ObjectSource, before: string, after: string): Promise<ServerDiff[]> {
  const diffs: ServerDiff[] = [];
  for (const batch of batches(await diffTrees(source, before, after), batchMax)) {
    const oids = batch.flatMap(({ before, after }) => [before, after].filter(oid => oid !== undefined));
    const announcements = await readAnnouncements(source, oids);
    for (const { id, before, after } of batch) {
      diffs.push({ id, before: before && announcements.shift(), after: after && announcements.shift() } as ServerDiff);
    }
  }
  return diffs;
}

export function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

function* entriesThatDiffer(
  left: readonly TreeEntry[],
  right: readonly TreeEntry[],
): Generator<[name: string, TreeEntry | undefined, TreeEntry | undefined]> {
  const others = new Map(right.map(entry => [entry.name, entry]));
  for (const entry of left) {
    const other = others.get(entry.name);
    others.delete(entry.name);
    if (other?.oid !== entry.oid) yield [entry.name, entry, other];
  }
  for (const other of others.values()) yield [other.name, undefined, other];
}
