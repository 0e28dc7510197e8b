// What maintainers and deny rules say, and drafts of it, as TypeBox schemas.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import { closed, count, fingerprint, id, oid, orNull, statementKind, texts, time, why } from './schema-kinds.ts';

export const StatementAge = describes<port.StatementAge>()(
  Type.Object(
    { sequence: count, ageMs: Type.Integer(), kind: statementKind, signer: Type.String(), fingerprint, oid },
    closed,
  ),
);

export const Freshness = describes<port.Freshness>()(
  Type.Object({ peersAhead: count, highestClaimed: orNull(count), warning: orNull(Type.String()) }, closed),
);

export const Statement = describes<port.StatementJson>()(
  Type.Object(
    {
      digest: Type.String({ description: 'SHA-256 of what is signed: the identity of a statement' }),
      oid,
      sequence: count,
      kind: statementKind,
      rollbackTo: orNull(Type.String()),
      subject: Type.String(),
      message: Type.String(),
      atMs: time,
      signer: Type.String(),
      fingerprint,
      trusted: Type.Boolean(),
      state: Type.Enum(['adopted', 'pending', 'superseded', 'refused']),
      reason: Type.String(),
      why,
      equivocation: orNull(Type.String()),
    },
    closed,
  ),
);
export const Statements = Type.Object({ statements: Type.Array(Statement) }, closed);
export const Published = Type.Object({ statement: Statement, adopted: Type.Boolean() }, closed);

const draftServers = Type.Array(
  Type.Object({ id, announcer: Type.String(), name: Type.String(), addresses: texts }, closed),
);

const QuotaRule = describes<port.QuotaRuleJson>()(
  Type.Object(
    {
      announcer: orNull(Type.String()),
      network: orNull(Type.String({ description: 'a range or a domain' })),
      servers: Type.Integer({ description: 'places of the announcer, or of each network' }),
      reason: Type.String(),
      until: orNull(time),
    },
    closed,
  ),
);

export const Draft = describes<port.ShownDraft>()(
  Type.Object(
    {
      payload: Type.String({ description: 'the bytes to sign, base64' }),
      tree: oid,
      parents: Type.Array(oid),
      message: Type.String(),
      sequence: count,
      servers: count,
      leaves: draftServers,
      returns: draftServers,
      barred: draftServers,
      quotas: Type.Array(QuotaRule),
      doubts: Type.Object(
        { total: count, red: count, silent: count, hidden: count, first: draftServers },
        { ...closed, description: 'servers that the statement would list and this node thinks little of' },
      ),
    },
    closed,
  ),
);

export const DenyRule = describes<port.DenyRuleJson>()(
  Type.Object(
    {
      announcer: orNull(Type.String()),
      address: orNull(Type.String({ description: 'a range: 203.0.113.0/24' })),
      game: orNull(Type.String()),
      reason: Type.String(),
      until: orNull(time),
      origin: Type.Enum(['node', 'configuration', 'maintainers']),
      from: Type.String({ description: 'whose word it is, in words' }),
    },
    closed,
  ),
);
export const DenyRules = Type.Object({ rules: Type.Array(DenyRule) }, closed);
export const DenyAdded = Type.Object(
  {
    rules: Type.Array(DenyRule),
    left: Type.Integer({ minimum: 0, description: 'servers that left the list by them' }),
  },
  closed,
);

export const Key = describes<port.KeyJson>()(
  Type.Object(
    {
      fingerprint,
      userIds: texts,
      algorithm: Type.String(),
      createdAt: time,
      expiresAt: orNull(time),
      revoked: Type.Boolean(),
      signingSubkeys: texts,
      state: Type.Enum(['good', 'expired', 'revoked', 'cannot sign', 'weak']),
      reason: Type.String(),
      why,
      shipped: Type.Boolean(),
      armored: Type.String({
        description: 'the public key itself: compare its fingerprint elsewhere before you trust it',
      }),
    },
    closed,
  ),
);
export const Keys = Type.Object({ keys: Type.Array(Key) }, closed);
export const KeyRemoved = Type.Object({ removed: fingerprint }, closed);
