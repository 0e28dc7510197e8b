import test from 'ava';
import { type Filterable, parseFilter } from './filter.ts';

const row = {
  state: 'up',
  standing: 'new',
  hidden: null,
  karma: { value: 0, tier: 'yellow' },
  observed: null,
} as Partial<Filterable> as Filterable;

for (const [expression, holds] of [
  ['karma:yellow', true],
  ['Karma:RED', false],
  ['karma!=red', true],
  ['hidden:no', true],
  ['-hidden:silent', true],
  ['standing:endorsed', false],
  ['state:left', false],
  ['up:unknown', true],
] as const) {
  test(`"${expression}" ${holds ? 'holds' : 'does not hold'}`, t => {
    const filter = parseFilter(expression);
    t.is(filter.ok && filter.value(row), holds);
  });
}

for (const [expression, ...expected] of [
  ['players:3', false, true, false, false],
  ['players=3', false, true, false, false],
  ['players!=3', true, false, true, false],
  ['players<3', true, false, false, false],
  ['players<=3', true, true, false, false],
  ['players>3', false, false, true, false],
  ['players>=3', false, true, true, false],
  ['players:unknown', false, false, false, true],
  ['players!=unknown', true, true, true, false],
  ['-players<3', false, true, true, true],
] as const) {
  test(`of 2, 3, 4 players and of nobody knows how many, "${expression}" holds of ${expected.join(', ')}`, t => {
    const filter = parseFilter(expression);
    const counts = [2, 3, 4, null];
    t.deepEqual(
      counts.map(
        players =>
          filter.ok &&
          filter.value({ ...row, observed: { up: true, players, maxPlayers: null, map: null, rttMs: null } }),
      ),
      [...expected],
    );
  });
}

for (const [expression, message] of [
  ['karma:blue', 'filter: "karma:blue" matches nothing: karma is one of green, yellow, red'],
  ['hidden!=foo', 'filter: "hidden!=foo" matches nothing: hidden is one of no, karma, silent, duplicate, crowd'],
  ['-standing:old', 'filter: "standing:old" matches nothing: standing is one of endorsed, new, denied'],
  ['up:maybe', 'filter: "up:maybe" matches nothing: up is one of yes, no, unknown'],
  ['state:down', 'filter: "state:down" matches nothing: state is one of up, left'],
] as const) {
  test(`"${expression}" is refused, with what there is`, t => {
    const filter = parseFilter(expression);
    t.is(filter.ok ? '' : filter.message, message);
  });
}

test('a filter of more terms than anybody types is refused', t => {
  const terms = (count: number) => parseFilter(Array.from({ length: count }, (_, n) => `w${n}`).join(' '));
  t.true(terms(32).ok);
  t.like(terms(33), { ok: false, code: 'BAD_FILTER', message: 'filter: has 33 terms: at most 32 may be' });
});
