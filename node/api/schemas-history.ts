// The answers of `port-history.ts` as TypeBox schemas.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import type { CommitServersPage } from './port-history.ts';
import { closed, count, cut, id, oid, orNull, statementKind, time } from './schema-kinds.ts';
import { Announcement } from './schemas.ts';
import { DenyRule, Statement } from './schemas-statements.ts';

const commitKind = Type.Union([Type.Enum(['own', 'merge']), statementKind], {
  description: "a node's own; a merge that brings a statement into force; a statement",
});

export const GraphCommit = describes<port.GraphCommit>()(
  Type.Object(
    {
      oid,
      parents: Type.Array(oid, { description: 'those of a commit that is cut are left out' }),
      cut,
      atMs: time,
      kind: commitKind,
      author: Type.String(),
      added: count,
      removed: count,
      changed: count,
      summary: Type.String(),
      status: orNull(Type.String({ description: "of a statement's signature" })),
      sequence: orNull(count),
      rollbackTo: orNull(oid),
    },
    closed,
  ),
);

export const HistoryGraph = describes<port.HistoryGraph>()(
  Type.Object(
    {
      commits: Type.Array(GraphCommit),
      head: orNull(oid),
      next: orNull(Type.String({ description: 'the `before` of the next page; null on the last' })),
    },
    closed,
  ),
);

export const CommitServers = describes<CommitServersPage>()(
  Type.Object({ oid, servers: Type.Array(Announcement), total: count }, closed),
);

const effectServers = (description: string) =>
  Type.Array(Type.Object({ id, name: Type.String(), announcer: Type.String() }, closed), { description });

export const StatementEffect = describes<port.StatementEffect>()(
  Type.Object(
    {
      statement: Statement,
      before: orNull(oid),
      after: orNull(oid),
      counts: Type.Object({ lost: count, returned: count, joined: count, denied: count }, closed),
      lost: effectServers('listed before and not afterwards'),
      returned: effectServers('listed here at some time before, and again by this statement'),
      joined: effectServers('never listed here before'),
      denied: Type.Array(DenyRule, { description: 'rules that were not in force before' }),
      lostByAnnouncer: Type.Array(Type.Object({ announcer: Type.String(), count }, closed)),
    },
    closed,
  ),
);
