// Rows as the viewer holds them, for tests of what it does with them.
import type { Row } from '../../web-ui/src/lib/rows.ts';
import { row } from '../api/fake-node.ts';

let made = 0;

export function rowOf(fields: Partial<Row> = {}): Row {
  const rank = made++;
  const id = rank.toString(16).padStart(40, '0');
  return { ...row(1), since: null, hidden: null, id, rank, gone: false, newsAtMs: 0, ...fields };
}

export const seen = (players: number | null, maxPlayers: number | null = 16): Row['observed'] => ({
  ...row(1).observed!,
  players,
  maxPlayers,
});
