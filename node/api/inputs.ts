// What requests may carry, as TypeBox schemas: they are checked with these, and /openapi.json shows them.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import { closed, shaped } from './schema-kinds.ts';

/** Only roughly bounded here: the announcement's own rules say exactly what is wrong, and name the field. */
export const AnnounceRequest = describes<port.AnnounceRequest>()(
  Type.Object(
    {
      game: Type.String(),
      name: Type.String(),
      addresses: Type.Array(Type.String(), { minItems: 1 }),
      server: Type.Optional(Type.String()),
      version: Type.Optional(Type.String()),
      tags: Type.Optional(Type.Array(Type.String())),
      attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    closed,
  ),
);

/** More than any list holds (docs/scale.md). */
export const serversLimitMax = 1_000_000;
export const ServersQuery = describes<port.ServersQuery>()(
  Type.Object(
    {
      game: Type.Optional(Type.String({ maxLength: 64 })),
      filter: Type.Optional(Type.String({ maxLength: 1_024 })),
      sort: Type.Optional(Type.String({ maxLength: 64 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: serversLimitMax })),
      all: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
);

/** Only roughly bounded, as announcements are: what a statement may say, its own rules tell. */
const texts = Type.Array(Type.String());

const denyFields = {
  announcers: Type.Optional(texts),
  addresses: Type.Optional(texts),
  games: Type.Optional(texts),
  reason: Type.String(),
  until: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix milliseconds' })),
};

const force = Type.Boolean({ description: 'also what bars this node itself, or every address there is' });

export const DenyAddRequest = describes<port.DenyAddRequest>()(
  Type.Object({ ...denyFields, force: Type.Optional(force) }, closed),
);

/** A range of IPv6 has 43 characters, a peer id 52, a game 64. */
const denied = Type.Optional(Type.String({ maxLength: 64 }));

export const DenySubject = describes<port.DenySubject>()(
  Type.Object({ announcer: denied, address: denied, game: denied }, closed),
);

const places = Type.Integer({ minimum: 1, description: 'instead of what everybody has' });

const QuotaRequest = describes<port.QuotaRequest>()(
  Type.Object(
    {
      announcers: Type.Optional(Type.Array(Type.Object({ announcer: Type.String(), servers: places }, closed))),
      networks: Type.Optional(Type.Array(Type.Object({ network: Type.String(), servers: places }, closed))),
      reason: Type.String(),
      until: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix milliseconds' })),
    },
    closed,
  ),
);

export const DraftRequest = describes<port.DraftRequest>()(
  Type.Object(
    {
      kind: Type.Enum(['checkpoint', 'rollback']),
      author: Type.Object({ name: Type.String(), email: Type.String() }, closed),
      message: Type.Optional(Type.String()),
      to: Type.Optional(Type.String({ maxLength: 64 })),
      deny: Type.Optional(DenyAddRequest),
      quotas: Type.Optional(QuotaRequest),
    },
    closed,
  ),
);

export const PublishRequest = describes<port.PublishRequest>()(
  Type.Object(
    {
      commit: Type.String({ description: 'the raw signed commit, base64' }),
      objects: Type.Optional(
        Type.Array(
          Type.Object(
            { type: Type.Enum(['tree', 'blob']), body: Type.String({ description: 'without its header, base64' }) },
            closed,
          ),
        ),
      ),
    },
    closed,
  ),
);

export const AddKeyRequest = Type.Object({ armored: Type.String() }, closed);

/** 1,000 scores take a few milliseconds to work out. An ending of six characters is nobody else's by chance. */
export const KarmaQuery = describes<port.KarmaQuery>()(
  Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
      below: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'only those with less karma' })),
      tier: Type.Optional(Type.Enum(['green', 'yellow', 'red'])),
      ending: Type.Optional(
        shaped('^[1-9A-HJ-NP-Za-km-z]{6,52}$', 'the end of a peer id, 6 characters or more: only such peers'),
      ),
      cursor: Type.Optional(
        shaped('^-?[0-9]{1,4}\\.[1-9A-HJ-NP-Za-km-z]{52}$', '`next` of the page before; without it, the worst come'),
      ),
    },
    closed,
  ),
);

/** Only roughly bounded too: the event's own rules say what is wrong. A peer id has 52 characters, an action 40 at most. */
export const RateRequest = describes<port.RateRequest>()(
  Type.Object(
    {
      subject: Type.String({ maxLength: 128, description: 'peer id' }),
      action: Type.String({ maxLength: 64, description: 'one of karma.actions, or appeal, or forgive' }),
      note: Type.Optional(Type.String({ description: 'for people' })),
      id: Type.Optional(Type.String({ maxLength: 128 })),
      source: Type.Optional(Type.Enum(['player', 'game'], { default: 'game' })),
    },
    closed,
  ),
);

export const VerifyRequest = Type.Object({ full: Type.Optional(Type.Boolean()) }, closed);

/** PATH_MAX of Linux. */
export const ExportRequest = Type.Object({ folder: Type.String({ minLength: 1, maxLength: 4_096 }) }, closed);
