import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import type { Filterable } from './filter.ts';
import { parseSort, sortFields } from './sort.ts';

const row = (name: string, players: number | null): Filterable => {
  const { id, announcement } = announcementOf(name.toLowerCase(), { name });
  const observed = players === null ? null : { up: true, players, maxPlayers: 16, map: null, rttMs: players };
  return { id, ...announcement, standing: 'new', hidden: null, karma: { value: 0, tier: 'yellow' }, observed };
};
const rows = [row('b10', 1), row('B2', null), row('a', 7)];
const sorted = (field: string) => {
  const order = parseSort(field);
  return order.ok ? rows.toSorted(order.value.compare).map(({ name }) => name) : order.message;
};

for (const [field, expected] of [
  ['name', ['a', 'B2', 'b10']],
  ['-name', ['b10', 'B2', 'a']],
  ['players', ['a', 'b10', 'B2']],
  ['ping', ['b10', 'a', 'B2']],
] as const) {
  test(`--sort ${field}`, t => {
    t.deepEqual(sorted(field), [...expected]);
  });
}

test('every field that is told is one, in both directions', t => {
  for (const field of sortFields)
    for (const sign of ['', '-']) t.is(sorted(sign + field).length, rows.length, sign + field);
});

test('what a row is sorted by as numbers agrees with the comparison of two', t => {
  const signOf = (one: readonly number[], other: readonly number[]) => {
    const at = one.findIndex((key, n) => key !== other[n]);
    return at < 0 ? 0 : Math.sign(one[at]! - other[at]!);
  };
  for (const field of sortFields.flatMap(name => [name, `-${name}`])) {
    const order = parseSort(field);
    if (!order.ok) throw new Error(order.message);
    const { keys, compare } = order.value;
    for (const a of rows)
      for (const b of rows)
        t.true([0, Math.sign(compare(a, b))].includes(signOf(keys(a), keys(b))), `${field}: ${a.name}, ${b.name}`);
  }
});

for (const field of ['karma', '', '-', 'constructor']) {
  test(`there is no sorting by "${field}"`, t => {
    t.regex(String(sorted(field)), /is none of name, game/);
  });
}
