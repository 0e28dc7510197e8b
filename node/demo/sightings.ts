// What a player sees happen: the difference between two looks at the list. Pure.
import type { ServerRow } from '../api/port.ts';

export type Sighting = { readonly id: string; readonly name: string; readonly game: string } & (
  | { readonly what: 'joined' | 'left' | 'answers' | 'silent' }
  | { readonly what: 'renamed' | 'map'; readonly from: string; readonly to: string }
  | { readonly what: 'players'; readonly from: number; readonly to: number; readonly max: number | null }
);

/** In the order of `after`, those that left last. The first answer of a server is no news: it joined a moment ago. */
export function sightings(before: readonly ServerRow[], after: readonly ServerRow[]): Sighting[] {
  const old = new Map(before.map(row => [row.id, row]));
  const now = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap(row => {
      const was = old.get(row.id);
      return was ? changesOf(was, row) : [{ ...about(row), what: 'joined' } as const];
    }),
    ...before.filter(({ id }) => !now.has(id)).map(row => ({ ...about(row), what: 'left' }) as const),
  ];
}

function changesOf(was: ServerRow, is: ServerRow): Sighting[] {
  const seen: Sighting[] = [];
  if (was.name !== is.name) seen.push({ ...about(is), what: 'renamed', from: was.name, to: is.name });
  const [a, b] = [was.observed, is.observed];
  if (!a || !b) return seen;
  if (a.up !== b.up) return [...seen, { ...about(is), what: b.up ? 'answers' : 'silent' }];
  if (a.map !== null && b.map !== null && a.map !== b.map)
    seen.push({ ...about(is), what: 'map', from: a.map, to: b.map });
  if (a.players !== null && b.players !== null && a.players !== b.players)
    seen.push({ ...about(is), what: 'players', from: a.players, to: b.players, max: b.maxPlayers });
  return seen;
}

const about = ({ id, name, game }: ServerRow) => ({ id, name, game });
