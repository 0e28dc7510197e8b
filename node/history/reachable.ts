// Which objects a pack has to hold: those of the new commits that the other side does not have yet.
import type { EntrySource } from './commit-links.ts';
import { newCommits, type Range } from './commit-range.ts';
import { readEntry } from './objects.ts';
import { OidSet } from './oid-set.ts';
import { readTrees } from './source.ts';
import type { TreeEntry } from './tree.ts';

/** Trees read at once, with at most as many bases each: inflating this many takes about 5 ms of the event loop. */
const treesAtOnce = 256;

/** The hashes of all objects to send, sorted, each `oidBytes` long. Only hashes are held, no bodies. */
export async function reachableOids(store: EntrySource, range: Range): Promise<Uint8Array> {
  const commits = await newCommits(store, range);
  const oids = new OidSet();
  for (const { oid } of commits) oids.add(oid);
  const roots = commits.map(({ tree, bases }) => ({ oid: tree, bases }));
  await addBelow(
    store,
    oids,
    roots.filter(({ oid, bases }) => !bases.includes(oid) && oids.add(oid)),
  );
  return oids.sorted();
}

/** A tree to send, and the trees at the same path that the other side has or gets. */
type Wanted = { readonly oid: string; readonly bases: readonly string[] };

/**
 * Adds all below the trees, without what is there already or stands under the same name in a base. Whatever is in `oids`
 * is thus complete: all that it reaches is in `oids` too, or the other side has it.
 */
async function addBelow(store: EntrySource, oids: OidSet, wanted: readonly Wanted[]): Promise<void> {
  for (let at = 0; at < wanted.length; at += treesAtOnce) {
    const batch = wanted.slice(at, at + treesAtOnce);
    const trees = await treesByOid(store, new Set(batch.flatMap(({ oid, bases }) => [oid, ...bases])));
    const below: Wanted[] = [];
    for (const { oid, bases } of batch) {
      const named = bases.map(base => new Map(trees.get(base)!.map(entry => [entry.name, entry])));
      for (const entry of trees.get(oid)!) {
        const same = named.flatMap(base => base.get(entry.name) ?? []).filter(({ mode }) => mode === entry.mode);
        if (same.some(base => base.oid === entry.oid) || !oids.add(entry.oid)) continue;
        if (entry.mode === '40000') below.push({ oid: entry.oid, bases: same.map(base => base.oid) });
      }
    }
    await addBelow(store, oids, below);
  }
}

async function treesByOid(store: EntrySource, oids: ReadonlySet<string>): Promise<Map<string, TreeEntry[]>> {
  const list = [...oids];
  const read = async (asked: readonly string[]) => {
    const entries = await store.getMany('objects', asked);
    return entries.map(entry => entry && readEntry(entry));
  };
  const trees = await readTrees(read, list);
  return new Map(list.map((oid, i) => [oid, trees[i]!]));
}
