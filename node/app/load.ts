// Brings the list back from the store at start.
import { setTimeout as wait } from 'node:timers/promises';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import type { History } from '../history/history.ts';
import type { Store, Write } from '../history/store.ts';
import type { Change } from '../list/change.ts';
import { lifetimeMaxMs } from '../records/announcement.ts';
import { restored, type Verified } from '../records/verified.ts';
import type { Live } from './live.ts';

/**
 * Fills the live list from the head and gives what has changed since that commit: servers that ran out meanwhile.
 * @throws RollcallError STORE_DAMAGED when the head is not whole
 */
export async function loadList(live: Live, history: History, store: Store, now: number): Promise<Change[]> {
  for await (const [id, value] of store.entries('floors')) live.list.setFloor(id, Number(fromUtf8(value)));
  const committed: Verified[] = [];
  for await (const batch of history.load()) {
    for (const { id, oid, bytes } of batch) {
      const item = restored(bytes);
      if (item?.id !== id || item.oid !== oid) throw damaged(oid);
      committed.push(item);
      // The tree first: as it was committed, so that the store is known to have it.
      live.tree.set(id, oid);
    }
    await wait(0);
  }
  live.tree.allSaved();
  for (const item of committed) {
    live.changed(live.list.admit(item, now).changes);
    const ranOut = !live.list.held(item.id) && item.announcement.issuedAt + lifetimeMaxMs > now;
    if (ranOut) live.list.setFloor(item.id, item.announcement.issuedAt);
  }
  // Ran out meanwhile, or more than today's quotas and rules let in.
  const gone = committed.filter(item => !live.list.listed.has(item.id));
  for (const { id } of gone) live.tree.set(id, undefined);
  return gone.map(item => ({ id: item.id, before: item, after: undefined }));
}

/** Notes for the store how old announcements of servers that ran out may no longer be, and drops notes that did their time. */
export function floorWrites(changes: readonly Change[], live: Live, now: number): Write[] {
  return changes.flatMap(({ id, before, after }): Write[] => {
    if (after) return [{ space: 'floors', del: id }];
    const issuedAt = live.list.floors.get(id) ?? 0;
    if (!before || issuedAt + lifetimeMaxMs <= now) return [];
    return [{ space: 'floors', put: id, value: utf8(String(issuedAt)) }];
  });
}

const damaged = (oid: string) =>
  new RollcallError('STORE_DAMAGED', `the store is damaged: blob ${oid} at the head is no announcement of its server`, {
    remedy: 'stop the node and move <data>/store away; the list comes back from the other nodes',
  });
