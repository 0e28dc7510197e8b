// The history as the API tells it: from the log and its indexes, so that no page reads commit after commit.
import type {
  CommitDetail,
  CommitSummary,
  GraphCommit,
  GraphQuery,
  HistoryGraph,
  HistoryQuery,
  ServersDiff,
  SignatureWord,
} from '../api/port.ts';
import type { CommitQuery } from '../api/port-history.ts';
import { RollcallError } from '../base/errors.ts';
import type { AnyCommit } from '../history/any-commit.ts';
import type { Uncommitted } from '../history/committer.ts';
import { diffCommits, diffToLive } from '../history/compare.ts';
import { type BlobDiff, diffTrees, withSides } from '../history/diff.ts';
import { type History, stored } from '../history/history.ts';
import { entryAt, heightOf, kindOfEntry, type LogEntry, readLog } from '../history/log.ts';
import { readCuts } from '../history/refs.ts';
import { resolveRevision } from '../history/revision.ts';
import type { Store } from '../history/store.ts';
import { emptyTree } from '../history/tree.ts';
import { isPeerId } from '../identity/keys.ts';
import type { Verified } from '../records/verified.ts';
import { diffJson } from './rows.ts';

export type HistoryPagesDeps = {
  readonly store: Store;
  readonly history: Pick<History, 'head' | 'commit' | 'serversOf'>;
  /** Who is listed with a blob now: as a rule one side of a comparison is new, and need not be read. */
  readonly live: { blob(oid: string): Verified | undefined };
  readonly uncommitted: () => Uncommitted;
  /** What to say of the signature of a statement, by its digest. */
  readonly signature: (digest: string) => SignatureWord;
};

/** Commits in one answer when nobody says how many. */
const limitDefault = 50;
const limitMax = 1_000;
const graphLimitMax = 20_000;

export class HistoryPages {
  readonly #deps: HistoryPagesDeps;

  constructor(deps: HistoryPagesDeps) {
    this.#deps = deps;
  }

  /** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  resolve(revision: string): Promise<string> {
    return resolveRevision(this.#deps.store, revision);
  }

  /** @throws RollcallError NO_SUCH_COMMIT, BAD_PEER */
  async page({ before, limit = limitDefault, signer, ...query }: HistoryQuery): Promise<{ commits: CommitSummary[] }> {
    if (query.announcer !== undefined && !isPeerId(query.announcer))
      throw new RollcallError('BAD_PEER', `announcer: "${query.announcer}" is no peer id (12D3KooW…)`);
    const entries = await readLog(this.#deps.store, {
      ...query,
      signer: signer?.toLowerCase(),
      limit: Math.min(limit, limitMax),
      below: await this.#heightBelow(before),
    });
    const cuts = await this.#cuts();
    return { commits: entries.map(entry => this.#summary(entry, cuts)) };
  }

  /** Everything that was ever committed here, old branches and statements included. @throws RollcallError NO_SUCH_COMMIT */
  async graph({ before, limit = graphLimitMax }: GraphQuery): Promise<HistoryGraph> {
    const { store, history } = this.#deps;
    const most = Math.min(limit, graphLimitMax);
    const entries = await readLog(store, { limit: most, below: await this.#heightBelow(before) });
    const last = entries.at(-1);
    const more = entries.length === most && last !== undefined && (await this.#hasOlder(last));
    const cuts = await this.#cuts();
    return {
      commits: entries.map(entry => this.#graphCommit(entry, cuts)),
      head: history.head ?? null,
      next: more ? last.oid : null,
    };
  }

  /** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  async commit(revision: string, { diff: isAsked = true, ...wanted }: CommitQuery = {}): Promise<CommitDetail> {
    const { history } = this.#deps;
    const oid = await this.resolve(revision);
    const commit = await history.commit(oid);
    const entry = await this.#entryOf(oid);
    if (!entry) throw new RollcallError('NO_SUCH_COMMIT', `commit ${oid} is not in the log of this node`);
    const tree = await history.serversOf(oid);
    const base = await this.#baseOf(commit);
    const { blobs, part } = partOf(isAsked ? await this.#changesOf(oid, base, tree) : [], wanted);
    const diff = await this.#told(blobs);
    return { ...this.#summary(entry, await this.#cuts()), tree, message: commit.message, base, diff, ...part };
  }

  /** The bytes that its hash is of, without git's header. @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  async raw(revision: string): Promise<{ oid: string; bytes: Uint8Array }> {
    const oid = await this.resolve(revision);
    const object = await this.#deps.store.object(oid);
    if (object?.type !== 'commit') throw new RollcallError('NO_SUCH_COMMIT', `there is no commit ${oid} here`);
    return { oid, bytes: object.body };
  }

  /** @throws RollcallError NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  async diff(a: string, b?: string): Promise<ServersDiff> {
    const from = await this.resolve(a);
    if (b === undefined) return this.#diffToLive(from);
    return this.#told(await diffCommits(this.#deps, from, await this.resolve(b)));
  }

  /** The list moves on meanwhile: what it was is held here until it has been told. */
  async #diffToLive(from: string): Promise<ServersDiff> {
    const uncommitted = this.#deps.uncommitted();
    const blobs = await diffToLive(this.#deps, from, uncommitted);
    const fresh = new Map(uncommitted.changes.map(({ after }) => [after?.oid, after]));
    return this.#told(blobs, oid => fresh.get(oid) ?? this.#deps.live.blob(oid));
  }

  async #told(blobs: readonly BlobDiff[], listed = (oid: string) => this.#deps.live.blob(oid)): Promise<ServersDiff> {
    return diffJson(await withSides(stored(this.#deps.store), blobs, listed));
  }

  #changesOf(oid: string, base: string | null, tree: string): Promise<BlobDiff[]> {
    return base === null ? diffTrees(stored(this.#deps.store), emptyTree, tree) : diffCommits(this.#deps, base, oid);
  }

  async #heightBelow(before: string | undefined): Promise<number | undefined> {
    return before === undefined ? undefined : heightOf(this.#deps.store, await this.resolve(before));
  }

  async #hasOlder({ oid }: LogEntry): Promise<boolean> {
    const { store } = this.#deps;
    const below = await heightOf(store, oid);
    return below !== undefined && (await readLog(store, { limit: 1, below })).length > 0;
  }

  async #cuts(): Promise<ReadonlySet<string>> {
    return new Set(await readCuts(this.#deps.store));
  }

  async #entryOf(oid: string): Promise<LogEntry | undefined> {
    const height = await heightOf(this.#deps.store, oid);
    return height === undefined ? undefined : entryAt(this.#deps.store, height);
  }

  /** The list that a commit changed: of a merge that of the old head, of a statement that of the one before. */
  async #baseOf({ parents, statement }: AnyCommit): Promise<string | null> {
    for (const parent of parents.toReversed()) {
      const entry = await this.#entryOf(parent);
      const wanted = statement ? entry : entry && !entry.statement;
      if (wanted) return parent;
    }
    return null;
  }

  #graphCommit(entry: LogEntry, cuts: ReadonlySet<string>): GraphCommit {
    const { oid, parents, atMs, author, added, removed, changed, summary, statement } = entry;
    return {
      // No line leads to what is not here.
      ...(cuts.has(oid) ? { parents: [], cut: true as const } : { parents: [...parents] }),
      ...{ oid, atMs, kind: kindOfEntry(entry), author, added, removed, changed, summary },
      status: statement ? this.#deps.signature(statement.digest).status : null,
      sequence: statement?.sequence ?? null,
      rollbackTo: statement?.rollbackTo ?? null,
    };
  }

  #summary(entry: LogEntry, cuts: ReadonlySet<string>): CommitSummary {
    const { oid, parents, author, atMs, summary, added, removed, changed, statement } = entry;
    const cut = cuts.has(oid) ? { cut: true as const } : {};
    const base = { oid, parents: [...parents], ...cut, author, atMs, summary, added, removed, changed };
    if (!statement) return { ...base, signature: null, statement: null };
    const { sequence, kind, rollbackTo, digest, fingerprint } = statement;
    const signature = { ...this.#deps.signature(digest), fingerprint, name: author };
    return { ...base, signature, statement: { sequence, kind, rollbackTo } };
  }
}

/** So many of the servers that differ as are wanted, behind the one that ended the last part; and what is to be said of it. */
function partOf(
  blobs: readonly BlobDiff[],
  { limit, after = '' }: CommitQuery,
): { readonly blobs: readonly BlobDiff[]; readonly part?: Pick<CommitDetail, 'part'> } {
  if (limit === undefined) return { blobs };
  const rest = blobs.filter(({ id }) => id > after);
  const some = rest.slice(0, limit);
  const next = some.length < rest.length ? some.at(-1)!.id : null;
  return { blobs: some, part: { part: { differing: blobs.length, next } } };
}
