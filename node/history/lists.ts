// The whole list at some commits, as one table instead of the trees: commits that are far apart are compared by the two
// tables next to them. Beside it who said something new since the list before: all others were renewed at most, and nobody
// has to read them. It is made beside the commits, and costs time alone where it is missing.
import { setImmediate as pause } from 'node:timers/promises';
import { asBuffer } from '../base/bytes.ts';
import { newsBetween } from './changes.ts';
import { compareHashes, formatHashes, hashAt } from './hash-rows.ts';
import { type History, stored } from './history.ts';
import { beginningOf, entryAt, keyOf } from './log.ts';
import { oidBytes } from './oid-set.ts';
import { type ObjectSource, readBodies } from './source.ts';
import type { Steps } from './steps.ts';
import type { Store } from './store.ts';
import { emptyTree } from './tree.ts';
import { type Child, childrenIn, leafRows } from './tree-bytes.ts';

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

/** Who said something new, before the parts of its list. */
const newsKey = keyOf;
/** Servers that said something new, for one comparison: of more nearly all have, and reading all of them is as fast. */
const newsMax = 100_000;

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
  for await (const [put, value] of partsOf(store, height, await history.serversOf(entry.oid), every)) {
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
  store: Pick<Store, 'get' | 'getMany'>,
  from: number,
  to: number,
  every: number,
): Promise<boolean> {
  const news = await newsOf(store, Math.min(from, to), Math.max(from, to), every);
  const held = await store.getMany('lists', [...keysAt(from), ...keysAt(to)]);
  for (const i of digits.keys()) {
    const [old, now] = [held[i], held[digits.length + i]];
    if (!old || !now) return false;
    addPart(steps, asBuffer(old), asBuffer(now), news);
    await pause();
  }
  return true;
}

/** Who said something new after one list and until another; undefined where that is not noted, or too many. */
async function newsOf(
  store: Pick<Store, 'get'>,
  from: number,
  to: number,
  every: number,
): Promise<ReadonlySet<string> | undefined> {
  const news = new Set<string>();
  for (let height = from + every; height <= to; height += every) {
    const noted = await store.get('lists', newsKey(height));
    if (!noted || news.size + noted.length / oidBytes > newsMax) return undefined;
    const ids = asBuffer(noted);
    for (let at = 0; at < ids.length; at += oidBytes) news.add(hashAt(ids, at));
    await pause();
  }
  return news;
}

/** The keys of a list that do not hold what its tree and the changes say; none where nothing is noted. @throws RollcallError STORE_DAMAGED */
export async function wrongParts(store: Store, height: number, servers: string, every: number): Promise<string[]> {
  const wrong: string[] = [];
  for await (const [key, value] of partsOf(store, height, servers, every)) {
    const held = await store.get('lists', key);
    if (held && !asBuffer(held).equals(value)) wrong.push(key);
  }
  return wrong;
}

/** The id of each server that said something new, if that can be told; then `<id><blob>` for each server, by id. In bytes. */
async function* partsOf(
  store: Store,
  height: number,
  servers: string,
  every: number,
): AsyncGenerator<[key: string, Buffer]> {
  const news = await newsBetween(store, height - every, height);
  if (news) yield [newsKey(height), formatHashes(news)];
  const source = stored(store);
  const trees = new Map((await childrenOf(source, [servers])).map(({ name, oid }) => [name, oid]));
  for (const digit of digits) {
    const tree = trees.get(digit);
    yield [keyIn(height, digit), tree === undefined ? Buffer.alloc(0) : await rowsOf(source, tree)];
    await pause();
  }
}

/** All servers below a tree whose name is the first digit of their ids: two more levels lead to them. */
async function rowsOf(source: ObjectSource, tree: string): Promise<Buffer> {
  const leaves = await childrenOf(
    source,
    (await childrenOf(source, [tree])).map(({ oid }) => oid),
  );
  const bodies = await readBodies(
    source,
    leaves.map(({ oid }) => oid),
    'tree',
  );
  return Buffer.concat(bodies.map(body => leafRows(asBuffer(body))));
}

async function childrenOf(source: ObjectSource, trees: readonly string[]): Promise<Child[]> {
  const bodies = await readBodies(
    source,
    trees.filter(tree => tree !== emptyTree),
    'tree',
  );
  return bodies.flatMap(body => childrenIn(asBuffer(body)));
}

async function isNoted(store: Pick<Store, 'hasMany'>, height: number): Promise<boolean> {
  return !(await store.hasMany('lists', keysAt(height))).includes(false);
}

/** Both are in order, so that one pass meets each server of either side. */
function addPart(steps: Steps, old: Buffer, now: Buffer, news: ReadonlySet<string> | undefined): void {
  let [a, b] = [0, 0];
  while (a < old.length || b < now.length) {
    const order = a === old.length ? 1 : b === now.length ? -1 : compareHashes(old, a, now, b);
    const id = order <= 0 ? hashAt(old, a) : hashAt(now, b);
    const before = order <= 0 ? hashAt(old, a + oidBytes) : undefined;
    const after = order >= 0 ? hashAt(now, b + oidBytes) : undefined;
    if (before !== after) steps.add(id, before, after, news !== undefined && !news.has(id));
    if (order <= 0) a += entryBytes;
    if (order >= 0) b += entryBytes;
  }
}
