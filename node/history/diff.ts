// What differs between two trees of servers: only subtrees whose hashes differ are read, all of one depth in one go.
import { setImmediate as pause } from 'node:timers/promises';
import { asBuffer } from '../base/bytes.ts';
import { damaged } from './damaged.ts';
import { isRenewal, readSides, type Side, type Sides } from './sides.ts';
import { type ObjectSource, readBodies } from './source.ts';
import { emptyTree } from './tree.ts';
import { compareTrees } from './tree-bytes.ts';

/** Blob hashes of one server on either side. */
export type BlobDiff = {
  readonly id: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** It is known that only times moved, or that it was and is withdrawn: nothing that people are told of. */
  readonly isRenewal?: boolean;
};

export type ServerDiff = Sides & { readonly id: string };

/**
 * Servers or trees compared in one go, with two objects each. Objects lie in the order of their hashes, so each batch goes through
 * the whole store. 10 MB of announcements as a rule and 32 at most, and as much is being read meanwhile.
 */
const batchMax = 8_192;
/** Trees or announcements compared before the event loop gets a turn: 20 ms at 100,000 servers. */
const turnMax = 512;

/** Servers whose blobs differ, by id. Takes hashes of `servers/` trees. @throws RollcallError STORE_DAMAGED */
export async function diffTrees(source: ObjectSource, before: string, after: string): Promise<BlobDiff[]> {
  type Pair = readonly [before: string, after: string];
  let pairs: Pair[] = before === after ? [] : [[before, after]];
  const diffs: BlobDiff[] = [];
  const read = (batch: readonly Pair[]) =>
    readBodies(
      source,
      batch.flat().filter(oid => oid !== emptyTree),
      'tree',
    );
  while (pairs.length > 0) {
    const next: Pair[] = [];
    for await (const [batch, bodies] of readAhead(pairs, read)) {
      let at = 0;
      for (const [i, pair] of batch.entries()) {
        if (i > 0 && i % turnMax === 0) await pause();
        const [left, right] = pair.map(oid => (oid === emptyTree ? noEntries : asBuffer(bodies[at++]!)));
        compareTrees(left!, right!, (a, b) => {
          const { name, isTree } = (a ?? b)!;
          if (isTree) next.push([a?.oid ?? emptyTree, b?.oid ?? emptyTree]);
          else diffs.push({ id: name.slice(0, -'.json'.length), before: a?.oid, after: b?.oid });
        });
      }
    }
    pairs = next;
  }
  return diffs;
}

/** The same with the announcements themselves, without renewals. @throws RollcallError STORE_DAMAGED */
export const diffServers = async (source: ObjectSource, before: string, after: string): Promise<ServerDiff[]> =>
  withSides(source, await diffTrees(source, before, after));

/**
 * Reads the announcements of either side, without renewals: those that are known are not even read, and neither is what is
 * listed when this is called. @throws RollcallError STORE_DAMAGED
 */
export async function withSides(
  source: ObjectSource,
  blobs: readonly BlobDiff[],
  listed: (blob: string) => Side | undefined = () => undefined,
): Promise<ServerDiff[]> {
  const diffs: ServerDiff[] = [];
  const unknown = blobs.filter(diff => !diff.isRenewal);
  const held = new Map<string, Side>();
  for (const oid of unknown.flatMap(oidsOf)) {
    const side = listed(oid);
    if (side) held.set(oid, side);
  }
  const read = (batch: readonly BlobDiff[]) =>
    readBodies(
      source,
      batch.flatMap(oidsOf).filter(oid => !held.has(oid)),
      'blob',
    );
  for await (const [batch, bodies] of readAhead(unknown, read)) {
    let at = 0;
    const sideOf = (oid: string): Side => held.get(oid) ?? { bytes: bodies[at++]! };
    for (const [i, { id, before, after }] of batch.entries()) {
      if (i > 0 && i % turnMax === 0) await pause();
      const old = before === undefined ? undefined : sideOf(before);
      const now = after === undefined ? undefined : sideOf(after);
      if (old && now && isRenewal(old, now)) continue;
      const sides = readSides(old, now);
      if (!sides) throw damaged(`of server ${id} blob ${before} or ${after} is no announcement`);
      diffs.push({ id, before: sides.before, after: sides.after });
    }
  }
  return diffs;
}

export function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Each batch with what was read for it, while the next one is being read. */
export async function* readAhead<T, R>(items: readonly T[], read: (batch: readonly T[]) => Promise<R>) {
  let coming: Promise<[T[], R]> | undefined;
  for (const batch of batches(items, batchMax)) {
    const next = read(batch).then((found): [T[], R] => [batch, found]);
    // Told of when it is its turn.
    next.catch(() => {});
    if (coming) yield await coming;
    coming = next;
  }
  if (coming) yield await coming;
}

const oidsOf = ({ before, after }: BlobDiff): string[] => [before, after].filter(oid => oid !== undefined);

const noEntries = Buffer.alloc(0);
