// One picture of a server from what several observers saw, by how much each is trusted; and what is wrong with it. Pure.
import { strangersShareMax } from './assign.ts';
import { strangerWeight } from './effects.ts';
import type { Sight } from './observation-book.ts';
import { differ, exceeds } from './players.ts';

/** A sight and how much it counts. `group`: who stands behind it; of one group the weightiest counts. */
export type Weighed = Sight & { readonly weight: number; readonly group: string };

/** What the server says of itself in its announcement; `null`: nothing. */
export type Claim = { readonly players: number | null };

export type Flag =
  /** It claims players, and nobody saw how many there are. */
  | 'unconfirmed'
  /** It claims more players than were seen. */
  | 'overstated'
  /** More players were seen than there is room for. */
  | 'implausible'
  /** Observers do not agree whether it is up, or how many play. */
  | 'disputed';

export type Picture = {
  readonly up: boolean;
  readonly players: number | null;
  readonly maxPlayers: number | null;
  readonly map: string | null;
  readonly version: string | null;
  readonly rttMs: number | null;
  /** The newest sight that this rests on, Unix milliseconds. */
  readonly at: number;
  /** How many groups agree. */
  readonly observers: number;
  readonly flags: readonly Flag[];
};

/** So much of the weight on the other side is a dispute. */
const disputedShare = 1 / 3;
/** Who saw a server before it fell silent does not contradict who looked since: so much of the weight, the newest of it, decides. */
const latestShare = 2 / 3;
/** Servers let in a few more than they say: spectators, admins. */
const spareSeats = 4;

/** Null when nobody who counts saw the server. `own`: this node's peer id, whose own round trip is the one to show. */
export function combine(sights: readonly Weighed[], claim: Claim, own: string): Picture | null {
  const counting = strangersBounded(oneOfEachGroup(sights.filter(({ weight }) => weight > 0)));
  if (counting.length === 0) return null;
  const latest = latestOf(counting);
  const total = sum(latest);
  const up = sum(latest.filter(sight => sight.up)) * 2 >= total;
  const against = sum(latest.filter(sight => sight.up !== up));
  const agreeing = counting.filter(sight => sight.up === up);
  const newest = agreeing.reduce((a, b) => (b.at > a.at ? b : a));
  const players = median(agreeing, ({ players }) => players);
  const maxPlayers = median(agreeing, ({ maxPlayers }) => maxPlayers);
  const mine = agreeing.find(({ observer }) => observer === own)?.rttMs;
  return {
    up,
    players,
    maxPlayers,
    map: newest.map,
    version: newest.version,
    rttMs: mine ?? median(agreeing, ({ rttMs }) => rttMs),
    at: newest.at,
    observers: agreeing.length,
    flags: flagsOf(agreeing, { players, maxPlayers, againstShare: against / total, claim }),
  };
}

type Found = {
  readonly players: number | null;
  readonly maxPlayers: number | null;
  readonly againstShare: number;
  readonly claim: Claim;
};

function flagsOf(agreeing: readonly Weighed[], { players, maxPlayers, againstShare, claim }: Found): Flag[] {
  const flags: Flag[] = [];
  if (claim.players !== null && claim.players > 0 && players === null) flags.push('unconfirmed');
  if (claim.players !== null && players !== null && exceeds(claim.players, players)) flags.push('overstated');
  if (players !== null && maxPlayers !== null && players > maxPlayers + spareSeats) flags.push('implausible');
  const dissenting = agreeing.filter(it => it.players !== null && players !== null && differ(it.players, players));
  const counted = sum(agreeing.filter(it => it.players !== null));
  const disputedCount = counted > 0 && sum(dissenting) / counted >= disputedShare;
  if (againstShare >= disputedShare || disputedCount) flags.push('disputed');
  return flags;
}

const sum = (sights: readonly Weighed[]): number => sights.reduce((total, { weight }) => total + weight, 0);

/** The middle by weight; of two middles the smaller, so that a doubt never counts for the server. */
function median(sights: readonly Weighed[], read: (sight: Sight) => number | null): number | null {
  const known = sights.filter(sight => read(sight) !== null).sort((a, b) => read(a)! - read(b)!);
  const half = sum(known) / 2;
  let below = 0;
  for (const sight of known) {
    below += sight.weight;
    if (below >= half) return read(sight);
  }
  return null;
}

/** The newest sights that together are more than `latestShare` of the weight: more than any one of three can make alone. */
function latestOf(sights: readonly Weighed[]): readonly Weighed[] {
  const enough = sum(sights) * latestShare;
  const latest: Weighed[] = [];
  for (const sight of sights.toSorted((a, b) => b.at - a.at || b.weight - a.weight)) {
    if (sum(latest) > enough) break;
    latest.push(sight);
  }
  return latest;
}

function oneOfEachGroup(sights: readonly Weighed[]): Weighed[] {
  const best = new Map<string, Weighed>();
  for (const sight of sights) {
    const other = best.get(sight.group);
    const better = !other || sight.weight > other.weight || (sight.weight === other.weight && sight.at > other.at);
    if (better) best.set(sight.group, sight);
  }
  return [...best.values()];
}

/** Where somebody known looked, all strangers together are not enough to dispute it. */
function strangersBounded(sights: readonly Weighed[]): readonly Weighed[] {
  const isStranger = ({ weight }: Weighed): boolean => weight <= strangerWeight;
  const known = sum(sights.filter(it => !isStranger(it)));
  const strange = sum(sights.filter(isStranger));
  const bound = (known * strangersShareMax) / (1 - strangersShareMax);
  if (known === 0 || strange <= bound) return sights;
  return sights.map(it => (isStranger(it) ? { ...it, weight: (it.weight * bound) / strange } : it));
}
