// What a statement brings that was in force at the last stop: it was examined then, and what it lists was let in.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { gather } from '../gossip/gather.ts';
import { batches, readAhead } from '../history/diff.ts';
import { stored } from '../history/history.ts';
import type { ServerList } from '../list/server-list.ts';
import { restored, type Verified } from '../records/verified.ts';
import type { Statement } from '../trust/statement.ts';
import { type ExamineDeps, type Examined, objectsIn, rulesOf } from './examine.ts';

/** As it was examined. */
export type Recalled = Omit<Examined, 'vouched'>;

export type RecallDeps = Pick<ExamineDeps, 'fetch' | 'serversMax' | 'pause' | 'store'>;

/** Announcements parsed before the event loop gets a turn: 25 µs each. */
const sliceMax = 250;
/** Looked up: 1 µs each. */
const lookedMax = 5_000;

/**
 * Its tree and rules, from what is here: nobody is asked, and the records digest is not worked out again. Code OBJECTS_MISSING
 * when the store has lost something.
 */
export async function recall({ tree }: Statement, deps: RecallDeps): Promise<Parsed<Recalled>> {
  const found = await gather(tree, { ...deps, ...objectsIn(deps.store), lacking: async () => [], peers: () => [] });
  if (!found.ok) return found;
  const rules = rulesOf(found.value);
  return rules.ok ? parsed({ ...found.value, ...rules.value }) : rules;
}

/** Its announcements of servers that nobody here knows; they are few, and there may be a place for them today. */
export async function unknownOf(
  { blobs }: Recalled,
  { store, pause }: RecallDeps,
  list: Pick<ServerList, 'isKnown'>,
): Promise<Parsed<Verified[]>> {
  const unknown: [id: string, oid: string][] = [];
  for (const some of batches([...blobs], lookedMax)) {
    unknown.push(...some.filter(([id]) => !list.isKnown(id)));
    await pause();
  }
  const items: Verified[] = [];
  const read = (some: readonly (typeof unknown)[number][]) => stored(store)(some.map(([, oid]) => oid));
  for await (const [batch, objects] of readAhead(unknown, read)) {
    for (const some of batches([...batch.entries()], sliceMax)) {
      for (const [i, [id, oid]] of some) {
        const object = objects[i];
        const item = object?.type === 'blob' ? restored(object.body) : undefined;
        if (item?.id !== id)
          return fault('OBJECTS_MISSING', 'tree', `announcement ${oid} of ${id} is not here any more`);
        items.push(item);
      }
      await pause();
    }
  }
  return parsed(items);
}
