// Shallow clones: which commits a client's history ends with, now and after this answer.
import { type EntrySource, readLinks } from './commit-links.ts';
import { depthInfinite, type UploadPackRequest } from './upload-pack-request.ts';

/** What changes for the client: commits that lose their parents there, and commits that get them. */
export type DepthChange = { readonly shallow: readonly string[]; readonly unshallow: readonly string[] };

export async function depthChange(
  store: EntrySource,
  { wants, shallow, depth = depthInfinite }: Pick<UploadPackRequest, 'wants' | 'shallow' | 'depth'>,
): Promise<DepthChange> {
  if (depth >= depthInfinite) {
    const known = await readLinks(store, shallow);
    return { shallow: [], unshallow: shallow.filter((_, i) => known[i] !== undefined) };
  }
  const { inside, cut } = await levels(store, wants, depth);
  return {
    shallow: [...cut].filter(oid => !shallow.includes(oid)),
    unshallow: shallow.filter(oid => inside.has(oid)),
  };
}

/** Breadth first, so that a commit counts with its shortest way: the first `depth` levels, the last of which is cut. */
async function levels(store: EntrySource, wants: readonly string[], depth: number) {
  const inside = new Set<string>();
  const cut = new Set<string>();
  let level = [...new Set(wants)];
  for (let i = 1; i <= depth && level.length > 0; i++) {
    const commits = (await readLinks(store, level)).filter(commit => commit !== undefined);
    for (const { oid, parents } of commits) (i === depth && parents.length > 0 ? cut : inside).add(oid);
    const parents = new Set(commits.flatMap(commit => commit.parents));
    level = [...parents].filter(oid => !inside.has(oid));
  }
  return { inside, cut };
}
