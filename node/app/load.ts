// Brings the list back from the store at start.
import { setImmediate as turn } from 'node:timers/promises';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { Pause } from '../base/slices.ts';
import { damaged } from '../history/damaged.ts';
import { batches } from '../history/diff.ts';
import { type History, stored } from '../history/history.ts';
import type { Store, Write } from '../history/store.ts';
import { emptyTree, parseTree } from '../history/tree.ts';
import type { Change } from '../list/change.ts';
import type { Endorsed } from '../list/placement.ts';
import { lifetimeMaxMs } from '../records/announcement.ts';
import { restored, type Verified } from '../records/verified.ts';
import { parseQuotas, type QuotaRule } from '../trust/policy-quotas.ts';
import type { Live } from './live.ts';

/** Announcements read, or let in, before the event loop gets a turn: 25 µs each, and several times that before the code has been compiled. */
const sliceMax = 250;
/** Looked up: 1 µs each. */
const lookedMax = 5_000;

/**
 * Fills the live list from the head and gives what has changed since that commit: servers that ran out meanwhile. `endorsed`
 * have their places by the statement that was in force: else all of them would move when it is in force again. `came` hears how many
 * announcements were read so far.
 * @throws RollcallError STORE_DAMAGED when the head is not whole, and what `pause` throws
 */
export async function loadList(
  live: Live,
  history: History,
  store: Store,
  now: number,
  endorsed: Endorsed = new Set(),
  came: (announcements: number) => void = () => {},
  pause: Pause = turn,
): Promise<Change[]> {
  for await (const [id, value] of store.entries('floors')) live.list.setFloor(id, issuedAtOf(value));
  // By whatever order they were placed, all of them have room together, as long as quotas are what they were.
  live.list.setOrder(endorsed, await quotasAtHead(history, store), now);
  const committed: Verified[] = [];
  for await (const read of history.load()) {
    for (const some of batches(read, sliceMax)) {
      for (const { id, oid, bytes } of some) {
        const item = restored(bytes);
        if (item?.id !== id || item.oid !== oid)
          throw damaged(`blob ${oid} at the head is not the announcement of ${id}`);
        committed.push(item);
        // The tree first: as it was committed, so that the store is known to have it.
        live.tree.set(id, oid);
      }
      await pause();
    }
    came(committed.length);
  }
  const head = history.head === undefined ? emptyTree : await history.serversOf(history.head);
  if (live.tree.root() !== head)
    throw damaged(`servers/ at the head is ${head}, what lies below gives ${live.tree.root()}`);
  live.tree.allSaved();
  for (const some of batches(committed, sliceMax)) {
    live.changed(some.flatMap(item => live.list.admit(item, now).changes));
    for (const item of some) {
      const { issuedAt, expiresAt } = item.announcement;
      // Only what ran out: what a rule or the clock keeps out today may come back as it is.
      if (expiresAt <= now && issuedAt + lifetimeMaxMs > now) live.list.setFloor(item.id, issuedAt);
    }
    await pause();
  }
  // Ran out meanwhile, or more than today's quotas and rules let in.
  const gone: Change[] = [];
  for (const some of batches(committed, lookedMax)) {
    for (const item of some) {
      const { id } = item;
      if (live.list.listed.has(id)) continue;
      live.tree.set(id, undefined);
      gone.push({ id, before: item, after: undefined });
    }
    await pause();
  }
  return gone;
}

/** Of the statement that the head follows. */
async function quotasAtHead({ attachments }: History, store: Store): Promise<readonly QuotaRule[]> {
  const source = stored(store);
  const [folder] = attachments.policy === undefined ? [] : await source([attachments.policy]);
  const files = folder?.type === 'tree' ? parseTree(folder.body) : undefined;
  const file = files?.ok ? files.value.find(({ name }) => name === 'quotas.json') : undefined;
  const [blob] = file ? await source([file.oid]) : [];
  const rules = blob?.type === 'blob' ? parseQuotas(blob.body) : undefined;
  return rules?.ok ? rules.value : [];
}

/** Notes for the store how old announcements of servers that ran out may no longer be, until the server is back. */
export function floorWrites(changes: readonly Change[], live: Live, now: number): Write[] {
  return changes.flatMap(({ id, before, after }): Write[] => {
    // A newcomer's 100,000 have none.
    if (after) return live.list.floors.has(id) ? [{ space: 'floors', del: id }] : [];
    const issuedAt = live.list.floors.get(id) ?? 0;
    if (!before || issuedAt + lifetimeMaxMs <= now) return [];
    return [{ space: 'floors', put: id, value: utf8(String(issuedAt)) }];
  });
}

/** Drops the notes on servers that never came back, once nothing older than them can be replayed. */
export async function forgetFloors(store: Pick<Store, 'entries' | 'write'>, now: number): Promise<void> {
  const done: Write[] = [];
  for await (const [id, value] of store.entries('floors')) {
    if (issuedAtOf(value) + lifetimeMaxMs <= now) done.push({ space: 'floors', del: id });
  }
  if (done.length > 0) await store.write(done);
}

const issuedAtOf = (value: Uint8Array): number => Number(fromUtf8(value));
