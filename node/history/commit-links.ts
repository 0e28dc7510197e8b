// What a walk over the history needs of a commit: its tree, its parents and its time.
import { RollcallError } from '../base/errors.ts';
import { readEntry } from './objects.ts';
import type { Store } from './store.ts';

export type CommitLinks = {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** Committer time, Unix seconds: a hint for the order of the walk, never trusted. */
  readonly timeS: number;
};

/** Where objects are read from in their stored form. */
export type EntrySource = Pick<Store, 'getMany'>;

/**
 * A statement whose parents are not here counts as one without any: stock git is told that the history is shallow there.
 * In the order of `oids`; undefined for what the store does not hold or what is no commit.
 */
export async function readLinks(store: EntrySource, oids: readonly string[]): Promise<(CommitLinks | undefined)[]> {
  const [entries, cuts] = await Promise.all([store.getMany('objects', oids), store.getMany('cuts', oids)]);
  return entries.map((entry, i) => {
    if (entry === undefined) return undefined;
    const { type, body } = readEntry(entry);
    if (type !== 'commit') return undefined;
    const links = parseLinks(oids[i]!, body);
    return cuts[i] === undefined ? links : { ...links, parents: [] };
  });
}

/** Reads only the head of a commit that was checked before it was stored. @throws RollcallError STORE_DAMAGED */
function parseLinks(oid: string, body: Uint8Array): CommitLinks {
  const match = head.exec(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'));
  if (!match) throw new RollcallError('STORE_DAMAGED', `commit ${oid} in the store has no valid head`);
  const [, tree, parents, time] = match;
  return { oid, tree: tree!, parents: parents!.match(/[0-9a-f]{40}/g) ?? [], timeS: Number(time) };
}

const head =
  /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)author [^\n]*\ncommitter [^\n]*> ([0-9]{1,12}) [+-][0-9]{4}\n/;
