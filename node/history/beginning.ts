// Lets the history begin later: with the old head under a merge that brought a checkpoint, and with that checkpoint. What is
// older leaves the log and the indexes here; its objects are for `sweep.ts`.
import { utf8 } from '../base/bytes.ts';
import {
  beginningOf,
  entriesFrom,
  entryAt,
  heightAt,
  heightIn,
  heightOf,
  keyOf,
  kindOfEntry,
  type LogEntry,
  parseEntry,
  readLog,
} from './log.ts';
import type { Range, Space, Store, Write } from './store.ts';

/** A commit of this node's own, and where it stands in the log. */
export type Beginning = { readonly height: number; readonly oid: string; readonly atMs: number };

/** Log entries or keys of indexes deleted in one batch: about 10 ms. */
const sliceMax = 1_000;

/** What the history begins with now; undefined before the first commit. */
export async function oldestOf(store: Store): Promise<Beginning | undefined> {
  for await (const [height, { oid, atMs, statement }] of entriesFrom(store, await beginningOf(store))) {
    // A statement bears any date: the merge above it says when it came.
    if (!statement) return { height, oid, atMs };
  }
  return undefined;
}

/** The newest that it may begin with: below a merge that brought a checkpoint and is not younger than `atMs`. */
export async function newestBeginning(store: Store, atMs: number): Promise<Beginning | undefined> {
  const below = (await heightAt(store, atMs)) + 1;
  const [checkpoint] = await readLog(store, { kind: 'checkpoint', below, limit: 1 });
  const height = checkpoint && (await heightOf(store, checkpoint.oid));
  if (height === undefined) return undefined;
  // A statement enters the log with its merge, one below: first that, then what it was merged with.
  const [merge, old] = await Promise.all([entryAt(store, height + 1), entryAt(store, height - 1)]);
  if (!old || merge?.parents[0] !== checkpoint!.oid || merge.parents[1] !== old.oid) return undefined;
  return { height: height - 1, oid: old.oid, atMs: old.atMs };
}

/** Statements that merges from a height on bring into force, again or for the first time; gives the height to go on from. */
export async function adoptedFrom(store: Store, height: number, into: Set<string>): Promise<number> {
  let next = height;
  for await (const [at, entry] of entriesFrom(store, height)) {
    next = at + 1;
    if (kindOfEntry(entry) === 'merge') into.add(entry.parents[0]!);
  }
  return next;
}

/**
 * Makes it so, in one batch; no commit may be written meanwhile. `adopted`: statements of merges above. Older statements
 * among them stay, with their parents cut off where those go.
 */
export async function beginWith({ height, oid }: Beginning, adopted: ReadonlySet<string>, store: Store): Promise<void> {
  const writes: Write[] = [
    { space: 'refs', put: 'beginning', value: utf8(String(height)) },
    { space: 'refs', put: 'sweeping', value: noBytes },
    { space: 'cuts', put: oid, value: noBytes },
  ];
  const kept = new Map<string, LogEntry>();
  for await (const [key] of store.entries('signed')) {
    const entry = (await entryAt(store, heightIn(key)))!;
    if (heightIn(key) > height || adopted.has(entry.oid)) kept.set(entry.oid, entry);
    else writes.push(...goingWrites(key, entry), { space: 'signed', del: key });
  }
  for (const { oid, parents } of kept.values()) {
    const heights = await Promise.all(parents.map(parent => heightOf(store, parent)));
    const isWhole = parents.every((parent, i) => kept.has(parent) || (heights[i] ?? 0) >= height);
    if (!isWhole) writes.push({ space: 'cuts', put: oid, value: noBytes });
  }
  await store.write(writes);
}

/** Takes what is older than the beginning out of the log, then out of the indexes. Can be broken off, and done again. */
export async function forgetOlder(store: Store, pause: () => Promise<void>): Promise<void> {
  const height = await beginningOf(store);
  const older = async (space: Space, range: Range, writesOf: (key: string, value: Uint8Array) => Write[]) => {
    let [writes, seen]: [Write[], number] = [[], 0];
    for await (const [key, value] of store.entries(space, range)) {
      writes.push(...writesOf(key, value));
      // Entries that level has read ahead come without a turn of the event loop.
      if (++seen % sliceMax > 0) continue;
      if (writes.length > 0) await store.write(writes);
      writes = [];
      await pause();
    }
    if (writes.length > 0) await store.write(writes);
  };
  await older('log', { lt: keyOf(height) }, (key, value) => {
    const entry = parseEntry(value);
    return entry.statement ? [] : goingWrites(key, entry);
  });
  // What the first commit changed cannot be told any more: the list before it is gone.
  for (const space of ['servers', 'announcers'] as const) {
    await older(space, {}, key => (heightIn(key) <= height ? [{ space, del: key }] : []));
  }
  await older('changes', { lte: keyOf(height) }, del => [{ space: 'changes', del }]);
  await older('lists', { lt: keyOf(height) }, del => [{ space: 'lists', del }]);
}

const goingWrites = (key: string, { oid }: LogEntry): Write[] => [
  { space: 'log', del: key },
  { space: 'commits', del: oid },
  { space: 'cuts', del: oid },
  { space: 'going', put: key, value: utf8(oid) },
];

const noBytes = new Uint8Array();
