// The list over time as this node had it: its own commits one after another, with how many servers each left listed. Pure.
import type { GraphCommit } from '../api/types.ts';

/** The list after one commit of this node's own. */
export type Moment = {
  readonly oid: string;
  readonly atMs: number;
  readonly author: string;
  readonly summary: string;
  readonly joined: number;
  readonly left: number;
  readonly changed: number;
  /** Listed after it. */
  readonly servers: number;
  /** The statement that this commit brought into force. */
  readonly statement: GraphCommit | null;
};

export type Timeline = {
  /** The oldest first. */
  readonly moments: readonly Moment[];
  /** Where each commit lies: a moment's own hash, and the hash of the statement that it brought. */
  readonly places: ReadonlyMap<string, number>;
};

export const noTimeline: Timeline = { moments: [], places: new Map() };

const isStatement = ({ kind }: GraphCommit): boolean => kind === 'checkpoint' || kind === 'rollback';

/**
 * Walks from the head along what the node itself had: a merge's first parent is the statement, its last the old head.
 * @param serversAtHead how many are listed after the newest commit; the others follow from who joined and left
 */
export function timelineOf(commits: readonly GraphCommit[], head: string | null, serversAtHead: number): Timeline {
  const byOid = new Map(commits.map(commit => [commit.oid, commit]));
  const moments: Moment[] = [];
  let servers = serversAtHead;
  let commit = byOid.get(head ?? '');
  while (commit && !isStatement(commit)) {
    const { oid, atMs, author, summary, added, removed, changed, parents } = commit;
    const first = byOid.get(parents[0] ?? '');
    const statement = first && isStatement(first) ? first : null;
    moments.push({ oid, atMs, author, summary, joined: added, left: removed, changed, servers, statement });
    servers = Math.max(0, servers - added + removed);
    commit = byOid.get(parents.at(-1) ?? '');
  }
  moments.reverse();
  const places = new Map(moments.map(({ oid }, index) => [oid, index]));
  for (const [index, { statement }] of moments.entries()) if (statement) places.set(statement.oid, index);
  return { moments, places };
}

/** Both ends belong to it. */
export type Span = { readonly from: number; readonly to: number };

/** What is shown on either side of an attack and its rollback, so that one sees what was normal. */
const aroundMoments = 3;
/** Where the way back leads to a commit that is not here, or a checkpoint is looked at: some of what came before. */
const beforeMoments = 12;

/** From the list that a statement brings back, over what was done to it, to a little after it came into force. */
export function spanAround({ moments, places }: Timeline, oid: string, rollbackTo: string | null): Span | undefined {
  const at = places.get(oid);
  if (at === undefined) return undefined;
  const back = places.get(rollbackTo ?? '') ?? at;
  const from = back < at ? back - aroundMoments : at - beforeMoments;
  return { from: Math.max(0, from), to: Math.min(moments.length - 1, at + aroundMoments) };
}
