// The orders of rows that people can ask for by name: `list --sort players`.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import type { Filterable } from './filter.ts';
import { byId, byName } from './rank.ts';

/** Fields that `--sort` knows; a `-` before one turns the order round. */
export const sortFields = ['name', 'game', 'players', 'ping', 'age', 'standing', 'id'] as const;

export type Order = {
  readonly compare: (a: Filterable, b: Filterable) => number;
  /** What it compares first, as numbers; as many for each row. Where they are equal `compare` decides. */
  readonly keys: (row: Filterable) => readonly number[];
};
type Field = { readonly number: (row: Filterable) => number } | { readonly compare: Order['compare'] };

export function parseSort(text: string): Parsed<Order> {
  const down = text.startsWith('-');
  const name = down ? text.slice(1) : text;
  const field = fields.get(name);
  if (!field) return fault('BAD_SORT', 'sort', `"${name}" is none of ${sortFields.join(', ')}`);
  const sign = down ? -1 : 1;
  if (!('number' in field))
    return parsed({ compare: (a, b) => sign * field.compare(a, b) || byId(a, b), keys: () => noKeys });
  const number = (row: Filterable) => sign * field.number(row);
  const compare: Order['compare'] = (a, b) => {
    const [one, other] = [number(a), number(b)];
    return one < other ? -1 : one > other ? 1 : byId(a, b);
  };
  return parsed({ compare, keys: row => [number(row), beginningOf(row.id)] });
}

const noKeys: readonly number[] = [];
/** Of 52 bits, which a number holds exactly: in the order of ids, and hardly two have the same. */
const beginningOf = (id: string) => Number.parseInt(id.slice(0, 13), 16);

const fields: ReadonlyMap<string, Field> = new Map<(typeof sortFields)[number], Field>([
  ['name', { compare: byName }],
  ['game', { compare: (a, b) => byName({ name: a.game }, { name: b.game }) || byName(a, b) }],
  ['players', { number: ({ observed }) => -(observed?.players ?? -1) }],
  ['ping', { number: ({ observed }) => observed?.rttMs ?? Number.POSITIVE_INFINITY }],
  ['age', { number: ({ issuedAt }) => issuedAt }],
  ['standing', { compare: (a, b) => byName({ name: a.standing }, { name: b.standing }) }],
  ['id', { compare: byId }],
]);
