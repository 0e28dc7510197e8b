// The log: one record a commit by height, and which commits touched a server or came from an announcer, so that none of
// these questions walks the history.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { ChangeKind } from '../list/change.ts';
import { type ChangeCounts, countKinds, isAdoption, type Told } from './commit.ts';
import { damaged } from './damaged.ts';
import type { Store, Write } from './store.ts';

export type LogEntry = {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly atMs: number;
  readonly summary: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Of a maintainer's statement; its author is the signer's name. */
  readonly statement?: StatementEntry | undefined;
};

export type StatementEntry = {
  readonly sequence: number;
  readonly kind: 'checkpoint' | 'rollback';
  readonly rollbackTo: string | null;
  readonly digest: string;
  readonly fingerprint: string;
};

export type LogQuery = {
  readonly server?: string | undefined;
  readonly announcer?: string | undefined;
  /** Statements only. */
  readonly signed?: boolean | undefined;
  readonly kind?: EntryKind | undefined;
  /** Statements that this key signed, by its fingerprint. */
  readonly signer?: string | undefined;
  /** Unix milliseconds, both included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly limit: number;
  /** Height below which to look. */
  readonly below?: number | undefined;
};

/** `merge`: it brings a statement into force, or takes it out again. */
export type EntryKind = 'own' | 'merge' | StatementEntry['kind'];

export const kindOfEntry = ({ statement, summary }: LogEntry): EntryKind =>
  statement?.kind ?? (isAdoption(summary) ? 'merge' : 'own');

/** Heights in keys: as many digits for all, so that key order is height order. */
const heightDigits = 10;
export const keyOf = (height: number): string => String(height).padStart(heightDigits, '0');

const keysEnd = '9'.repeat(heightDigits + 1);
/** Entries looked up in one go. */
const keysMax = 200;

/** Made once: a rollback writes 100,000 of them. */
const kindBytes: Readonly<Record<ChangeKind, Uint8Array>> = {
  joined: utf8('joined'),
  left: utf8('left'),
  changed: utf8('changed'),
  renewed: utf8('renewed'),
  gone: utf8('gone'),
  forgotten: utf8('forgotten'),
};

/** What a commit adds to the index of servers. */
export const serverWrites = (height: number, changes: readonly Told[]): Write[] =>
  changes.map(({ id, kind }) => ({ space: 'servers', put: `${id}/${keyOf(height)}`, value: kindBytes[kind] }));

/** How many changes of each kind a commit has, in all and by announcer: counted bit by bit, for 100,000 take 30 ms. */
export class Tallies {
  readonly all = countKinds([]);
  readonly byAnnouncer = new Map<string, ChangeCounts>();

  add(changes: readonly Told[]): void {
    for (const { before, after, kind } of changes) {
      const { announcer } = (after ?? before)!.announcement;
      const held = this.byAnnouncer.get(announcer);
      const counts = held ?? countKinds([]);
      if (!held) this.byAnnouncer.set(announcer, counts);
      counts[kind]++;
      this.all[kind]++;
    }
  }
}

/** What a commit adds to the log and to the other indexes. */
export function logWrites(
  height: number,
  entry: Omit<LogEntry, 'added' | 'removed' | 'changed'>,
  { all, byAnnouncer }: Tallies,
  /** Blobs that it replaced (`changes.ts`). */
  blobs: Uint8Array,
): Write[] {
  const record = { ...entry, added: all.joined, removed: all.left, changed: all.changed };
  const key = keyOf(height);
  return [
    { space: 'log', put: key, value: utf8(JSON.stringify(record)) },
    { space: 'commits', put: entry.oid, value: utf8(key) },
    { space: 'changes', put: key, value: blobs },
    ...[...byAnnouncer].map(
      ([announcer, its]): Write => ({ space: 'announcers', put: `${announcer}/${key}`, value: formatTally(its) }),
    ),
  ];
}

/** What a statement adds to the log: it stands by itself, as a maintainer's view and not as a change of this node's. */
export function statementWrites(height: number, entry: LogEntry): Write[] {
  const key = keyOf(height);
  return [
    { space: 'log', put: key, value: utf8(JSON.stringify(entry)) },
    { space: 'commits', put: entry.oid, value: utf8(key) },
    { space: 'signed', put: key, value: noBytes },
    { space: 'changes', put: key, value: noBytes },
  ];
}

/** Newest first. All that is asked for must hold. */
export async function readLog(store: Store, query: LogQuery): Promise<LogEntry[]> {
  const { limit, since = 0, until } = query;
  if (limit <= 0) return [];
  const last = until === undefined ? undefined : await heightAt(store, until);
  const below = Math.min(query.below ?? Number.POSITIVE_INFINITY, (last ?? Number.POSITIVE_INFINITY) + 1);
  const found: LogEntry[] = [];
  for await (const entry of entriesBelow(store, query, below === Number.POSITIVE_INFINITY ? keysEnd : keyOf(below))) {
    // This node's own commits never go back in time; a statement may bear any date.
    if (!entry.statement && entry.atMs < since) break;
    if (isAskedFor(entry, query) && found.push(entry) === limit) break;
  }
  return found;
}

function isAskedFor(entry: LogEntry, { signed, signer, kind, since = 0, until = Number.POSITIVE_INFINITY }: LogQuery) {
  if (signed && !entry.statement) return false;
  if (signer !== undefined && entry.statement?.fingerprint !== signer) return false;
  if (kind !== undefined && kindOfEntry(entry) !== kind) return false;
  return entry.atMs >= since && entry.atMs <= until;
}

/** Those that the best of the indexes names, and some more. */
async function* entriesBelow(store: Store, query: LogQuery, top: string): AsyncGenerator<LogEntry> {
  const { server, announcer, kind } = query;
  const signed = query.signed || query.signer !== undefined || kind === 'checkpoint' || kind === 'rollback';
  if (server === undefined && announcer === undefined && !signed) {
    for await (const [, value] of store.entries('log', { lt: top, reverse: true })) yield parseEntry(value);
    return;
  }
  const [space, prefix] =
    server !== undefined
      ? (['servers', `${server}/`] as const)
      : announcer !== undefined
        ? (['announcers', `${announcer}/`] as const)
        : (['signed', ''] as const);
  const range = { gte: prefix, lt: `${prefix}${top}`, reverse: true };
  for await (const batch of inBatches(store.entries(space, range), Math.min(query.limit, keysMax))) {
    const heights = batch.map(([key]) => key.slice(prefix.length));
    // Asked for both: the server's commits are few, each is looked up in the announcer's.
    const both = server !== undefined && announcer !== undefined;
    const known = both
      ? await store.hasMany(
          'announcers',
          heights.map(height => `${announcer}/${height}`),
        )
      : [];
    const wanted = both ? heights.filter((_, i) => known[i]) : heights;
    yield* (await entriesStill(store, wanted)).filter(entry => entry !== undefined);
  }
}

/** From a height on, oldest first. */
export async function* entriesFrom(store: Store, height: number): AsyncGenerator<[height: number, entry: LogEntry]> {
  for await (const [key, value] of store.entries('log', { gte: keyOf(height) })) yield [Number(key), parseEntry(value)];
}

/**
 * What an index named a moment ago; undefined where it has gone since, with all that is older (`beginning.ts`).
 * @throws RollcallError STORE_DAMAGED
 */
async function entriesStill(store: Store, keys: readonly string[]): Promise<(LogEntry | undefined)[]> {
  const values = await store.getMany('log', keys);
  const beginning = values.includes(undefined) ? await beginningOf(store) : 0;
  return keys.map((key, i) => (values[i] || Number(key) >= beginning ? parseEntry(values[i]) : undefined));
}

/** The height at the end of a key of `servers`, `announcers`, `log` or `signed`. */
export const heightIn = (key: string): number => Number(key.slice(-heightDigits));

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.push(item) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** How many commits there are: the height of the newest. */
export async function heightOfLog(store: Store): Promise<number> {
  for await (const [key] of store.entries('log', { reverse: true, limit: 1 })) return Number(key);
  return 0;
}

/** The last commit of this node's own that is not younger, by halves; below the first when all are. */
export async function heightAt(store: Store, atMs: number): Promise<number> {
  let [low, high] = [(await beginningOf(store)) - 1, await heightOfLog(store)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    // A statement bears a date of its own: the merge above it says when it came.
    const entry = await entryAt(store, middle);
    const own = entry?.statement ? await entryAt(store, middle + 1) : entry;
    if (own && own.atMs <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Which commits touched a server, newest first, at most `limit`. */
export async function serverLog(
  store: Store,
  id: string,
  limit: number,
): Promise<(LogEntry & { change: ChangeKind })[]> {
  const touched: [key: string, change: ChangeKind][] = [];
  for await (const [key, value] of store.entries('servers', { gte: `${id}/`, lt: `${id}0`, reverse: true, limit })) {
    touched.push([key.slice(id.length + 1), fromUtf8(value) as ChangeKind]);
  }
  const entries = await entriesStill(
    store,
    touched.map(([key]) => key),
  );
  return touched.flatMap(([, change], i) => (entries[i] ? [{ ...entries[i], change }] : []));
}

/** What one commit did to the servers of an announcer. */
export type Tally = { readonly atMs: number } & Record<'joined' | 'left' | 'changed', number>;

/** Which commits touched servers of an announcer, newest first, down to a time: at most `limit`. */
export async function announcerLog(store: Store, announcer: string, sinceMs: number, limit: number): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const range = { gte: `${announcer}/`, lt: `${announcer}0`, reverse: true, limit };
  for await (const batch of inBatches(store.entries('announcers', range), keysMax)) {
    const heights = batch.map(([key]) => key.slice(announcer.length + 1));
    for (const [i, entry] of (await entriesStill(store, heights)).entries()) {
      if (!entry || entry.atMs < sinceMs) return tallies;
      tallies.push({ atMs: entry.atMs, ...parseTally(batch[i]![1]) });
    }
  }
  return tallies;
}

/** `3 1 2`: joined, left, changed. Mostly all zero, for renewals: then nothing. */
function formatTally({ joined, left, changed }: ChangeCounts): Uint8Array {
  return joined + left + changed === 0 ? noBytes : utf8(`${joined} ${left} ${changed}`);
}

function parseTally(value: Uint8Array): Omit<Tally, 'atMs'> {
  const [joined = 0, left = 0, changed = 0] = value.length === 0 ? [] : fromUtf8(value)!.split(' ').map(Number);
  return { joined, left, changed };
}

/** Whether a commit below a height touched a server. */
export async function wasListedBelow(store: Store, id: string, height: number): Promise<boolean> {
  for await (const _ of store.entries('servers', { gte: `${id}/`, lt: `${id}/${keyOf(height)}`, limit: 1 }))
    return true;
  return false;
}

export async function heightOf(store: Store, oid: string): Promise<number | undefined> {
  const key = await store.get('commits', oid);
  return key && Number(fromUtf8(key));
}

export async function entryAt(store: Store, height: number): Promise<LogEntry | undefined> {
  const value = await store.get('log', keyOf(height));
  return value && parseEntry(value);
}

/** What the indexes say of one server and one announcer at a height. */
export async function indexedBy(
  store: Store,
  id: string,
  announcer: string,
  height: number,
): Promise<{ server: ChangeKind | undefined; announcer: boolean }> {
  const server = await store.get('servers', `${id}/${keyOf(height)}`);
  const known = await store.get('announcers', `${announcer}/${keyOf(height)}`);
  return { server: server && (fromUtf8(server) as ChangeKind), announcer: known !== undefined };
}

/** Whether a commit is in the log, and not about to leave it. */
export async function isKept(store: Store, oid: string): Promise<boolean> {
  const height = await heightOf(store, oid);
  if (height === undefined) return false;
  return height >= (await beginningOf(store)) || (await entryAt(store, height))?.statement !== undefined;
}

/** How many entries a space of the log has for commits of these heights, both included. */
export async function countIndexed(
  store: Store,
  space: 'log' | 'commits' | 'servers' | 'announcers' | 'changes' | 'signed',
  from: number,
  to: number,
) {
  let count = 0;
  for await (const [key, value] of store.entries(space)) {
    const at = space === 'commits' ? Number(fromUtf8(value)) : heightIn(key);
    if (at >= from && at <= to) count++;
  }
  return count;
}

/** Height of the oldest commit of this node's own that is kept: 1, until older ones went. */
export async function beginningOf(store: Pick<Store, 'get'>): Promise<number> {
  const value = await store.get('refs', 'beginning');
  return value === undefined ? 1 : Number(fromUtf8(value));
}

/** @throws RollcallError STORE_DAMAGED */
export function parseEntry(value: Uint8Array | undefined): LogEntry {
  try {
    return JSON.parse(fromUtf8(value!)!) as LogEntry;
  } catch {
    throw damaged('an entry of the log is missing or unreadable');
  }
}

const noBytes = new Uint8Array();
