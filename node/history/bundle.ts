// A git bundle of main: one file that stock git clones or fetches from.
import { RollcallError } from '../base/errors.ts';
import type { EntrySource } from './commit-links.ts';
import { holds, oidBytes } from './oid-set.ts';
import { packOf, storedObjects } from './pack.ts';
import { reachableOids } from './reachable.ts';

export type BundleDeps = {
  readonly store: EntrySource;
  readonly head: () => Promise<string | undefined>;
  /** Commits whose parents are not here. */
  readonly cuts: () => Promise<readonly string[]>;
  /** A commit's hash from what a person writes. @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  readonly resolve: (revision: string) => Promise<string>;
};

/**
 * The head, then a pack. Source: gitformat-bundle(5).
 *
 *     # v2 git bundle
 *     -2fb1c53c5b2bd1d1b7e4ab0a4a5a26bcd6cd92d6 prev
 *     74730d410fcb6603ace96f1dc55ea6196122532d refs/heads/main
 *     74730d410fcb6603ace96f1dc55ea6196122532d HEAD
 *
 * The second line only with `since`: who fetches must have that commit. HEAD lets `git clone` check main out.
 * @throws RollcallError NO_SUCH_COMMIT, or SHALLOW when it would lack a commit's parents, before the first chunk
 */
export async function* bundleOf(
  { store, head, cuts, resolve }: BundleDeps,
  since?: string,
): AsyncGenerator<Uint8Array> {
  const main = await head();
  if (main === undefined) throw new RollcallError('NO_SUCH_COMMIT', 'nothing has been committed yet');
  const before = since === undefined ? undefined : await resolve(since);
  const oids = await reachableOids(store, { wants: [main], haves: before === undefined ? [] : [before] });
  const cut = (await cuts()).find(oid => holds(oids, oid));
  if (cut !== undefined) {
    throw new RollcallError('SHALLOW', `a bundle needs all parents, and those of statement ${cut} are not here`, {
      remedy: 'git clone the list itself, or ask for a bundle of what came after that statement with since=',
    });
  }
  const lines = [
    '# v2 git bundle',
    ...(before === undefined ? [] : [`-${before} prev`]),
    `${main} refs/heads/main`,
    `${main} HEAD`,
  ];
  yield Buffer.from(`${lines.join('\n')}\n\n`);
  yield* packOf(oids.length / oidBytes, storedObjects(store, oids));
}
