// The answers of `port-nodes.ts` and `port-series.ts` as TypeBox schemas.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import { closed, count, id, oid, orNull, texts, tier, time } from './schema-kinds.ts';

const karma = Type.Object({ value: Type.Number(), tier }, closed);
const counts = Type.Array(count);

const announcerFields = {
  announcer: Type.String(),
  servers: count,
  endorsed: count,
  players: count,
  karma,
  connected: Type.Boolean(),
  since: orNull(time),
  games: texts,
};

export const AnnouncerRow = describes<port.AnnouncerRow>()(Type.Object(announcerFields, closed));

export const AnnouncersPage = describes<port.AnnouncersPage>()(
  Type.Object({ total: count, announcers: Type.Array(AnnouncerRow) }, closed),
);

export const AnnouncerDetail = describes<port.AnnouncerDetail>()(
  Type.Object(
    {
      ...announcerFields,
      days: Type.Object({ from: time, joined: counts, left: counts, changed: counts }, closed),
      equivocations: Type.Array(Type.Object({ atMs: time, kept: oid, dropped: oid }, closed)),
    },
    closed,
  ),
);

export const NodesGraph = describes<port.NodesGraph>()(
  Type.Object(
    {
      nodes: Type.Array(
        Type.Object(
          {
            peer: Type.String(),
            kind: Type.Enum(['self', 'peer', 'announcer', 'rater']),
            servers: count,
            karma,
          },
          closed,
        ),
      ),
      links: Type.Array(
        Type.Object(
          {
            a: Type.String(),
            b: Type.String(),
            kind: Type.Enum(['connected', 'vouches', 'warns']),
            value: Type.Number({ minimum: -1, maximum: 1 }),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);

const values = Type.Array(orNull(Type.Number({ minimum: 0 })));

export const Series = describes<port.Series>()(
  Type.Object(
    {
      of: Type.Union([Type.Literal('list'), id]),
      span: Type.Enum(['day', 'week', 'month']),
      stepMs: Type.Integer({ minimum: 1 }),
      from: time,
      servers: values,
      players: values,
      joined: counts,
      left: counts,
      changed: counts,
    },
    closed,
  ),
);
