// What is to be known of a statement before it may come into force: that all of its tree is here, and is what it says.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import type { Fetched } from '../gossip/fetching.ts';
import { type GatherDeps, gather, type StatementTree } from '../gossip/gather.ts';
import { batches } from '../history/diff.ts';
import { lackingIn, stored } from '../history/history.ts';
import { packEntry } from '../history/objects.ts';
import type { Store } from '../history/store.ts';
import type { ServerList } from '../list/server-list.ts';
import { restored, type Verified } from '../records/verified.ts';
import { type DenyRule, parsePolicy } from '../trust/policy.ts';
import { parseQuotas, type QuotaRule } from '../trust/policy-quotas.ts';
import { RecordsDigest } from '../trust/records.ts';
import type { Statement } from '../trust/statement.ts';
import { checkedFirstMax, forgedAmong, forgery } from './vouched.ts';

export type ExamineDeps = Pick<GatherDeps, 'fetch' | 'serversMax' | 'pause'> & {
  readonly list: Pick<ServerList, 'held'>;
  readonly listName: string;
  readonly store: Pick<Store, 'write' | 'objects' | 'hasMany'>;
  /** Peers connected now. */
  readonly peers: () => readonly string[];
  /** Peers that have sent a statement. */
  readonly sources: (digest: string) => readonly string[];
  /** How many announcements have come so far. */
  readonly came?: (announcements: number) => void;
};

/** A statement that may come into force. */
export type Examined = StatementTree & {
  readonly deny: readonly DenyRule[];
  readonly quotas: readonly QuotaRule[];
  /** Announcements of its tree that were not held when it was examined: when there are many, they are only vouched for. */
  readonly vouched: readonly Verified[];
};

/** Announcements hashed, and parsed where they are not held, before the event loop gets a turn: up to 30 µs each. */
const sliceMax = 500;

/** Announcements parsed as they come before the event loop gets a turn: up to 50 µs each. */
const cameMax = 250;

/** What of a tree is here, and how more of it is kept. */
export const objectsIn = (store: ExamineDeps['store']): Pick<GatherDeps, 'held' | 'lacking' | 'keep'> => ({
  held: stored(store),
  lacking: lackingIn(store),
  keep: objects =>
    store.write(objects.map(({ type, body, oid }) => ({ space: 'objects', put: oid, value: packEntry(type, body) }))),
});

/**
 * Gathers a statement's tree. Code OBJECTS_MISSING when that cannot be done now, BAD_TREE when it is none of a list. `came`
 * sees what peers sent, while the next answer is on its way.
 */
export function treeOf(
  { tree, digest }: Statement,
  deps: ExamineDeps,
  came: (objects: readonly Fetched[]) => void = () => {},
): Promise<Parsed<StatementTree>> {
  const objects = objectsIn(deps.store);
  return gather(tree, {
    ...deps,
    ...objects,
    keep: async fetched => {
      const seen = async () => {
        for (const some of batches(fetched, cameMax)) {
          came(some);
          await deps.pause();
        }
      };
      await Promise.all([objects.keep(fetched), seen()]);
    },
    peers: () => {
      const connected = deps.peers();
      return [...new Set([...deps.sources(digest).filter(peer => connected.includes(peer)), ...connected])];
    },
  });
}

/** Beside the codes of `treeOf`: BAD_POLICY, BAD_RECORD and WRONG_RECORDS, which no peer and no time will mend. */
export async function examine(statement: Statement, deps: ExamineDeps): Promise<Parsed<Examined>> {
  // What was just written is not read back, and its bytes not made anew: 40 MB for 100,000, for some seconds.
  const fresh = new Map<string, { readonly item: Verified; readonly body: Uint8Array }>();
  const tree = await treeOf(statement, deps, objects => {
    for (const { type, oid, body } of objects) {
      const item = type === 'blob' ? restored(body) : undefined;
      if (item) fresh.set(oid, { item, body });
    }
    deps.came?.(fresh.size);
  });
  if (!tree.ok) return tree;
  const rules = rulesOf(tree.value);
  if (!rules.ok) return rules;
  const { list, store, pause } = deps;
  const digest = new RecordsDigest();
  const vouched: Verified[] = [];
  for (const batch of batches([...tree.value.blobs], sliceMax)) {
    const held = batch.map(([id, oid]) => (list.held(id)?.oid === oid ? list.held(id) : undefined));
    const others = batch.filter(([, oid], i) => !held[i] && !fresh.has(oid)).map(([, oid]) => oid);
    const objects = await stored(store)(others);
    for (const [i, [id, oid]] of batch.entries()) {
      const come = fresh.get(oid);
      const object = held[i] || come ? undefined : objects.shift();
      const item = held[i] ?? come?.item ?? (object?.type === 'blob' ? restored(object.body) : undefined);
      if (item?.id !== id) return fault('BAD_RECORD', 'tree', `${oid} is no announcement of ${id}`);
      if (!held[i]) vouched.push(item);
      digest.add(id, come?.body ?? object?.body ?? item.bytes);
      fresh.delete(oid);
    }
    await pause();
  }
  if (digest.value() !== statement.records) {
    return fault('WRONG_RECORDS', 'Rollcall-Records', 'is not the digest of the announcements in its tree');
  }
  const [forged] = vouched.length > checkedFirstMax ? [] : await forgedAmong(vouched, deps.listName, pause);
  return forged ? fault('BAD_RECORD', 'tree', forgery(forged)) : parsed({ ...tree.value, ...rules.value, vouched });
}

/** Deny rules and quotas beside the list. */
export function rulesOf({ files }: StatementTree): Parsed<Pick<Examined, 'deny' | 'quotas'>> {
  const deny = files['deny.json'] ? parsePolicy(files['deny.json']) : parsed({ deny: [] });
  if (!deny.ok) return fault('BAD_POLICY', 'policy/deny.json', deny.message);
  const quotas = files['quotas.json'] ? parseQuotas(files['quotas.json']) : parsed([]);
  if (!quotas.ok) return fault('BAD_POLICY', 'policy/quotas.json', quotas.message);
  return parsed({ ...deny.value, quotas: quotas.value });
}
