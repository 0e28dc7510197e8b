// What a person writes for a commit: `HEAD`, `main`, a hash or at least four digits of one, and `~3` or `^` behind it.
import { RollcallError } from '../base/errors.ts';
import { type GitFsStore, gitdir, gitFs } from './git-fs.ts';
import { readEntry } from './objects.ts';

/** As stock git has it: fewer digits say nothing. */
const digitsMin = 4;
/** Objects looked at for one abbreviation: four digits fit 15 in a million, so this is out of reach. */
const candidatesMax = 4_096;
/** Steps back that one revision may take: each reads a commit, 1,000 of them take about 0.3 s. */
const stepsMax = 1_000;

const form = new RegExp(`^(HEAD|main|refs/heads/main|[0-9a-f]{${digitsMin},40})((?:~[0-9]{0,6}|\\^[0-9]{0,2})*)$`);

/** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
export async function resolveRevision(store: GitFsStore, text: string): Promise<string> {
  const [, base, suffixes] = form.exec(text) ?? [];
  if (base === undefined) throw noSuchCommit(text);
  // Nobody waits for it who does not ask for a commit.
  const { default: git } = await import('isomorphic-git');
  const fs = gitFs(store);
  let oid = /^[0-9a-f]+$/.test(base)
    ? await expand(store, base)
    : await git.resolveRef({ fs, gitdir, ref: base }).catch(missing(text));
  const cache = {};
  let steps = 0;
  for (const [, kind, count] of suffixes!.matchAll(/([~^])([0-9]*)/g)) {
    const number = count === '' ? 1 : Number(count);
    for (let left = kind === '~' ? number : Math.min(number, 1); left > 0; left--) {
      if (++steps > stepsMax) throw noSuchCommit(text);
      // Beyond a cut it is not here.
      const { commit } = await git.readCommit({ fs, gitdir, oid, cache }).catch(missing(text));
      const parent = commit.parent[kind === '~' ? 0 : number - 1];
      if (parent === undefined) throw noSuchCommit(text);
      oid = parent;
    }
  }
  return oid;
}

/** Only the keys that begin with the digits are read, however many objects there are. Objects that are no commits do not count. */
async function expand(store: GitFsStore, digits: string): Promise<string> {
  const commits: string[] = [];
  for await (const [oid, entry] of store.entries('objects', { gte: digits, lt: `${digits}g`, limit: candidatesMax })) {
    if (readEntry(entry).type === 'commit') commits.push(oid);
  }
  if (commits.length > 1) {
    throw new RollcallError('AMBIGUOUS_COMMIT', `"${digits}" may be ${commits.slice(0, 4).join(' or ')}`, {
      remedy: 'write more digits of the hash',
    });
  }
  if (commits[0] === undefined) throw noSuchCommit(digits);
  return commits[0];
}

const missing = (text: string) => (error: { code?: string }) => {
  if (error.code === 'NotFoundError') throw noSuchCommit(text);
  throw error;
};

const noSuchCommit = (text: string) =>
  new RollcallError('NO_SUCH_COMMIT', `there is no commit "${text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?')}" here`);
