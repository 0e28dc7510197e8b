// The whole list at some commits, as one table instead of the trees: commits that are far apart are compared by the two
// tables next to them. It is made of the trees, beside the commits, and costs time alone where it is missing.
import { setImmediate as pause } from 'node:timers/promises';
import { oidBytes } from './changes.ts';
import { asBuffer } from './diff.ts';
import { type History, stored } from './history.ts';
import { beginningOf, entryAt, keyOf } from './log.ts';
import { blobsOf } from './records.ts';
import { type ObjectSource, readTrees } from './source.ts';
import type { Steps } from './steps.ts';
import type { Store } from './store.ts';
import { emptyTree } from './tree.ts';

/**
 * A list is noted at each commit whose height is a multiple of it. So many commits change as many servers as a list has, at
 * the pace at which announcements are renewed: noting it costs 40 bytes for each.
 */
export const listEvery = 1_000;

/** In parts, by the first digit of the id: at 100,000 servers 250 KB each. */
const digits = [...'0123456789abcdef'];
const keyIn = (height: number, digit: string) => `${keyOf(height)}/${digit}`;
const keysAt = (height: number) => digits.map(digit => keyIn(height, digit));
const entryBytes = 2 * oidBytes;

/** Notes the newest list that is due, unless it is noted; to be called now and then, while nothing is deleted. */
export async function noteList(
  store: Store,
  history: Pick<History, 'commits' | 'serversOf'>,
  every = listEvery,
): Promise<void> {
  const height = history.commits - (history.commits % every);
  if (height < (await beginningOf(store)) || (await isNoted(store, height))) return;
  const entry = await entryAt(store, height);
  // A statement is a maintainer's view. Its place has no list: the next one has.
  if (!entry || entry.statement) return;
  const servers = await history.serversOf(entry.oid);
  for await (const [put, value] of partsOf(stored(store), height, servers)) {
    await store.write([{ space: 'lists', put, value }]);
  }
}

/** The nearest height with a list, at most `every` away. */
export async function notedNear(
  store: Pick<Store, 'hasMany'>,
  height: number,
  every: number,
): Promise<number | undefined> {
  const below = height - (height % every);
  const near = height - below <= every / 2 ? [below, below + every] : [below + every, below];
  for (const one of near) if (await isNoted(store, one)) return one;
  return undefined;
}

/** Adds the steps from the list at one height to that at another. False when one is not there, or not whole. */
export async function addLists(
  steps: Steps,
  store: Pick<Store, 'getMany'>,
  from: number,
  to: number,
): Promise<boolean> {
  const held = await store.getMany('lists', [...keysAt(from), ...keysAt(to)]);
  for (const i of digits.keys()) {
    const [old, now] = [held[i], held[digits.length + i]];
    if (!old || !now) return false;
    addPart(steps, asBuffer(old), asBuffer(now));
    await pause();
  }
  return true;
}

/** The keys of a list that do not hold what its tree says; none where nothing is noted. @throws RollcallError STORE_DAMAGED */
export async function wrongParts(store: Store, height: number, servers: string): Promise<string[]> {
  const wrong: string[] = [];
  for await (const [key, value] of partsOf(stored(store), height, servers)) {
    const held = await store.get('lists', key);
    if (held && !asBuffer(held).equals(value)) wrong.push(key);
  }
  return wrong;
}

/** `<id><blob>` for each server, in bytes, by id. */
async function* partsOf(source: ObjectSource, height: number, servers: string): AsyncGenerator<[key: string, Buffer]> {
  const [entries] = servers === emptyTree ? [[]] : await readTrees(source, [servers]);
  const trees = new Map(entries!.map(({ name, oid }) => [name, oid]));
  for (const digit of digits) {
    const blobs = await blobsOf(source, trees.get(digit) ?? emptyTree);
    const part = Buffer.allocUnsafe(blobs.size * entryBytes);
    let at = 0;
    for (const [id, blob] of blobs) {
      at += part.write(id, at, 'hex');
      at += part.write(blob, at, 'hex');
    }
    yield [keyIn(height, digit), part];
    await pause();
  }
}

async function isNoted(store: Pick<Store, 'hasMany'>, height: number): Promise<boolean> {
  return !(await store.hasMany('lists', keysAt(height))).includes(false);
}

/** Both are in order, so that one pass meets each server of either side. */
function addPart(steps: Steps, old: Buffer, now: Buffer): void {
  let [a, b] = [0, 0];
  while (a < old.length || b < now.length) {
    const order = a === old.length ? 1 : b === now.length ? -1 : old.compare(now, b, b + oidBytes, a, a + oidBytes);
    const id = order <= 0 ? old.toString('hex', a, a + oidBytes) : now.toString('hex', b, b + oidBytes);
    const before = order <= 0 ? old.toString('hex', a + oidBytes, a + entryBytes) : undefined;
    const after = order >= 0 ? now.toString('hex', b + oidBytes, b + entryBytes) : undefined;
    if (before !== after) steps.add(id, before, after);
    if (order <= 0) a += entryBytes;
    if (order >= 0) b += entryBytes;
  }
}
