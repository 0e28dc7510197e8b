// What players see of the list unless they ask for all of it, and in which order. The list itself is the same everywhere,
// for announcements and statements decide it; the view is this node's own, for it uses what this node saw and whom it trusts.
import { atOnce, type Sliced } from '../base/slices.ts';
import { minute } from '../base/time.ts';
import { quotaOf } from '../karma/effects.ts';
import type { Tier } from '../karma/score.ts';
import type { Verified } from '../records/verified.ts';
import type { Group, Neighbour, Neighbours } from './neighbours.ts';
import { byRank, type Rank, rankOf, type Seen } from './rank.ts';
import { sortedInSlices } from './sorted-in-slices.ts';

/** Why a server is not shown: no reason hides one that the statement in force lists, or one of this node's own. */
export type Hiding = 'karma' | 'silent' | 'duplicate' | 'crowd';

/** A server that restarts is back within it; what never was there is gone after it. */
export const silentMs = 5 * minute;

/** One silence that a probe told of (K −0.028) fades for four months, and must not hide an honest host for so long. */
export const hiddenBelow = -0.03;

/** Servers of crowds that are looked at in one go: 3 ms. */
const sliceServers = 1_000;

export type ViewDeps<Observed extends Seen> = {
  /** Peer id of this node. */
  readonly self: string;
  readonly neighbours: Pick<Neighbours, 'get' | 'crowded' | 'sharing'>;
  readonly listed: (id: string) => Verified | undefined;
  readonly endorsed: (id: string) => boolean;
  readonly observed: (id: string) => Observed | null;
  readonly karma: (announcer: string) => Standing;
};

type Standing = { readonly value: number; readonly tier: Tier };
type Item = Pick<Verified, 'id' | 'announcement'>;

/** A server as it looks from here. */
export type Sight<Observed extends Seen = Seen> = {
  readonly endorsed: boolean;
  readonly observed: Observed | null;
  readonly karma: Standing;
  readonly since: number | null;
  /** The network it shares with most new servers, itself among them. */
  readonly network: Group | undefined;
  readonly hidden: Hiding | null;
};

/** The list at one moment: what is the same for many servers is worked out once. */
export class View<Observed extends Seen> {
  readonly #deps: ViewDeps<Observed>;
  readonly #now: number;
  readonly #karma = new Map<string, Standing>();
  /** Who holds an address that several servers give. */
  readonly #holders = new Map<string, string | undefined>();
  #surplus: ReadonlySet<string> | undefined;

  /** `surplus`: who is too many, where that was worked out a moment ago. */
  constructor(deps: ViewDeps<Observed>, now: number, surplus?: ReadonlySet<string>) {
    this.#deps = deps;
    this.#now = now;
    this.#surplus = surplus;
  }

  of(item: Item): Sight<Observed> {
    const sight = this.#alone(item);
    if (sight.hidden || !this.#mayHide(item, sight.endorsed)) return sight;
    return this.surplus().has(item.id) ? { ...sight, hidden: 'crowd' } : sight;
  }

  /** Who is too many, by id; worked out when it is first asked for. */
  surplus(): ReadonlySet<string> {
    this.#surplus ??= atOnce(this.#countOut());
    return this.#surplus;
  }

  /** The same in slices; of crowds as large as the list it takes half a second. */
  *surplusInSlices(): Sliced<ReadonlySet<string>> {
    this.#surplus ??= yield* this.#countOut();
    return this.#surplus;
  }

  rank({ id, announcement: { name } }: Item, { endorsed, observed, karma, since, network }: Sight): Rank {
    return rankOf({ id, name, endorsed, observed, karma, since, neighbours: network?.news ?? 0 }, this.#now);
  }

  /** All but what depends on the rank of others. */
  #alone(item: Item): Sight<Observed> {
    const { id, announcement } = item;
    const neighbour = this.#deps.neighbours.get(id);
    const endorsed = this.#deps.endorsed(id);
    const observed = this.#deps.observed(id);
    const karma = this.#karmaOf(announcement.announcer);
    const since = neighbour?.since ?? null;
    const network = neighbour && largestNetwork(neighbour);
    const mayHide = neighbour && this.#mayHide(item, endorsed);
    const hidden = mayHide ? this.#hiding(neighbour, karma, observed) : null;
    return { endorsed, observed, karma, since, network, hidden };
  }

  #mayHide({ announcement: { announcer, state } }: Item, endorsed: boolean): boolean {
    return state === 'up' && !endorsed && announcer !== this.#deps.self;
  }

  #hiding(neighbour: Neighbour, karma: Standing, observed: Observed | null): Hiding | null {
    if (karma.value < hiddenBelow) return 'karma';
    if (observed?.up === false && this.#now - (observed.downSince ?? this.#now) >= silentMs) return 'silent';
    return neighbour.addresses.some(address => this.#isHeld(address, neighbour.announcer)) ? 'duplicate' : null;
  }

  #isHeld(address: string, by: string): boolean {
    const sharing = this.#deps.neighbours.sharing(address);
    if (!sharing) return false;
    if (!this.#holders.has(address)) this.#holders.set(address, this.#holderOf(sharing));
    const holder = this.#holders.get(address);
    return holder !== undefined && holder !== by;
  }

  /** An address belongs to whom the statement in force lists with it, else to who was listed here first, unless karma hides him. */
  #holderOf(sharing: Iterable<Neighbour>): string | undefined {
    const { endorsed } = this.#deps;
    let best: { neighbour: Neighbour; endorsed: boolean } | undefined;
    for (const neighbour of sharing) {
      const candidate = { neighbour, endorsed: endorsed(neighbour.id) };
      if (!candidate.endorsed && this.#karmaOf(neighbour.announcer).value < hiddenBelow) continue;
      if (!best || holdsBefore(candidate, best)) best = candidate;
    }
    return best?.neighbour.announcer;
  }

  /** Of each group with more new servers than are shown the best stay, as many as the karma of each allows. */
  *#countOut(): Sliced<Set<string>> {
    let looked = 0;
    const crowd = new Map<string, { readonly neighbour: Neighbour; readonly karma: number; readonly rank: Rank }>();
    for (const { members } of this.#deps.neighbours.crowded) {
      for (const neighbour of members) {
        if (++looked % sliceServers === 0) yield;
        const item = neighbour.isNew && !crowd.has(neighbour.id) && this.#deps.listed(neighbour.id);
        const sight = item && this.#alone(item);
        if (!sight || sight.hidden) continue;
        crowd.set(neighbour.id, { neighbour, karma: sight.karma.value, rank: this.rank(item, sight) });
      }
    }
    const shown = new Map<Group, number>();
    const out = new Set<string>();
    const ranked = yield* sortedInSlices([...crowd.values()], (a, b) => byRank(a.rank, b.rank));
    for (const { neighbour, karma } of ranked) {
      if (++looked % sliceServers === 0) yield;
      const { id, groups } = neighbour;
      const fits = groups.every(group => (shown.get(group) ?? 0) < quotaOf(group.quota, karma));
      if (fits) for (const group of groups) shown.set(group, (shown.get(group) ?? 0) + 1);
      else out.add(id);
    }
    return out;
  }

  /** Announcers have many servers each. */
  #karmaOf(announcer: string): Standing {
    const held = this.#karma.get(announcer);
    if (held) return held;
    const karma = this.#deps.karma(announcer);
    this.#karma.set(announcer, karma);
    return karma;
  }
}

type Holding = { readonly neighbour: Neighbour; readonly endorsed: boolean };

function holdsBefore(a: Holding, b: Holding): boolean {
  if (a.endorsed !== b.endorsed) return a.endorsed;
  const [one, other] = [a.neighbour, b.neighbour];
  return one.since !== other.since ? one.since < other.since : one.id < other.id;
}

function largestNetwork({ groups }: Neighbour): Group | undefined {
  let largest: Group | undefined;
  for (const group of groups) if (group.kind === 'network' && group.news > (largest?.news ?? -1)) largest = group;
  return largest;
}
