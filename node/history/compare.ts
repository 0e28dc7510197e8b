// Which servers two commits differ in: by what was noted of the commits between them, or by the lists noted next to them
// when they are far apart; by their trees when something was not noted. All ways lead to the same.
import { addChanges } from './changes.ts';
import type { Uncommitted } from './committer.ts';
import { type BlobDiff, diffTrees } from './diff.ts';
import { type History, stored } from './history.ts';
import { addLists, listEvery, notedNear } from './lists.ts';
import { entryAt, heightOf } from './log.ts';
import { Steps } from './steps.ts';
import type { Store } from './store.ts';
import { emptyTree } from './tree.ts';

export type CompareDeps = {
  readonly store: Store;
  readonly history: Pick<History, 'serversOf'>;
  /** Commits from one list that is noted to the next. */
  readonly every?: number;
};

/** So many lists apart, two of them are less to read than all changes between. */
const listsMin = 2;

/** Servers whose blobs differ, by id. @throws RollcallError NO_SUCH_COMMIT, STORE_DAMAGED */
export async function diffCommits(deps: CompareDeps, from: string, to: string): Promise<BlobDiff[]> {
  const { store, history } = deps;
  const steps = new Steps();
  if (await addSteps(steps, deps, from, to)) return steps.result();
  return diffTrees(stored(store), await history.serversOf(from), await history.serversOf(to));
}

/** The same with the list as it stands: a commit first, then what has changed since. */
export async function diffToLive(
  deps: CompareDeps,
  from: string,
  { since, changes }: Uncommitted,
): Promise<BlobDiff[]> {
  const { store, history } = deps;
  const committed =
    since === undefined
      ? await diffTrees(stored(store), await history.serversOf(from), emptyTree)
      : await diffCommits(deps, from, since);
  const steps = new Steps();
  for (const { id, before, after, isRenewal = false } of committed) steps.add(id, before, after, isRenewal);
  for (const { id, before, after } of changes) steps.add(id, before?.oid, after?.oid, false);
  return steps.result();
}

async function addSteps(
  steps: Steps,
  { store, every = listEvery }: CompareDeps,
  from: string,
  to: string,
): Promise<boolean> {
  const [first, last] = await Promise.all([placeOf(store, from), placeOf(store, to)]);
  if (first === undefined || last === undefined) return false;
  if (Math.abs(last - first) <= listsMin * every) return addChanges(steps, store, first, last);
  const [near, far] = await Promise.all([notedNear(store, first, every), notedNear(store, last, every)]);
  if (near === undefined || far === undefined) return false;
  return (
    (await addChanges(steps, store, first, near)) &&
    (await addLists(steps, store, near, far, every)) &&
    (await addChanges(steps, store, far, last))
  );
}

/** The height of a commit of this node's own: each follows from the one before it. A statement follows from none. */
async function placeOf(store: Store, oid: string): Promise<number | undefined> {
  const height = await heightOf(store, oid);
  const entry = height === undefined ? undefined : await entryAt(store, height);
  return entry?.statement ? undefined : entry && height;
}
