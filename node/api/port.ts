// What HTTP needs of a node. `node/app` is it; tests use a plain object. Shapes are those of CONTRACT.md.
import type { Peer } from '../network/port.ts';

export type Node = {
  status(): Status;
  /** @throws RollcallError BAD_FILTER when the filter does not parse */
  servers(query: ServersQuery): ServersPage;
  /** Also of servers that left or were dropped, as long as the history knows them. */
  server(id: string): Promise<ServerDetail | undefined>;
  /** @throws RollcallError NO_SUCH_COMMIT for `before` */
  history(query: HistoryQuery): Promise<{ commits: CommitSummary[] }>;
  /** `revision`: a commit hash, at least four digits of one, `HEAD`, `main` or `HEAD~3`. @throws NO_SUCH_COMMIT, AMBIGUOUS_COMMIT */
  commit(revision: string): Promise<CommitDetail>;
  /** What changed from `a` to `b`; without `b`, from `a` to the list as it stands. */
  diff(a: string, b?: string): Promise<ServersDiff>;
  peers(): readonly Peer[];
  observation(id: string): Observed | null;
  /** Announces, stores it synced and keeps renewing. @throws RollcallError with the fault's code */
  announce(request: AnnounceRequest): Promise<{ announcement: AnnouncementJson & { id: string }; warnings: string[] }>;
  /** `server` is the slug, or the id, of one of this node's own. @throws RollcallError NO_SUCH_SERVER */
  withdraw(server: string): Promise<AnnouncementJson & { id: string }>;
  verify(options: { full: boolean }): Promise<VerifyReport>;
  /** Writes a bare repository. @throws RollcallError EXISTS when the folder is not empty */
  exportTo(folder: string): Promise<{ head: string | null; objects: number; bytes: number }>;
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
  peers: number;
  sync: { state: 'alone' | 'syncing' | 'synced'; lastAt: number | null; inSyncWith: number };
  uncommitted: number;
  refused: Record<string, number>;
};

export type StatementAge = { sequence: number; ageMs: number };

export type ServersQuery = { game?: string; filter?: string; sort?: string; limit?: number; all?: boolean };

export type ServersPage = {
  /** How many match, before `limit`. */
  total: number;
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
};

/** What was seen of a server, from here: never part of the history. */
export type Observed = {
  up: boolean;
  players: number | null;
  maxPlayers: number | null;
  map: string | null;
  rttMs: number | null;
  at: number;
  observers: number;
};

export type ServerDetail = ServerRow & {
  /** Why it stands where it stands, in words. */
  reasons: string[];
  signature: string;
  history: { oid: string; atMs: number; change: ServerChange }[];
};

export type ServerChange = 'joined' | 'left' | 'changed' | 'renewed' | 'forgotten';

export type HistoryQuery = { server?: string; announcer?: string; signed?: boolean; limit?: number; before?: string };

export type CommitSummary = {
  oid: string;
  parents: string[];
  author: string;
  atMs: number;
  summary: string;
  added: number;
  removed: number;
  changed: number;
  signature: { status: string; reason: string; fingerprint: string; name: string } | null;
  statement: { sequence: number; kind: 'checkpoint' | 'rollback'; rollbackTo: string | null } | null;
};

export type CommitDetail = CommitSummary & { tree: string; message: string; diff: ServersDiff };

export type AnnouncementJson = Omit<ServerRow, 'id' | 'standing' | 'karma' | 'observed'> & { signature: string };

export type ServersDiff = {
  added: (AnnouncementJson & { id: string })[];
  removed: (AnnouncementJson & { id: string })[];
  changed: { id: string; fields: Record<string, [old: unknown, new: unknown]> }[];
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

export type VerifyReport = {
  ok: boolean;
  commits: number;
  objects: number;
  servers: number;
  signatures: number;
  /** What is wrong, each naming the object or index entry; empty when sound. At most 100. */
  faults: string[];
};

export type NodeEvent =
  | { type: 'servers'; changes: { id: string; change: ServerChange }[]; total: number; tree: string }
  | { type: 'observed'; id: string; observed: Observed }
  | { type: 'head'; oid: string; summary: string }
  | { type: 'peer'; peerId: string; connected: boolean };
