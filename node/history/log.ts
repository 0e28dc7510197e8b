// The log: one record a commit by height, and which commits touched a server or came from an announcer, so that none of
// these questions walks the history.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { ChangeKind } from '../list/change.ts';
import { countKinds, type Told } from './commit.ts';
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
  readonly limit: number;
  /** Height below which to look. */
  readonly below?: number | undefined;
};

/** Heights in keys: as many digits for all, so that key order is height order. */
const heightDigits = 10;
const keyOf = (height: number): string => String(height).padStart(heightDigits, '0');

/** Made once: a rollback writes 100,000 of them. */
const kindBytes: Readonly<Record<ChangeKind, Uint8Array>> = {
  joined: utf8('joined'),
  left: utf8('left'),
  changed: utf8('changed'),
  renewed: utf8('renewed'),
  forgotten: utf8('forgotten'),
};

/** What a commit adds to the index of servers. */
export const serverWrites = (height: number, changes: readonly Told[]): Write[] =>
  changes.map(({ id, kind }) => ({ space: 'servers', put: `${id}/${keyOf(height)}`, value: kindBytes[kind] }));

/** What a commit adds to the log and to the other indexes. */
export function logWrites(
  height: number,
  entry: Omit<LogEntry, 'added' | 'removed' | 'changed'>,
  changes: readonly Told[],
): Write[] {
  const counts = countKinds(changes);
  const record = { ...entry, added: counts.joined, removed: counts.left, changed: counts.changed };
  const key = keyOf(height);
  const announcers = new Set(changes.map(({ before, after }) => (after ?? before)!.announcement.announcer));
  return [
    { space: 'log', put: key, value: utf8(JSON.stringify(record)) },
    { space: 'commits', put: entry.oid, value: utf8(key) },
    ...[...announcers].map((announcer): Write => ({ space: 'announcers', put: `${announcer}/${key}`, value: noBytes })),
  ];
}

/** What a statement adds to the log: it stands by itself, as a maintainer's view and not as a change of this node's. */
export function statementWrites(height: number, entry: LogEntry): Write[] {
  const key = keyOf(height);
  return [
    { space: 'log', put: key, value: utf8(JSON.stringify(entry)) },
    { space: 'commits', put: entry.oid, value: utf8(key) },
    { space: 'signed', put: key, value: noBytes },
  ];
}

/** Newest first. */
export async function readLog(
  store: Store,
  { server, announcer, signed, limit, below }: LogQuery,
): Promise<LogEntry[]> {
  if (limit <= 0) return [];
  const top = below === undefined ? '9'.repeat(heightDigits + 1) : keyOf(below);
  const keys: string[] = [];
  if (signed) {
    for await (const [key] of store.entries('signed', { lt: top, reverse: true, limit })) keys.push(key);
    return (await store.getMany('log', keys)).map(parseEntry);
  }
  if (server !== undefined || announcer !== undefined) {
    const [space, name] = server === undefined ? (['announcers', announcer!] as const) : (['servers', server] as const);
    for await (const [key] of store.entries(space, { gte: `${name}/`, lt: `${name}/${top}`, reverse: true })) {
      const height = key.slice(name.length + 1);
      // Asked for both: the server's commits are few, each is looked up in the announcer's.
      const both = server !== undefined && announcer !== undefined;
      if (both && (await store.get('announcers', `${announcer}/${height}`)) === undefined) continue;
      if (keys.push(height) === limit) break;
    }
    return (await store.getMany('log', keys)).map(parseEntry);
  }
  const entries: LogEntry[] = [];
  for await (const [, value] of store.entries('log', { lt: top, reverse: true, limit }))
    entries.push(parseEntry(value));
  return entries;
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
  const entries = await store.getMany(
    'log',
    touched.map(([key]) => key),
  );
  return touched.map(([, change], i) => ({ ...parseEntry(entries[i]), change }));
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

/** How many entries a space of the log has for commits up to a height. */
export async function countIndexed(
  store: Store,
  space: 'log' | 'commits' | 'servers' | 'announcers' | 'signed',
  height: number,
) {
  let count = 0;
  for await (const [key, value] of store.entries(space)) {
    const at = space === 'commits' ? fromUtf8(value) : key.slice(-heightDigits);
    if (Number(at) <= height) count++;
  }
  return count;
}

/** @throws RollcallError STORE_DAMAGED */
function parseEntry(value: Uint8Array | undefined): LogEntry {
  try {
    return JSON.parse(fromUtf8(value!)!) as LogEntry;
  } catch {
    throw damaged('an entry of the log is missing or unreadable');
  }
}

const noBytes = new Uint8Array();
