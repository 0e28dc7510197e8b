// Who stands beside whom in the list, and since when: how many new servers each network and autonomous system has, and
// which addresses several servers give. Kept with each change of the list, so that no request has to count.
import { formatAddress } from '../base/address.ts';
import type { Sliced } from '../base/slices.ts';
import type { Announcement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import { addressesOf, type Place, sameAddresses } from './addresses.ts';
import type { Change } from './change.ts';
import { Crowd } from './crowd.ts';
import { privateNetworksMax } from './quotas.ts';

/** How many new servers of one network and of one autonomous system players see unless they ask for all. */
export type Quotas = { readonly perNetworkMax: number; readonly perSystemMax: number };

export type NeighboursDeps = Quotas & {
  /** Since when a server that has just come up has been listed, Unix milliseconds. */
  readonly since: (id: string) => number;
  /** The autonomous system of an IP address, where a database is at hand. */
  readonly asOf?: ((ip: string) => number | undefined) | undefined;
  /** The places that the statement in force gives a network: whom a maintainer has raised is shown as far as listed. */
  readonly ruledFor?: ((network: string) => number | undefined) | undefined;
  /** Whether private addresses are counted, all as one network; not in a lab, where there is nothing else. */
  readonly countPrivateNetworks: boolean;
};

/** A network or an autonomous system, with the servers in it. */
export type Group = {
  /** `203.0.113.0/24`, `example.org`, `AS64500`. */
  readonly name: string;
  readonly kind: 'network' | 'system';
  quota: number;
  readonly members: Crowd<Neighbour>;
  /** How many of them are new. */
  news: number;
  /** What nearly all of them are in: this group alone. */
  alone: readonly Group[];
};

/** A listed server as its neighbours see it. One that left has neither groups nor addresses. */
export type Neighbour = {
  readonly id: string;
  readonly announcer: string;
  readonly since: number;
  readonly groups: readonly Group[];
  /** Those that only one machine can have: a private one is another in each LAN. */
  addresses: readonly string[];
  /** As it was counted: not listed by the statement in force. */
  isNew: boolean;
};

/** Ids that the statement in force lists. */
type Endorsed = { has(id: string): boolean };

const none: readonly never[] = [];
/** Servers counted again in one go: 1 µs each. */
const sliceMax = 5_000;

export class Neighbours {
  readonly #deps: NeighboursDeps;
  readonly #listed = new Map<string, Neighbour>();
  readonly #groups = new Map<string, Group>();
  readonly #crowded = new Set<Group>();
  /** One of those who give an address, and all of them where they are several. */
  readonly #at = new Map<string, Neighbour>();
  readonly #shared = new Map<string, Crowd<Neighbour>>();
  #endorsed: Endorsed = new Map();

  constructor(deps: NeighboursDeps) {
    this.#deps = deps;
  }

  /** To be told of each change of the list, before anybody else asks. */
  changed(changes: readonly Change[]): void {
    for (const { id, before, after } of changes) {
      const held = this.#listed.get(id);
      if (held && before && after && standsAsBefore(before.announcement, after.announcement)) {
        // Else the older list would stay in memory.
        if (held.addresses === before.announcement.addresses) held.addresses = after.announcement.addresses;
        continue;
      }
      if (held) this.#leave(held);
      if (after) this.#join(after, held?.since ?? this.#deps.since(id));
      else this.#listed.delete(id);
    }
  }

  /** Another statement is in force. Whom it lists is no part of a crowd, so who is new is counted again; so is how many fit. */
  *restated(endorsed: Endorsed): Sliced<void> {
    this.#endorsed = endorsed;
    for (const group of this.#groups.values()) {
      group.quota = this.#quotaOf(group);
      this.#count(group, 0);
    }
    let left = sliceMax;
    for (const neighbour of this.#listed.values()) {
      if (--left === 0) {
        yield;
        left = sliceMax;
      }
      // By the latest, should yet another come into force meanwhile.
      const isNew = !this.#endorsed.has(neighbour.id);
      if (isNew === neighbour.isNew) continue;
      neighbour.isNew = isNew;
      for (const group of neighbour.groups) this.#count(group, isNew ? 1 : -1);
    }
  }

  get(id: string): Neighbour | undefined {
    return this.#listed.get(id);
  }

  /** Groups with more new servers than players see by default. */
  get crowded(): ReadonlySet<Group> {
    return this.#crowded;
  }

  /** All who give an address, where they are several. */
  sharing(address: string): Iterable<Neighbour> | undefined {
    return this.#shared.get(address);
  }

  /** All who give an address, be it one. */
  giving(address: string): Iterable<Neighbour> {
    const one = this.#at.get(address);
    return this.#shared.get(address) ?? (one ? [one] : none);
  }

  #join({ id, announcement }: Verified, since: number): void {
    const { announcer, state } = announcement;
    const places = state === 'up' ? addressesOf(announcement) : none;
    const groups = this.#groupsOf(places);
    const addresses = uniqueAmong(places, announcement);
    const neighbour: Neighbour = { id, announcer, since, groups, addresses, isNew: !this.#endorsed.has(id) };
    this.#listed.set(id, neighbour);
    for (const group of neighbour.groups) {
      group.members.add(neighbour);
      if (neighbour.isNew) this.#count(group, 1);
    }
    for (const address of neighbour.addresses) {
      const other = this.#at.get(address);
      if (!other) this.#at.set(address, neighbour);
      else this.#share(address, other).add(neighbour);
    }
  }

  #leave(neighbour: Neighbour): void {
    for (const group of neighbour.groups) {
      group.members.delete(neighbour);
      if (neighbour.isNew) this.#count(group, -1);
      if (group.members.size === 0) this.#groups.delete(group.name);
    }
    for (const address of neighbour.addresses) {
      const shared = this.#shared.get(address);
      shared?.delete(neighbour);
      const [other] = shared ?? none;
      if (shared && shared.size < 2) this.#shared.delete(address);
      if (this.#at.get(address) !== neighbour) continue;
      if (other) this.#at.set(address, other);
      else this.#at.delete(address);
    }
  }

  #share(address: string, first: Neighbour): Crowd<Neighbour> {
    const shared = this.#shared.get(address) ?? new Crowd<Neighbour>();
    shared.add(first);
    this.#shared.set(address, shared);
    return shared;
  }

  #count(group: Group, change: 1 | 0 | -1): void {
    group.news += change;
    if (group.news > group.quota) this.#crowded.add(group);
    else this.#crowded.delete(group);
  }

  /** As the quotas of the list count, and by autonomous system. */
  #groupsOf(places: readonly Place[]): readonly Group[] {
    const { countPrivateNetworks, asOf } = this.#deps;
    let groups: readonly Group[] = none;
    const add = (group: Group) => {
      if (groups.length === 0) groups = group.alone;
      // A new array of just this length: one that grows, or is spread, keeps room for 16 more.
      else if (!groups.includes(group)) groups = groups.concat([group]);
    };
    for (const place of places) {
      if (place.scope === 'global') {
        add(this.#group(place.network, 'network'));
        const system = place.kind === 'name' ? undefined : asOf?.(place.host);
        if (system !== undefined) add(this.#group(`AS${system}`, 'system'));
      } else if (countPrivateNetworks) add(this.#group(privateNetworks, 'network'));
    }
    return groups;
  }

  #group(name: string, kind: Group['kind']): Group {
    const held = this.#groups.get(name);
    if (held) return held;
    const quota = this.#quotaOf({ name, kind });
    const group: Group = { name, kind, quota, members: new Crowd(), news: 0, alone: none };
    group.alone = [group];
    this.#groups.set(name, group);
    return group;
  }

  #quotaOf({ name, kind }: Pick<Group, 'name' | 'kind'>): number {
    const { perNetworkMax, perSystemMax, ruledFor } = this.#deps;
    if (kind === 'system') return perSystemMax;
    if (name === privateNetworks) return privateNetworksMax * perNetworkMax;
    return ruledFor?.(name) ?? perNetworkMax;
  }
}

const privateNetworks = 'private networks';

/** Whether a server that was announced again has the neighbours that it had: nearly all have. */
const standsAsBefore = (before: Announcement, after: Announcement): boolean =>
  before.state === after.state && sameAddresses(before, after);

/** As a rule all of them: then the announcement's own list, which is in memory anyway. */
const uniqueAmong = (places: readonly Place[], { addresses }: Announcement): readonly string[] =>
  places.length === addresses.length && places.every(({ scope }) => scope !== 'private')
    ? addresses
    : places.filter(({ scope }) => scope !== 'private').map(formatAddress);
