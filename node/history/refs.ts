// The refs that stock git sees.
import { fromUtf8, isOid } from '../base/bytes.ts';
import { damaged } from './damaged.ts';
import type { Store } from './store.ts';
import type { Ref } from './upload-pack.ts';

/** The newest commit of this node's own history; undefined before the first one. */
export async function readHead(store: Pick<Store, 'get'>): Promise<string | undefined> {
  const value = await store.get('refs', 'main');
  if (value === undefined) return undefined;
  const oid = fromUtf8(value) ?? '';
  if (!isOid(oid)) throw damaged('its head is no commit hash');
  return oid;
}

export async function readRefs(store: Pick<Store, 'get'>): Promise<Ref[]> {
  const head = await readHead(store);
  return head === undefined ? [] : [['refs/heads/main', head]];
}

/** Commits whose parents are not here: where the history is shallow, as git calls it. */
export async function readCuts(store: Pick<Store, 'entries'>): Promise<string[]> {
  const cuts: string[] = [];
  for await (const [oid] of store.entries('cuts')) cuts.push(oid);
  return cuts;
}
