// What requests about the history, about announcers and nodes, and about what was seen over time may carry.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import type { CommitQuery as CommitQueryType } from './port-history.ts';
import { closed, shaped, time } from './schema-kinds.ts';

/** A page of history is read from disk at about 5,000 commits a second. */
export const historyLimitMax = 1_000;
export const historyLimitDefault = 100;
/** About 7 MB of JSON: 100,000 commits are five pages. */
export const graphLimitMax = 20_000;
/** Servers in one part of what a commit changed: 5 MB of JSON. */
export const diffPartMax = 10_000;
/** More than any list holds: it is sent while it is read. */
export const commitServersLimitMax = 1_000_000;
export const announcersLimitMax = 1_000;
/** More circles than that nobody tells apart. */
export const nodesGraphLimitMax = 500;

const revision = Type.Optional(Type.String({ maxLength: 64 }));
const limit = (maximum: number, byDefault: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, default: byDefault }));
const offset = Type.Optional(Type.Integer({ minimum: 0, maximum: commitServersLimitMax, default: 0 }));

export const HistoryQuery = describes<port.HistoryQuery>()(
  Type.Object(
    {
      server: Type.Optional(shaped('^[0-9a-f]{40}$', 'the id of a server, 40 digits of 0-9 and a-f')),
      announcer: Type.Optional(Type.String({ maxLength: 128 })),
      signed: Type.Optional(Type.Boolean()),
      kind: Type.Optional(Type.Enum(['own', 'merge', 'checkpoint', 'rollback'])),
      signer: Type.Optional(shaped('^[0-9A-Fa-f]{40}$', "the fingerprint of a maintainer's key, 40 hex digits")),
      since: Type.Optional(time),
      until: Type.Optional(time),
      limit: limit(historyLimitMax, historyLimitDefault),
      before: revision,
    },
    closed,
  ),
);

export const GraphQuery = describes<port.GraphQuery>()(
  Type.Object({ before: revision, limit: limit(graphLimitMax, graphLimitMax) }, closed),
);

export const CommitQuery = describes<CommitQueryType>()(
  Type.Object(
    {
      diff: Type.Optional(
        Type.Boolean({ default: true, description: 'false: without what it changed, which may be the whole list' }),
      ),
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: diffPartMax,
          description: 'only what changed of so many servers, in the order of ids; all without it',
        }),
      ),
      after: Type.Optional(shaped('^[0-9a-f]{40}$', '`next` of the part before, and goes with `limit`')),
    },
    closed,
  ),
);

export const CommitServersQuery = describes<port.CommitServersQuery>()(
  Type.Object(
    {
      limit: limit(commitServersLimitMax, 1_000),
      offset,
      game: Type.Optional(Type.String({ maxLength: 64 })),
      filter: Type.Optional(Type.String({ maxLength: 1_024 })),
    },
    closed,
  ),
);

export const SeriesQuery = describes<port.SeriesQuery>()(
  Type.Object(
    {
      of: Type.Optional(
        shaped('^(list|[0-9a-f]{40})$', '`list`, or the id of a server, 40 digits of 0-9 and a-f', { default: 'list' }),
      ),
      span: Type.Optional(Type.Enum(['day', 'week', 'month'], { default: 'day' })),
    },
    closed,
  ),
);

export const AnnouncersQuery = describes<port.AnnouncersQuery>()(
  Type.Object(
    {
      sort: Type.Optional(
        Type.String({
          maxLength: 16,
          default: '-servers',
          description: 'servers, endorsed, players, karma, since or announcer; with `-` before it the largest first',
        }),
      ),
      limit: limit(announcersLimitMax, 100),
      offset,
      filter: Type.Optional(
        Type.String({ maxLength: 64, description: 'a part of the peer id or of a game, whatever the case' }),
      ),
    },
    closed,
  ),
);

export const NodesGraphQuery = describes<port.NodesGraphQuery>()(
  Type.Object({ limit: limit(nodesGraphLimitMax, nodesGraphLimitMax) }, closed),
);
