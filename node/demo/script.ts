// What happens next in the demo. Chance comes from outside; nothing happens here.
import type { Part } from './cast.ts';

/** A server on the list, as its game server is now. */
export type Actor = {
  readonly part: Part;
  readonly name: string;
  readonly map: string;
  readonly players: number;
};

export type Action =
  | { readonly do: 'join'; readonly part: Part }
  | { readonly do: 'leave'; readonly server: string }
  | { readonly do: 'change'; readonly server: string; readonly to: Changed };

/** Exactly one of them. A name is announced; map and players are what gamedig sees. */
export type Changed = { readonly name: string } | { readonly map: string } | { readonly players: number };

/** How often each kind is drawn: players come and go far more often than servers. */
const weights = { players: 5, map: 3, rename: 2, join: 2, leave: 1 } as const;
type Kind = keyof typeof weights;
/** Below this many nobody leaves, so that there is always a list to look at. */
const actorsMin = 8;
/** Players who come or go at once. */
const playersStepMax = 4;

/** `random` gives numbers of at least 0, below 1. */
export function nextAction(actors: readonly Actor[], waiting: readonly Part[], random: () => number): Action {
  const kind = draw(random);
  const part = pick(waiting, random);
  if (kind === 'join' && part) return { do: 'join', part };
  const actor = pick(actors, random)!;
  const { server, names, maps } = actor.part;
  if (kind === 'leave' && actors.length > actorsMin) return { do: 'leave', server };
  if (kind === 'rename') return { do: 'change', server, to: { name: other(names, actor.name, random) } };
  if (kind === 'map') return { do: 'change', server, to: { map: other(maps, actor.map, random) } };
  return { do: 'change', server, to: { players: playersAfter(actor, random) } };
}

/** How a server begins. */
export function opening(part: Part, random: () => number): Actor {
  const players = Math.floor(random() * (part.maxPlayers + 1));
  return { part, name: part.names[0], map: pick(part.maps, random)!, players };
}

/** Always another number than before. */
function playersAfter({ players, part }: Actor, random: () => number): number {
  const step = 1 + Math.floor(random() * playersStepMax);
  const up = players === 0 || (players < part.maxPlayers && random() < 0.5);
  return up ? Math.min(players + step, part.maxPlayers) : Math.max(players - step, 0);
}

function draw(random: () => number): Kind {
  let left = random() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const [kind, weight] of Object.entries(weights) as [Kind, number][]) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'players';
}

const pick = <T>(from: readonly T[], random: () => number): T | undefined => from[Math.floor(random() * from.length)];

const other = (from: readonly string[], now: string, random: () => number): string =>
  pick(
    from.filter(each => each !== now),
    random,
  )!;
