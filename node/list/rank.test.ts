import test from 'ava';
import { day, hour, minute } from '../base/time.ts';
import { byRank, crowdMin, type Rankable, rankOf } from './rank.ts';

const now = 1_763_600_000_000;
const up = (players: number | null, ...flags: NonNullable<Rankable['observed']>['flags']) => ({
  ...{ up: true, players, flags, downSince: null },
});
const down = { up: false, players: null, flags: [], downSince: now - minute };
const server = (fields: Partial<Rankable> = {}): Rankable => ({
  ...{ id: 'b', name: 'Same', endorsed: false, observed: null, since: now - 2 * hour, neighbours: 1 },
  ...{ karma: { value: 0, tier: 'yellow' }, ...fields },
});
const compare = (a: Rankable, b: Rankable) => byRank(rankOf(a, now), rankOf(b, now));
const week = 7 * day;

for (const [title, better, worse] of [
  ['one that nobody has asked comes before one that is silent', {}, { observed: down, endorsed: true }],
  [
    'one that a maintainer vouches for before one that answers with 64',
    { endorsed: true },
    { observed: up(64), since: now - week },
  ],
  ['one that answers before one that nobody has asked', { observed: up(0) }, {}],
  ['a server alone before one of a full network, whatever that answers', {}, { observed: up(64), neighbours: 64 }],
  ['one of 16 before one of 32', { neighbours: 16 }, { neighbours: 32, observed: up(9) }],
  [
    'players before the size of a network that is no crowd',
    { neighbours: crowdMin - 1, observed: up(5) },
    { observed: up(4) },
  ],
  ['more players before fewer', { observed: up(6) }, { observed: up(5), since: now - 3 * hour }],
  ['a number of players before none', { observed: up(0) }, { observed: up(null) }],
  [
    '5 seen for a week before 16 seen for a minute',
    { observed: up(5), since: now - week },
    { observed: up(16), since: now - minute },
  ],
  [
    '5 seen before 8 that others saw otherwise',
    { observed: up(5) },
    { observed: up(8, 'disputed'), since: now - 3 * hour },
  ],
  ['5 seen before 8 that claims 200', { observed: up(5) }, { observed: up(8, 'overstated') }],
  ['a day before an hour', { since: now - day }, { since: now - hour, karma: { value: 0.9, tier: 'green' } }],
  ['green before yellow', { karma: { value: 0.1, tier: 'green' } }, { since: now - 3 * hour }],
  ['the better karma of one tier', { karma: { value: 0.5, tier: 'green' } }, { karma: { value: 0.2, tier: 'green' } }],
  ['one of few before one of several', { neighbours: 1 }, { neighbours: 2, since: now - 3 * hour }],
  ['listed earlier before listed later', { since: now - 3 * hour, name: 'Z' }, { name: 'A' }],
  ['by name at last, numbers as numbers', { name: 'Server 2' }, { name: 'server 10' }],
  ['and by id', { id: 'a' }, {}],
] as const) {
  test(`rank: ${title}`, t => {
    t.true(compare(server(better), server(worse)) < 0);
    t.true(compare(server(worse), server(better)) > 0);
  });
}

test('a server that claims 200 players that nobody saw ranks below one with 5 that were seen', t => {
  // What a server claims is no part of a rank: only that nobody saw it.
  const liar = server({ observed: up(null, 'unconfirmed'), since: now - week });
  t.true(compare(server({ observed: up(5), since: now }), liar) < 0);
});

test('good karma makes up for neighbours, four times as many at the most', t => {
  const trusted = server({ neighbours: 60, karma: { value: 1, tier: 'green' }, observed: up(1) });
  t.true(compare(trusted, server()) < 0);
  t.true(compare(server(), { ...trusted, neighbours: 64 }) < 0);
});

test('the order of ranks is strict and total', t => {
  const pick = <T>(items: readonly T[], n: number): T => items[n % items.length]!;
  let seed = 1;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const servers = Array.from({ length: 120 }, (_, n) =>
    server({
      id: String(n).padStart(3, '0'),
      name: pick(['a', 'A', 'b 2', 'b 10', 'ä', ''], next()),
      endorsed: pick([true, false, false], next()),
      observed: pick([null, down, up(0), up(3), up(null), up(9, 'disputed')], next()),
      since: pick([null, now, now - hour, now - day, now - week, now + hour], next()),
      neighbours: pick([0, 1, 2, 15, 16, 64], next()),
      karma: pick<Rankable['karma']>(
        [
          { value: 0, tier: 'yellow' },
          { value: 0.3, tier: 'green' },
          { value: -1, tier: 'red' },
        ],
        next(),
      ),
    }),
  );
  const ranks = servers.map(one => rankOf(one, now)).sort(byRank);
  for (const [i, a] of ranks.entries())
    for (const [j, b] of ranks.entries()) if (Math.sign(byRank(a, b)) !== Math.sign(i - j)) t.fail(`${a.id} ${b.id}`);
  t.deepEqual(ranks.flatMap(({ keys }) => keys).filter(Number.isNaN), []);
});
