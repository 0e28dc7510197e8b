// The answers of `port-karma.ts` as TypeBox schemas.
import Type from 'typebox';
import { describes } from './describes.ts';
import type * as port from './port.ts';
import { closed, count, orNull, tier, time } from './schema-kinds.ts';

const score = (description: string) => Type.Number({ minimum: -1, maximum: 1, description });
const amount = (description: string) => Type.Number({ minimum: 0, description });
const why = orNull(Type.String({ description: 'why it does not count; null when it does' }));

export const KarmaSummary = describes<port.KarmaSummary>()(
  Type.Object({ subject: Type.String(), value: score('K'), tier, events: count }, closed),
);
export const KarmaPage = describes<port.KarmaPage>()(
  Type.Object({ remembered: count, subjects: Type.Array(KarmaSummary), next: orNull(Type.String()) }, closed),
);

export const KarmaGroup = describes<port.KarmaGroup>()(
  Type.Object(
    {
      group: Type.String(),
      weight: amount('w'),
      value: score('o'),
      counts: Type.Boolean(),
      why,
      raters: Type.Array(
        Type.Object(
          {
            rater: Type.String(),
            direct: score('D of the rater'),
            value: score('what it says'),
            scaled: score('the same, praise scaled to its budget'),
            vouched: amount('all that it says in favour of anybody'),
            weight: amount('w'),
            why,
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);

export const Karma = describes<port.KarmaJson>()(
  Type.Object(
    {
      subject: Type.String(),
      value: score('K'),
      tier,
      own: orNull(Type.Enum(['preferred', 'blocked'])),
      direct: Type.Object(
        { positive: amount('p'), negative: amount('n'), value: score('D'), confidence: amount('c') },
        closed,
      ),
      hearsay: Type.Object({ value: score('I'), weight: amount('Σw'), groups: Type.Array(KarmaGroup) }, closed),
      events: Type.Array(
        Type.Object(
          {
            id: Type.String(),
            action: Type.String(),
            points: Type.Integer(),
            atMs: time,
            source: Type.Enum(['player', 'game', 'probe', 'validator', 'proof']),
            note: orNull(Type.String()),
            evidence: orNull(Type.String()),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
);
