// The orders of rows that people can ask for by name: `list --sort players`.
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import type { Filterable } from './filter.ts';
import { byId, byName } from './rank.ts';

/** Fields that `--sort` knows; a `-` before one turns the order round. */
export const sortFields = ['name', 'game', 'players', 'ping', 'age', 'standing', 'id'] as const;

export type Order = (a: Filterable, b: Filterable) => number;

export function parseSort(text: string): Parsed<Order> {
  const down = text.startsWith('-');
  const field = down ? text.slice(1) : text;
  const order = orders.get(field);
  if (!order) return fault('BAD_SORT', 'sort', `"${field}" is none of ${sortFields.join(', ')}`);
  return parsed((a, b) => (down ? order(b, a) : order(a, b)) || byId(a, b));
}

const seen = ({ observed }: Filterable) => observed?.players ?? -1;
const game = (row: Filterable) => ({ name: row.game });
const standing = (row: Filterable) => ({ name: row.standing });

const orders: ReadonlyMap<string, Order> = new Map<(typeof sortFields)[number], Order>([
  ['name', byName],
  ['game', (a, b) => byName(game(a), game(b)) || byName(a, b)],
  ['players', (a, b) => seen(b) - seen(a)],
  ['ping', (a, b) => (a.observed?.rttMs ?? Infinity) - (b.observed?.rttMs ?? Infinity) || 0],
  ['age', (a, b) => a.issuedAt - b.issuedAt],
  ['standing', (a, b) => byName(standing(a), standing(b))],
  ['id', byId],
]);
