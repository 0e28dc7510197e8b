// Who comes first: the order of the list that players see unless they ask for another. Only what this node and those it
// trusts have seen counts, never what a server claims.
import { day, hour } from '../base/time.ts';
import type { Flag } from '../karma/combine.ts';
import type { Tier } from '../karma/score.ts';

/** What was seen of a server, as far as it matters here. */
export type Seen = {
  readonly up: boolean;
  readonly players: number | null;
  readonly flags: readonly Flag[];
  readonly downSince: number | null;
};

export type Rankable = {
  readonly id: string;
  readonly name: string;
  /** Whether the statement in force lists it. */
  readonly endorsed: boolean;
  readonly observed: Seen | null;
  /** Of its announcer. */
  readonly karma: { readonly value: number; readonly tier: Tier };
  /** When it was first listed here, Unix milliseconds; `null`: it is not. */
  readonly since: number | null;
  /** New servers in its network, itself among them. */
  readonly neighbours: number;
};

/** Smaller comes first, key by key. */
export type Rank = { readonly keys: readonly number[]; readonly name: string; readonly id: string };

/** How old a server is here, the best first, and how much of the players seen there counts. */
export const ages = [
  { fromMs: 7 * day, maturity: 1 },
  { fromMs: day, maturity: 0.75 },
  { fromMs: hour, maturity: 0.5 },
  { fromMs: Number.NEGATIVE_INFINITY, maturity: 0.25 },
] as const;

/** With fewer new servers than this a network is no crowd. Floods fill networks, for addresses are what they have to pay for. */
export const crowdMin = 16;

/** Flags that cast doubt on a number that was seen: it counts half. `unconfirmed` is about none. */
const doubts = new Set<Flag>(['overstated', 'implausible', 'disputed']);
const doubtFactor = 0.5;

const tiers: Record<Tier, number> = { green: 0, yellow: 1, red: 2 };

/**
 * One after the other: not silent · endorsed · not from a crowd · answers · players that can be believed · age · karma ·
 * fewer neighbours · listed earlier; then name and id. docs/karma.md says why.
 */
export function rankOf(server: Rankable, now: number): Rank {
  const { id, name, endorsed, observed, karma, since } = server;
  const neighbours = neighbourhoodOf(server);
  const keys = [
    observed?.up === false ? 1 : 0,
    endorsed ? 0 : 1,
    Math.max(0, neighbours - Math.log2(crowdMin) + 1),
    observed ? 0 : 1,
    -crediblePlayers(server, now),
    ageOf(since, now),
    tiers[karma.tier],
    -Math.floor(karma.value * 10),
    neighbours,
    since ?? Number.POSITIVE_INFINITY,
  ];
  return { keys, name, id };
}

const collator = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  collator.compare(a.name, b.name);
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

export function byRank(a: Rank, b: Rank): number {
  for (let at = 0; at < a.keys.length; at++) {
    const [one, other] = [a.keys[at]!, b.keys[at]!];
    if (one !== other) return one < other ? -1 : 1;
  }
  return byName(a, b) || byId(a, b);
}

/** Index in `ages`. */
export function ageOf(since: number | null, now: number): number {
  const ageMs = since === null ? 0 : now - since;
  return ages.findIndex(({ fromMs }) => ageMs >= fromMs);
}

/** Who has been here for a minute is believed a quarter of his players, for anybody can answer with 64. −1: no number. */
export function crediblePlayers({ observed, since }: Pick<Rankable, 'observed' | 'since'>, now: number): number {
  if (!observed || observed.players === null) return -1;
  const trust = observed.flags.some(flag => doubts.has(flag)) ? doubtFactor : 1;
  return observed.players * trust * ages[ageOf(since, now)]!.maturity;
}

/** Doublings of neighbours; karma counts as it does for quotas, times 4^K. Whom a maintainer vouches for has none. */
function neighbourhoodOf({ endorsed, neighbours, karma }: Rankable): number {
  return endorsed || neighbours < 1 ? 0 : Math.max(0, Math.floor(Math.log2(neighbours) - 2 * karma.value));
}
