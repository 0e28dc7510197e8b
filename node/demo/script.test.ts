import test from 'ava';
import fc from 'fast-check';
import { cast, type Part, understudies } from './cast.ts';
import { type Action, type Actor, nextAction, opening } from './script.ts';

const chance = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 4, maxLength: 4 });
/** Gives what is in `numbers`, one after the other, and zeros then. */
const from = (numbers: readonly number[]) => {
  const rest = [...numbers];
  return () => rest.shift() ?? 0;
};
const openedAt = (fill: number): Actor[] => cast.map(part => opening(part, () => fill));

for (const [title, first, actors, waiting, expected] of [
  [
    'players come and go most often',
    0,
    openedAt(0),
    understudies,
    { do: 'change', server: 'eu-1', to: { players: 1 } },
  ],
  ['a map is changed', 0.4, openedAt(0), understudies, { do: 'change', server: 'eu-1', to: { map: 'oa_ctf2' } }],
  [
    'a server is renamed',
    0.65,
    openedAt(0),
    understudies,
    { do: 'change', server: 'eu-1', to: { name: "Bob's instagib: cup tonight" } },
  ],
  ['a server joins', 0.8, openedAt(0), understudies, { do: 'join', part: understudies[0]! }],
  [
    'when nobody waits, players move instead',
    0.8,
    openedAt(0),
    [],
    { do: 'change', server: 'eu-1', to: { players: 1 } },
  ],
  ['a server leaves', 0.99, openedAt(0), understudies, { do: 'leave', server: 'eu-1' }],
  [
    'of eight servers none leaves',
    0.99,
    openedAt(0).slice(0, 8),
    understudies,
    { do: 'change', server: 'eu-1', to: { players: 1 } },
  ],
] as const satisfies readonly (readonly [string, number, readonly Actor[], readonly Part[], Action])[]) {
  test(title, t => t.deepEqual(nextAction(actors, waiting, from([first])), expected));
}

test('a change always changes something, and players stay within what the server holds', t => {
  fc.assert(
    fc.property(chance, chance, (begin, then) => {
      const actors = cast.map(part => opening(part, from(begin)));
      const action = nextAction(actors, understudies, from(then));
      if (action.do !== 'change') return;
      const { part, ...state } = actors.find(actor => actor.part.server === action.server)!;
      const [[field, value]] = Object.entries(action.to) as [[keyof typeof state, string | number]];
      t.not(value, state[field]);
      if (typeof value === 'number') t.true(value >= 0 && value <= part.maxPlayers);
    }),
  );
});

test('parts have names of their own, and both names differ', t => {
  const parts = [...cast, ...understudies];
  t.is(new Set(parts.map(({ server }) => server)).size, parts.length);
  t.is(new Set(parts.flatMap(({ names }) => names)).size, 2 * parts.length);
});
