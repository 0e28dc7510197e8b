// Since when each server has been listed here, kept across restarts: a flood is cheap, being known for a week is not.
import { setImmediate as pause } from 'node:timers/promises';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { batches } from '../history/diff.ts';
import type { Store, Write } from '../history/store.ts';
import type { Change } from '../list/change.ts';

/** Servers looked up before the event loop gets a turn: 1 µs each. */
const sliceMax = 5_000;

/** Unix milliseconds, by id. */
export type Ages = Map<string, number>;

/** Of the servers that the last commit lists: read once, at start. */
export async function readAges(store: Pick<Store, 'entries'>): Promise<Ages> {
  const ages: Ages = new Map();
  for await (const [id, value] of store.entries('ages')) {
    const since = Number(fromUtf8(value));
    if (Number.isSafeInteger(since)) ages.set(id, since);
  }
  return ages;
}

/** What belongs into the batch of a commit. Renewals write nothing. */
export const ageWrites = (changes: readonly Change[], since: (id: string) => number | undefined): Write[] =>
  changes.flatMap(({ id, before, after }): Write[] => {
    const sinceMs = since(id);
    if (!after || sinceMs === undefined) return [{ space: 'ages', del: id }];
    return before ? [] : [ageWrite(id, sinceMs)];
  });

/** Of servers that the store lists without an age, as it does when it was written before there were any: they begin now. */
export async function beginAges(
  store: Pick<Store, 'write'>,
  listed: Iterable<string>,
  ages: Ages,
  now: number,
): Promise<void> {
  const writes: Write[] = [];
  for (const some of batches([...listed], sliceMax)) {
    for (const id of some) if (!ages.has(id)) writes.push(ageWrite(id, now));
    await pause();
  }
  if (writes.length > 0) await store.write(writes);
}

/** A newcomer lists 100,000 within a few milliseconds of each other: what was encoded last serves most of them. */
let last = { sinceMs: 0, value: utf8('0') };

function ageWrite(id: string, sinceMs: number): Write {
  if (last.sinceMs !== sinceMs) last = { sinceMs, value: utf8(String(sinceMs)) };
  return { space: 'ages', put: id, value: last.value };
}
