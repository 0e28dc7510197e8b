// Where git objects come from while something is read: the store, or the list as it stands before it is committed.
import { type Announcement, parseAnnouncement } from '../records/announcement.ts';
import { damaged } from './damaged.ts';
import type { GitObject, ObjectType } from './objects.ts';
import { parseTree, type TreeEntry } from './tree.ts';

/** Reads objects in one go; undefined for those it does not have. */
export type ObjectSource = (oids: readonly string[]) => Promise<(GitObject | undefined)[]>;

/** Asks the first source, and the second for what the first lacks. */
export const either =
  (first: ObjectSource, second: ObjectSource): ObjectSource =>
  async oids => {
    const found = await first(oids);
    const missing = oids.filter((_, i) => found[i] === undefined);
    if (missing.length === 0) return found;
    const rest = await second(missing);
    let next = 0;
    return found.map(object => object ?? rest[next++]);
  };

/** @throws RollcallError STORE_DAMAGED when one is not there, is of another type or is not well formed */
export async function readTrees(source: ObjectSource, oids: readonly string[]): Promise<TreeEntry[][]> {
  const bodies = await readBodies(source, oids, 'tree');
  return bodies.map((body, i) => {
    const tree = parseTree(body);
    if (!tree.ok) throw damaged(`tree ${oids[i]} is malformed (${tree.message})`);
    return tree.value;
  });
}

/** @throws RollcallError STORE_DAMAGED */
export async function readAnnouncements(source: ObjectSource, oids: readonly string[]): Promise<Announcement[]> {
  const bodies = await readBodies(source, oids, 'blob');
  return bodies.map((body, i) => {
    const announcement = parseAnnouncement(body);
    if (!announcement.ok) throw damaged(`blob ${oids[i]} is no announcement (${announcement.message})`);
    return announcement.value;
  });
}

/** @throws RollcallError STORE_DAMAGED */
export async function readBodies(
  source: ObjectSource,
  oids: readonly string[],
  type: ObjectType,
): Promise<Uint8Array[]> {
  const objects = await source(oids);
  return objects.map((object, i) => {
    if (!object) throw damaged(`${type} ${oids[i]} is missing`);
    if (object.type !== type) throw damaged(`${oids[i]} is a ${object.type} where a ${type} should be`);
    return object.body;
  });
}
