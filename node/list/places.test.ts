import test from 'ava';
import fc from 'fast-check';
import { Places } from './places.ts';

const limits: Record<string, number> = { a: 1, b: 2, c: 3, all: 6 };
const groupsOf = (names: readonly string[]) => new Map(['all', ...names].map(name => [name, limits[name]!]));

/** The definition: by id, whoever finds room in every group gets a place. */
function greedy(members: ReadonlyMap<string, readonly string[]>): string[] {
  const used: Record<string, number> = {};
  return [...members.keys()].sort().filter(id => {
    const names = ['all', ...members.get(id)!];
    if (names.some(name => (used[name] ?? 0) >= limits[name]!)) return false;
    for (const name of names) used[name] = (used[name] ?? 0) + 1;
    return true;
  });
}

const step = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map(n => n.toString(36)),
  groups: fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }), { nil: undefined }),
});

test('after any joins, moves and leaves, places are those of the greedy definition, and flips tell every change', t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), steps => {
      const places = new Places(1_000);
      const members = new Map<string, readonly string[]>();
      const told = new Set<string>();
      for (const { id, groups } of steps) {
        const flips = groups ? places.put(id, groupsOf(groups)).flips : places.remove(id);
        if (groups) members.set(id, groups);
        else members.delete(id);
        for (const flip of flips) {
          t.not(told.has(flip.id), flip.placed, 'a flip tells something new');
          if (flip.placed) told.add(flip.id);
          else told.delete(flip.id);
        }
        t.deepEqual([...told].sort(), greedy(members));
        t.deepEqual([...members.keys()].filter(member => places.placed(member)).sort(), greedy(members));
      }
    }),
    { numRuns: 300 },
  );
});

test('those who wait are bounded, and the longest waiting are dropped', t => {
  const places = new Places(2);
  for (const id of ['1', '2', '3', '4']) places.put(id, new Map([['a', 1]]));
  const { dropped } = places.put('5', new Map([['a', 1]]));
  t.deepEqual(dropped, ['3']);
  t.is(places.waiting, 2);
  t.true(places.placed('1'));
});
