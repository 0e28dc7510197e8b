// Rows as the viewer holds them, for tests of what it does with them.
import { wordsOf } from '../../node/list/filter.ts';
import type { Row } from '../../web-ui/src/lib/rows.ts';
import { row } from '../api/fake-node.ts';

let count = 0;

export function rowOf(fields: Partial<Row> = {}): Row {
  const rank = count++;
  const id = rank.toString(16).padStart(40, '0');
  const made = { ...row(1), id, rank, gone: false, newsAtMs: 0, ...fields };
  return { ...made, words: wordsOf(made) };
}

export const seen = (players: number | null, maxPlayers: number | null = 16): Row['observed'] => ({
  ...row(1).observed!,
  players,
  maxPlayers,
});
