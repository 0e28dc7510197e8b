// What HTTP needs of a node. `node/app` is it; tests use a plain object. Its shapes are public: they are added to, never changed.

import type { GatewayStatus } from '../gateways/family.ts';
import type { VerifyReport } from '../history/verify.ts';
import type { Flag } from '../karma/combine.ts';
import type { Hiding } from '../list/view.ts';
import type { Peer } from '../network/port.ts';
import type { DenyAddRequest, DenyRequest, DenyRuleJson, DenySubject } from './port-deny.ts';
import type {
  CommitKind,
  CommitQuery,
  CommitServers,
  CommitServersQuery,
  DiffPart,
  EffectServer,
  GraphCommit,
  GraphQuery,
  HistoryGraph,
  HistoryQuery,
  HistoryState,
  StatementEffect,
} from './port-history.ts';
import type { KarmaGroup, KarmaJson, KarmaSummary, RateRequest } from './port-karma.ts';
import type {
  AnnouncerDetail,
  AnnouncerRow,
  AnnouncersPage,
  AnnouncersQuery,
  GraphLink,
  GraphNode,
  NodesGraph,
  NodesGraphQuery,
} from './port-nodes.ts';
import type { Series, SeriesQuery, SeriesSpan } from './port-series.ts';
import type {
  Draft,
  DraftDoubts,
  DraftRequest,
  DraftServer,
  Freshness,
  KeyJson,
  PublishRequest,
  QuotaRequest,
  QuotaRuleJson,
  ShownDraft,
  SignatureWord,
  StatementAge,
  StatementJson,
} from './port-statements.ts';

export type {
  AnnouncerDetail,
  AnnouncerRow,
  AnnouncersPage,
  AnnouncersQuery,
  CommitKind,
  CommitServers,
  CommitServersQuery,
  DenyAddRequest,
  DenyRequest,
  DenyRuleJson,
  DenySubject,
  Draft,
  DraftDoubts,
  DraftRequest,
  DraftServer,
  EffectServer,
  Flag,
  Freshness,
  GraphCommit,
  GraphLink,
  GraphNode,
  GraphQuery,
  Hiding,
  HistoryGraph,
  HistoryQuery,
  KarmaGroup,
  KarmaJson,
  KarmaSummary,
  KeyJson,
  NodesGraph,
  NodesGraphQuery,
  PublishRequest,
  QuotaRequest,
  QuotaRuleJson,
  RateRequest,
  Series,
  SeriesQuery,
  SeriesSpan,
  ShownDraft,
  SignatureWord,
  StatementAge,
  StatementEffect,
  StatementJson,
  VerifyReport,
};

export type Node = {
  status(): Status;
  /** @throws RollcallError BAD_FILTER when the filter does not parse */
  servers(query: ServersQuery): ServersPage | Promise<ServersPage>;
  /** Also of servers that left or were dropped, as long as the history knows them. */
  server(id: string): Promise<ServerDetail | undefined>;
  /** @throws RollcallError NO_SUCH_COMMIT for `before` */
  history(query: HistoryQuery): Promise<{ commits: CommitSummary[] }>;
  /** `revision`: a commit hash, at least four digits of one, `HEAD`, `main` or `HEAD~3`. @throws NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  commit(revision: string, query?: CommitQuery): Promise<CommitDetail>;
  /** What changed from `a` to `b`; without `b`, from `a` to the list as it stands. */
  diff(a: string, b?: string): Promise<ServersDiff>;
  /** Every commit that was ever made or adopted here, the newest first. @throws RollcallError NO_SUCH_COMMIT for `before` */
  graph(query: GraphQuery): Promise<HistoryGraph>;
  /** The bytes of a commit, without git's header. `revision`: as for `commit`. @throws NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  commitRaw(revision: string): Promise<{ oid: string; bytes: Uint8Array }>;
  /** The list as it stood at a commit. @throws NO_SUCH_COMMIT, AMBIGUOUS_COMMIT, BAD_FILTER */
  commitServers(revision: string, query: CommitServersQuery): Promise<CommitServers>;
  /** All announcements of a commit, one after the other in the order of paths. @throws NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  commitRecords(revision: string): AsyncIterable<Uint8Array>;
  series(query: SeriesQuery): Promise<Series>;
  /** @throws RollcallError BAD_SORT */
  announcers(query: AnnouncersQuery): Promise<AnnouncersPage>;
  /** Also of somebody who has no servers now, as long as the history knows him. @throws RollcallError BAD_PEER */
  announcer(peer: string): Promise<AnnouncerDetail | undefined>;
  nodesGraph(query: NodesGraphQuery): Promise<NodesGraph>;
  /** What a statement did here, by its digest. */
  effect(digest: string): Promise<StatementEffect | undefined>;
  peers(): readonly Peer[];
  /** The native master protocols that this node speaks. */
  gateways(): readonly GatewayStatus[];
  observation(id: string): Observed | null;
  /** Announces, stores it synced and keeps renewing. @throws RollcallError with the fault's code */
  announce(request: AnnounceRequest): Promise<{ announcement: AnnouncementJson & { id: string }; warnings: string[] }>;
  /** `server` is the slug of one of this node's own, or the beginning of its id. @throws RollcallError NO_SUCH_SERVER */
  withdraw(server: string): Promise<AnnouncementJson & { id: string }>;
  verify(options: { full: boolean }): Promise<VerifyReport>;
  /** Writes a bare repository. @throws RollcallError EXISTS when the folder is not empty */
  exportTo(folder: string): Promise<{ head: string | null; objects: number; bytes: number }>;
  /** Statements kept, the latest first. */
  statements(): Promise<StatementJson[]>;
  /**
   * What a maintainer would sign now, and what it would do. Nothing is published; the objects it names are kept.
   * @throws RollcallError NO_SUCH_COMMIT, BAD_RANGE, BAD_ANNOUNCER
   */
  draft(request: DraftRequest): Promise<ShownDraft>;
  /**
   * Takes in a signed commit, adopts it if it is the latest, and gossips it. `objects`: of its tree, where the node lacks some.
   * @throws RollcallError REFUSED with the reason's code in the message; OBJECTS_MISSING with the hashes in `details.missing`
   */
  publish(request: PublishRequest): Promise<{ statement: StatementJson; adopted: boolean }>;
  keys(): Promise<KeyJson[]>;
  /** An armored public key, or what is new about one. @throws RollcallError BAD_KEY, TOO_MANY_KEYS */
  addKey(armored: string): Promise<KeyJson[]>;
  /** @throws RollcallError NO_SUCH_KEY */
  removeKey(fingerprint: string): Promise<void>;
  /** This node's own deny rules, its configuration's, and those of the statement in force. */
  deny(): DenyRuleJson[];
  /**
   * Adds rules of this node's own, stored before they are in force; `left` servers went by them.
   * @throws RollcallError BAD_ANNOUNCER, BAD_RANGE, BAD_RULE, TOO_MANY_RULES
   */
  addDeny(request: DenyAddRequest): Promise<{ rules: DenyRuleJson[]; left: number }>;
  /** @throws RollcallError NO_SUCH_RULE */
  removeDeny(subject: DenySubject): Promise<DenyRuleJson>;
  /** Of whom this node remembers something, the worst first. */
  karma(query: KarmaQuery): Promise<KarmaPage>;
  /** What this node thinks of a peer, and why; of a stranger too. @throws RollcallError BAD_PEER */
  karmaOf(peer: string): Promise<KarmaJson>;
  /**
   * Adds an event, stored before it is acknowledged. An `id` that was told before counts once.
   * @throws RollcallError BAD_PEER, UNKNOWN_ACTION, BAD_FIELD
   */
  rate(request: RateRequest): Promise<KarmaJson>;
  /** What stock git asks over HTTP. */
  readonly git: GitService;
  /** Calls back at each change of the list, of peers or of the head, until the signal aborts. */
  watch(listener: (event: NodeEvent) => void, signal: AbortSignal): void;
  /** The configuration in force, with the origin of each value, keyed by path. */
  config(): { path: string; value: unknown; origin: string }[];
  /** Counts up with every change of what `servers()` may answer: the ETag. */
  version(): number;
};

export type GitService = {
  /** Body of `GET info/refs?service=git-upload-pack`, without the `# service` line. */
  advertise(): Promise<Uint8Array>;
  /** Answers one stateless `git-upload-pack` request. @throws RollcallError BAD_REQUEST */
  uploadPack(request: Uint8Array): AsyncIterable<Uint8Array>;
  /** A git bundle of main; with `since`, only what came after that commit. */
  bundle(since?: string): AsyncIterable<Uint8Array>;
};

export type Status = {
  peerId: string;
  role: 'server' | 'player';
  list: string;
  version: string;
  addresses: string[];
  http: string;
  startedAt: number;
  servers: number;
  announced: number;
  tree: string;
  head: string | null;
  statement: StatementAge | null;
  freshness: Freshness;
  peers: number;
  /** Connections refused or ended: for the peer's karma, or to make room. */
  turnedAway: { karma: number; full: number };
  sync: {
    state: 'alone' | 'syncing' | 'synced';
    lastAt: number | null;
    inSyncWith: number;
    nothingToTake: number;
    /** As in `ServersPage`. */
    partial: boolean;
  };
  /** Deny rules in force: with rules of its own a node lists less than others, by choice. */
  deny: { own: number; maintainers: number };
  uncommitted: number;
  /** The node's clock, so that ages are right on a machine with another. */
  now: number;
  /** Commits that were ever in its history, statements included. */
  commits: number;
  history: HistoryState;
  /** Who has servers on the list. */
  announcers: number;
  /** Gateways that run here. */
  gateways: number;
  refused: Record<string, number>;
};

/** `below` and `tier` narrow it down, `ending` to those whose ids end so; `cursor` is the `next` of the page before. */
export type KarmaQuery = {
  limit?: number;
  below?: number;
  tier?: 'green' | 'yellow' | 'red';
  ending?: string;
  cursor?: string;
};

/** `next` is null when there are no more. */
export type KarmaPage = { remembered: number; subjects: KarmaSummary[]; next: string | null };

export type ServersQuery = { game?: string; filter?: string; sort?: string; limit?: number; all?: boolean };

export type ServersPage = {
  /** How many match and are shown, before `limit`. */
  total: number;
  /** How many match and are not shown, and why; with `all` none. */
  hidden: { total: number } & Record<Hiding, number>;
  /**
   * The list was compared with no other node since the start, though there are some: more will come, and what a statement
   * does away with may be among it.
   */
  partial: boolean;
  tree: string;
  statement: StatementAge | null;
  servers: ServerRow[];
};

export type ServerRow = {
  id: string;
  announcer: string;
  server: string;
  game: string;
  name: string;
  addresses: readonly string[];
  state: 'up' | 'left';
  tags: readonly string[];
  attributes: Readonly<Record<string, string>>;
  version: string;
  issuedAt: number;
  expiresAt: number;
  standing: 'endorsed' | 'new' | 'denied';
  karma: { value: number; tier: 'green' | 'yellow' | 'red' };
  observed: Observed | null;
  /** When it was first listed here, in its present run; `null` when it is not. */
  since: number | null;
  /** Why it is shown only with `all`. */
  hidden: Hiding | null;
};

/** What was seen of a server: never part of the history. */
export type Observed = {
  up: boolean;
  players: number | null;
  maxPlayers: number | null;
  map: string | null;
  rttMs: number | null;
  at: number;
  observers: number;
  /** What is wrong with it, or with what it says of itself. */
  flags: readonly Flag[];
  /** Since when it has been silent, without an answer between; `null` while it is up. Unix milliseconds. */
  downSince: number | null;
};

export type ServerDetail = ServerRow & {
  /** Why it stands where it stands, in words. */
  reasons: string[];
  /** The same, one for one, for who says it in another language. */
  why: Why[];
  signature: string;
  history: { oid: string; atMs: number; change: ServerChange }[];
  /** What came before is not kept. Told only where it is so. */
  historySince?: number;
};

/** A reason as a code, with the numbers and names that it speaks of. Spans of time are `…ms`. */
export type Why = { code: string; values: Record<string, string | number> };

export type ServerChange = 'joined' | 'left' | 'changed' | 'renewed' | 'gone' | 'forgotten';

export type CommitSummary = {
  oid: string;
  /** Those of a commit that is `cut` are not here. */
  parents: string[];
  /** What came before it is not kept: the history begins with it. Told only where it is so. */
  cut?: true;
  author: string;
  atMs: number;
  summary: string;
  added: number;
  removed: number;
  changed: number;
  signature: (SignatureWord & { fingerprint: string; name: string }) | null;
  statement: { sequence: number; kind: 'checkpoint' | 'rollback'; rollbackTo: string | null } | null;
};

/** `diff` is what changed since `base`, one of the parents; null for an empty list. `part`: where it was asked for in parts. */
export type CommitDetail = CommitSummary & {
  tree: string;
  message: string;
  base: string | null;
  diff: ServersDiff;
  part?: DiffPart;
};

export type AnnouncementJson = Omit<ServerRow, 'id' | 'standing' | 'karma' | 'observed' | 'since' | 'hidden'> & {
  signature: string;
};

export type ServersDiff = {
  added: (AnnouncementJson & { id: string })[];
  removed: (AnnouncementJson & { id: string })[];
  /** `name` and `announcer` as they are afterwards. */
  changed: { id: string; name: string; announcer: string; fields: Record<string, [old: unknown, new: unknown]> }[];
};

export type AnnounceRequest = {
  game: string;
  name: string;
  addresses: string[];
  server?: string;
  version?: string;
  tags?: string[];
  attributes?: Record<string, string>;
};

export type NodeEvent =
  | { type: 'servers'; changes: { id: string; change: ServerChange }[]; total: number; tree: string }
  | { type: 'observed'; id: string; observed: Observed }
  | { type: 'head'; oid: string; summary: string }
  | { type: 'peer'; peerId: string; connected: boolean }
  /** Another statement is in force, or none any more. */
  | { type: 'statement'; statement: StatementAge | null }
  /** An event of karma was added. */
  | { type: 'karma'; subject: string }
  /** Of what comes in numbers, HTTP tells the first of a second one by one, and names the rest together at its end. */
  | { type: 'observedMany'; ids: string[] }
  | { type: 'karmaMany'; subjects: string[] };
