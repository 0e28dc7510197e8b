// How many places each group has: as configured, and where a rule of the statement in force says otherwise, as it says.
import { CidrTable } from '../base/address.ts';
import type { Announcement } from '../records/announcement.ts';
import type { QuotaRule } from '../trust/policy-quotas.ts';
import { addressesOf } from './addresses.ts';

/**
 * Ids can be made to begin alike: a minute of hashing gives thousands that do. All would lie in one tree of the history,
 * which nobody reads past 8,192 entries. Honest lists of 200,000 servers have 49 to a beginning.
 */
export const perBeginningMax = 4_096;
/** What the name of a tree tells of an id: three digits. */
const beginningLength = 3;
/** Private and reserved addresses are nobody's: all of them together get the places of so many networks. */
export const privateNetworksMax = 16;

export type Limits = {
  /** Places in the whole list. */
  readonly serversMax: number;
  readonly perAnnouncerMax: number;
  /** Per IPv4 /24, IPv6 /48 or domain. */
  readonly perNetworkMax: number;
  /** How many announcements without a place are remembered. */
  readonly waitingMax: number;
  /** Whether private addresses are counted too, all as one; not in a lab, where there is nothing else. */
  readonly countPrivateNetworks: boolean;
};

type RangeRule = { readonly bits: number; readonly servers: number };

export class Quotas {
  readonly #limits: Limits;
  #rules: readonly QuotaRule[] = [];
  #announcers = new Map<string, number>();
  #domains = new Map<string, number>();
  #ranges = new CidrTable<RangeRule>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  setRules(rules: readonly QuotaRule[]): void {
    this.#rules = rules;
    this.#announcers = new Map();
    this.#domains = new Map();
    this.#ranges = new CidrTable();
    for (const { announcer, network = '', servers } of rules) {
      const [, bits] = network.split('/');
      if (announcer !== undefined) this.#announcers.set(announcer, servers);
      else if (bits === undefined) this.#domains.set(network, servers);
      else this.#ranges.add(network, { bits: Number(bits), servers });
    }
  }

  /** Drops the rules that have ended; whether there were any. */
  expire(now: number): boolean {
    const rules = this.#rules.filter(({ until = Infinity }) => until > now);
    if (rules.length === this.#rules.length) return false;
    this.setRules(rules);
    return true;
  }

  /** Names of the groups that a server counts in: none can be taken for one of another kind. */
  groupsOf(id: string, announcement: Announcement): readonly string[] {
    const beginning = id.slice(0, beginningLength);
    return ['list', announcerGroup(announcement.announcer), beginning].concat(this.networksOf(announcement));
  }

  /** Names of the groups that are networks: what others may be in as well, whoever announces them. */
  networksOf(announcement: Announcement): readonly string[] {
    let groups: readonly string[] = [];
    for (const { scope, network } of addressesOf(announcement)) {
      if (scope !== 'global' && !this.#limits.countPrivateNetworks) continue;
      const group = scope === 'global' ? network : privateNetworks;
      if (!groups.includes(group)) groups = groups.concat([group]);
    }
    return groups;
  }

  limitOf(group: string): number {
    const { serversMax, perAnnouncerMax, perNetworkMax } = this.#limits;
    if (group === 'list') return serversMax;
    if (group === privateNetworks) return privateNetworksMax * perNetworkMax;
    if (group.length === beginningLength) return perBeginningMax;
    if (isNetwork(group)) return this.ruledFor(group) ?? perNetworkMax;
    return this.#announcers.get(group) ?? perAnnouncerMax;
  }

  /** What a rule gives a /24, /48 or domain. */
  ruledFor(network: string): number | undefined {
    if (this.#rules.length === 0) return undefined;
    return this.#domains.get(network) ?? this.#inRange(network);
  }

  /** By the narrowest range that holds a network. */
  #inRange(network: string): number | undefined {
    const rules = this.#ranges.get(network.slice(0, network.lastIndexOf('/')));
    return rules.reduce<RangeRule | undefined>((best, rule) => (best && best.bits > rule.bits ? best : rule), undefined)
      ?.servers;
  }
}

const privateNetworks = 'private networks';

/** A /24, a /48 or a domain, of two labels at least. */
const isNetwork = (group: string): boolean => group.includes('.') || group.includes(':');

/** The peer id itself: it has neither dot nor colon in it, and is a text that is there already. */
export const announcerGroup = (announcer: string): string => announcer;
