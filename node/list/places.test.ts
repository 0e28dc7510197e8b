import test from 'ava';
import fc from 'fast-check';
import { type Ranked, ranked } from './ordered.ts';
import { Places } from './places.ts';

type Limits = Record<string, number>;
const limits: Limits = { a: 1, b: 2, c: 3, all: 6 };
const namesOf = (names: readonly string[]) => ['all', ...names];

/** The definition: in order of rank and id, whoever finds room in every group gets a place. */
function greedy(members: ReadonlyMap<string, Ranked & { names: readonly string[] }>, limits: Limits): string[] {
  const used: Record<string, number> = {};
  const inOrder = [...members.values()].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return inOrder
    .filter(({ names }) => {
      if (names.some(name => (used[name] ?? 0) >= limits[name]!)) return false;
      for (const name of names) used[name] = (used[name] ?? 0) + 1;
      return true;
    })
    .map(({ id }) => id)
    .sort();
}

const idOf = fc.integer({ min: 0, max: 30 }).map(n => n.toString(36));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      id: idOf,
      rank: fc.integer({ min: 0, max: 1 }),
      groups: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
      renews: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ leaves: idOf }) },
  {
    weight: 1,
    arbitrary: fc.record({ resized: fc.constantFrom('a', 'b', 'c', 'all'), limit: fc.integer({ min: 1, max: 9 }) }),
  },
);

test('after any joins, moves, leaves and other quotas, places are those of the greedy definition, and flips tell every change', t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (steps, takenMax) => {
      const now = { ...limits };
      const places = new Places({ limitOf: name => now[name]!, waitingMax: 1_000 });
      const members = new Map<string, Ranked & { names: readonly string[] }>();
      const told = new Set<string>();
      const hear = (flips: readonly { id: string; placed: boolean }[]) => {
        for (const flip of flips) {
          t.not(told.has(flip.id), flip.placed, 'a flip tells something new');
          if (flip.placed) told.add(flip.id);
          else told.delete(flip.id);
        }
      };
      for (const one of steps) {
        if ('leaves' in one) {
          members.delete(one.leaves);
          hear(places.remove(one.leaves));
        } else if ('resized' in one) {
          now[one.resized] = one.limit;
          for (let flips = places.resize(one.resized, takenMax); flips; flips = places.resize(one.resized, takenMax)) {
            hear(flips);
          }
        } else {
          const { id, rank, groups, renews } = one;
          const names = namesOf(groups);
          const isNew = !members.has(id);
          const isMove = !renews && members.get(id)?.names.join() === names.join();
          members.set(id, { ...ranked(id, rank), names });
          const full = places.fullFor(ranked(id, rank), names);
          hear((isMove ? places.rank(id, rank) : places.put(ranked(id, rank), names)).flips);
          if (isNew) t.is(full === undefined, places.placed(id), 'who would get a place is known before');
        }
        t.deepEqual([...told].sort(), greedy(members, now));
        t.deepEqual([...members.keys()].filter(member => places.placed(member)).sort(), greedy(members, now));
      }
    }),
    { numRuns: 500 },
  );
});

test('those who wait are bounded, and the longest waiting are dropped', t => {
  const places = new Places({ limitOf: () => 1, waitingMax: 2 });
  for (const id of ['1', '2', '3', '4']) places.put(ranked(id, 0), ['a']);
  const { dropped } = places.put(ranked('5', 0), ['a']);
  t.deepEqual(dropped, ['3']);
  t.is(places.waiting, 2);
  t.true(places.placed('1'));
});
