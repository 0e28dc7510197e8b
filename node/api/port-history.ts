// The history as the viewer looks through it: its graph, the list as it was, and what a statement did here.

import type { AnnouncementJson, CommitSummary, StatementJson } from './port.ts';
import type { DenyRuleJson } from './port-deny.ts';

/** `merge`: brings a statement into force, or takes it out again. `checkpoint` and `rollback` are statements themselves. */
export type CommitKind = 'own' | 'merge' | 'checkpoint' | 'rollback';

export type HistoryQuery = {
  server?: string;
  announcer?: string;
  /** Statements only. */
  signed?: boolean;
  kind?: CommitKind;
  /** Fingerprint of a maintainer's key: statements that it signed. */
  signer?: string;
  /** Unix milliseconds, both included. */
  since?: number;
  until?: number;
  limit?: number;
  before?: string;
};

export type GraphQuery = { before?: string; limit?: number };

/** A commit as the graph draws it. Parents that are not here are left out: it is `cut` then. */
export type GraphCommit = Pick<
  CommitSummary,
  'oid' | 'parents' | 'cut' | 'atMs' | 'author' | 'added' | 'removed' | 'changed' | 'summary'
> & {
  kind: CommitKind;
  /** Of a statement's signature, as in `CommitSummary`. */
  status: string | null;
  sequence: number | null;
  /** Of a rollback: the commit whose list it brought back. */
  rollbackTo: string | null;
};

/** How far back the history goes, and whether that is as `history.keepMs` wants it. */
export type HistoryState = {
  /** When the oldest of this node's own commits was made; null before the first. */
  oldestAtMs: number | null;
  /** Older ones went. */
  isShallow: boolean;
  /** Older ones should go, and no checkpoint was adopted that the history could begin with. */
  isWaiting: boolean;
};

/** `next`: the `before` of the next page, null on the last. */
export type HistoryGraph = { commits: GraphCommit[]; head: string | null; next: string | null };

/** Without `diff` its lists are empty: a first checkpoint's is the whole list. `limit` of the servers that differ, with ids behind `after`. */
export type CommitQuery = { diff?: boolean; limit?: number; after?: string };

/** Of a diff that is told in parts: how many servers differ in all, be it by a renewal, and the `after` of the next; null on the last. */
export type DiffPart = { differing: number; next: string | null };

export type CommitServersQuery = { limit?: number; offset?: number; game?: string; filter?: string };

export type CommitServer = AnnouncementJson & { id: string };

/** The list as it stood at a commit, in the order of ids: who had withdrawn is not in it. */
export type CommitServersPage = { oid: string; servers: CommitServer[]; total: number };

/** The same while it is read, for it may be the whole list: rows in slices, and in the end how many match. */
export type CommitServers = { oid: string; servers: AsyncGenerator<CommitServer[], number, undefined> };

export type EffectServer = { id: string; name: string; announcer: string };

/** What came into force with a statement on this node. Lists are cut at 1,000; `counts` has the whole. */
export type StatementEffect = {
  statement: StatementJson;
  /** The head before, and the merge that brought it into force; null where it never was. */
  before: string | null;
  after: string | null;
  counts: { lost: number; returned: number; joined: number; denied: number };
  lost: EffectServer[];
  /** Listed here at some time before, and again by this statement. */
  returned: EffectServer[];
  /** Never listed here before. */
  joined: EffectServer[];
  /** Deny rules that were not in force before. */
  denied: DenyRuleJson[];
  /** Who lost most, first. */
  lostByAnnouncer: { announcer: string; count: number }[];
};
