// What HTTP answers as TypeBox schemas: /openapi.json shows them, and tests compare answers with them.
import Type from 'typebox';
import type { Peer } from '../network/port.ts';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import {
  closed,
  count,
  cut,
  id,
  oid,
  orNull,
  record,
  serverChange,
  statementKind,
  texts,
  tier,
  time,
  why,
} from './schema-kinds.ts';
import { Freshness, StatementAge } from './schemas-statements.ts';

export const Problem = Type.Object(
  {
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ pattern: '^[A-Z][A-Z0-9_]*$' }),
    detail: Type.String(),
    field: Type.Optional(Type.String()),
    remedy: Type.Optional(Type.String()),
    missing: Type.Optional(Type.Array(Type.String(), { description: 'git object ids that the node lacks' })),
  },
  closed,
);

export const Status = describes<port.Status>()(
  Type.Object(
    {
      peerId: Type.String(),
      role: Type.Enum(['server', 'player']),
      list: Type.String(),
      version: Type.String(),
      addresses: texts,
      http: Type.String(),
      startedAt: time,
      servers: count,
      announced: count,
      tree: oid,
      head: orNull(oid),
      statement: orNull(StatementAge),
      freshness: Freshness,
      peers: count,
      turnedAway: Type.Object({ karma: count, full: count }, closed),
      sync: Type.Object(
        {
          state: Type.Enum(['alone', 'syncing', 'synced']),
          lastAt: orNull(time),
          inSyncWith: count,
          nothingToTake: count,
          partial: Type.Boolean(),
        },
        closed,
      ),
      deny: Type.Object({ own: count, maintainers: count }, closed),
      uncommitted: count,
      now: time,
      commits: count,
      history: Type.Object(
        { oldestAtMs: orNull(time), isShallow: Type.Boolean(), isWaiting: Type.Boolean() },
        { ...closed, description: 'how far back it goes; waiting for a checkpoint that it could begin with' },
      ),
      announcers: count,
      gateways: count,
      refused: Type.Record(Type.String(), count),
    },
    closed,
  ),
);

export const Observed = describes<port.Observed>()(
  Type.Object(
    {
      up: Type.Boolean(),
      players: orNull(Type.Integer()),
      maxPlayers: orNull(Type.Integer()),
      map: orNull(Type.String()),
      rttMs: orNull(Type.Number()),
      at: time,
      observers: count,
      flags: Type.Array(Type.Enum(['unconfirmed', 'overstated', 'implausible', 'disputed'])),
      downSince: orNull(time),
    },
    closed,
  ),
);

const announcementFields = {
  announcer: Type.String(),
  server: Type.String(),
  game: Type.String(),
  name: Type.String(),
  addresses: texts,
  state: Type.Enum(['up', 'left']),
  version: Type.String(),
  tags: texts,
  attributes: record,
  issuedAt: time,
  expiresAt: time,
};
const signature = Type.String({ description: 'Ed25519, base64url' });

export const Announcement = describes<port.AnnouncementJson & { id: string }>()(
  Type.Object({ id, ...announcementFields, signature }, closed),
);

const rowFields = {
  id,
  ...announcementFields,
  standing: Type.Enum(['endorsed', 'new', 'denied']),
  karma: Type.Object({ value: Type.Number(), tier }, closed),
  observed: orNull(Observed),
  since: orNull(time),
  hidden: orNull(Type.Enum(['karma', 'silent', 'duplicate', 'crowd'], { description: 'why only `all` shows it' })),
};

export const ServerRow = describes<port.ServerRow>()(Type.Object(rowFields, closed));

export const ServersPage = describes<port.ServersPage>()(
  Type.Object(
    {
      total: count,
      hidden: Type.Object({ total: count, karma: count, silent: count, duplicate: count, crowd: count }, closed),
      partial: Type.Boolean(),
      tree: oid,
      statement: orNull(StatementAge),
      servers: Type.Array(ServerRow),
    },
    closed,
  ),
);

const pastChanges = Type.Array(Type.Object({ oid, atMs: time, change: serverChange }, closed));

export const ServerDetail = describes<port.ServerDetail>()(
  Type.Object(
    {
      ...{ ...rowFields, reasons: texts, why: Type.Array(why, { description: '`reasons` as codes, one for one' }) },
      ...{ signature, history: pastChanges, historySince: Type.Optional(time) },
    },
    closed,
  ),
);

export const ServerHistory = Type.Object({ id, history: pastChanges }, closed);

const commitFields = {
  oid,
  parents: Type.Array(oid),
  cut,
  author: Type.String(),
  atMs: time,
  summary: Type.String(),
  added: count,
  removed: count,
  changed: count,
  signature: orNull(
    Type.Object(
      { status: Type.String(), reason: Type.String(), why, fingerprint: Type.String(), name: Type.String() },
      closed,
    ),
  ),
  statement: orNull(Type.Object({ sequence: count, kind: statementKind, rollbackTo: orNull(Type.String()) }, closed)),
};

export const CommitSummary = describes<port.CommitSummary>()(Type.Object(commitFields, closed));
export const History = Type.Object({ commits: Type.Array(CommitSummary) }, closed);

export const ServersDiff = describes<port.ServersDiff>()(
  Type.Object(
    {
      added: Type.Array(Announcement),
      removed: Type.Array(Announcement),
      changed: Type.Array(
        Type.Object(
          {
            id,
            name: Type.String(),
            announcer: Type.String(),
            fields: Type.Record(
              Type.String(),
              Type.Array(Type.Unknown(), { minItems: 2, maxItems: 2, description: 'old, new' }),
            ),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);

export const CommitDetail = describes<port.CommitDetail>()(
  Type.Object(
    {
      ...commitFields,
      tree: oid,
      message: Type.String(),
      base: orNull(Type.String({ description: 'the parent that `diff` begins at; null for an empty list' })),
      diff: ServersDiff,
      part: Type.Optional(
        Type.Object(
          {
            differing: Type.Integer({ description: 'servers that differ in all, be it by a renewal' }),
            next: orNull(Type.String({ description: '`after` of the next part; null on the last' })),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);

export const PeerInfo = describes<Peer>()(
  Type.Object(
    {
      peerId: Type.String(),
      addresses: texts,
      direction: Type.Enum(['inbound', 'outbound']),
      connectedAt: time,
      rttMs: orNull(Type.Number()),
      score: Type.Number(),
      agent: orNull(Type.String()),
    },
    closed,
  ),
);

export const VerifyReport = describes<port.VerifyReport>()(
  Type.Object(
    { ok: Type.Boolean(), commits: count, objects: count, servers: count, signatures: count, faults: texts },
    closed,
  ),
);

export const Announced = Type.Object({ announcement: Announcement, warnings: texts }, closed);

export const Peers = Type.Object({ peers: Type.Array(PeerInfo) }, closed);

export const Config = Type.Object(
  {
    settings: Type.Array(Type.Object({ path: Type.String(), value: Type.Unknown(), origin: Type.String() }, closed)),
  },
  closed,
);
