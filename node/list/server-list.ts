// The list as it stands: for each server the newest announcement, as far as rules and quotas let it in.
// Pure: announcements and the time come in, changes go out, and the outcome depends on the set of announcements only.
import { type Address, networkOf, parseAddress, scopeOf } from '../base/address.ts';
import { minute } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import { type Announcement, lifetimeMaxMs } from '../records/announcement.ts';
import type { Candidate, Verified } from '../records/verified.ts';
import type { DenyRule } from '../trust/policy.ts';
import type { Change } from './change.ts';
import { type Denial, denials } from './deny.ts';
import { Expiry } from './expiry.ts';
import { type Groups, Places } from './places.ts';

/** Clocks of honest nodes differ by less. Source: DESIGN.md, section 4. */
export const clockSkewMaxMs = 10 * minute;
/**
 * Ids can be made to begin alike: a minute of hashing gives thousands that do. All would lie in one tree of the history,
 * which nobody reads past 8,192 entries. Honest lists of 200,000 servers have 49 to a beginning.
 */
export const perBeginningMax = 4_096;
/** What the name of a tree tells of an id: three digits. */
const beginningLength = 3;
/** Private and reserved addresses are nobody's: all of them together get the places of so many networks. */
export const privateNetworksMax = 16;
/** Proofs of equivocation that are kept, one a server: each is two announcements of at most 2 KiB. */
export const equivocationsMax = 1_000;

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

export type Refusal =
  | 'KNOWN'
  | 'STALE'
  | 'EXPIRED'
  | 'LONG_EXPIRED'
  | 'FROM_THE_FUTURE'
  | 'FAR_FUTURE'
  | 'ROLLED_BACK'
  | 'DENIED'
  | 'OVER_QUOTA'
  | 'EQUIVOCATION';

/** A rollback in force: of what was issued until then only this stays. */
export type Baseline = {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Blob of each server that the rollback's statement lists. */
  readonly blobs: ReadonlyMap<string, string>;
};

/** Two different announcements of one server with one `issuedAt`: its announcer lied to somebody. */
export type Equivocation = { readonly kept: Verified; readonly dropped: Verified };

export type Outcome = {
  readonly verdict: Verdict<Refusal>;
  readonly changes: readonly Change[];
  readonly equivocation?: Equivocation;
};

export class ServerList {
  readonly #limits: Limits;
  readonly #held = new Map<string, Verified>();
  readonly #listed = new Map<string, Verified>();
  readonly #places: Places;
  readonly #expiry = new Expiry();
  /** Of servers that ran out: older announcements that could be replayed until they run out themselves. */
  readonly #floors = new Map<string, number>();
  readonly #equivocations = new Map<string, Equivocation>();
  #denied: Denial;
  #baseline: Baseline | undefined;

  constructor(limits: Limits, rules: readonly DenyRule[] = []) {
    this.#limits = limits;
    this.#places = new Places(limits.waitingMax);
    this.#denied = denials(rules);
  }

  /** The servers with a place, withdrawn ones included until they run out. */
  get listed(): ReadonlyMap<string, Verified> {
    return this.#listed;
  }

  /** Newest announcement of a server that is known, with or without a place. */
  held(id: string): Verified | undefined {
    return this.#held.get(id);
  }

  /**
   * The newer announcement of a server that keeps `item` out, yet has no place itself: a peer that lists `item` cannot
   * find it in our tree, so it must be told, or the two lists would differ for good.
   */
  unseenSuccessor(item: Candidate): Verified | undefined {
    const held = this.#held.get(item.id);
    if (!held || held.oid === item.oid || this.#listed.has(item.id)) return undefined;
    return held.announcement.issuedAt >= item.announcement.issuedAt ? held : undefined;
  }

  get waiting(): number {
    return this.#places.waiting;
  }

  get equivocations(): Iterable<Equivocation> {
    return this.#equivocations.values();
  }

  /** Lowest `issuedAt` that is still news, by id: for the store, so that a restart forgets none. */
  get floors(): ReadonlyMap<string, number> {
    return this.#floors;
  }

  setFloor(id: string, issuedAt: number): void {
    this.#floors.delete(id);
    if (this.#floors.size >= this.#limits.serversMax) this.#floors.delete(this.#floors.keys().next().value!);
    this.#floors.set(id, issuedAt);
  }

  /** All that can be said before the signature is checked. */
  judge({ id, oid, announcement }: Candidate, now: number): Verdict<Refusal> {
    const { issuedAt, expiresAt } = announcement;
    if (issuedAt > now + 2 * clockSkewMaxMs) return reject('FAR_FUTURE');
    if (issuedAt > now + clockSkewMaxMs) return ignore('FROM_THE_FUTURE');
    if (expiresAt < now - clockSkewMaxMs) return reject('LONG_EXPIRED');
    if (expiresAt <= now) return ignore('EXPIRED');
    const held = this.#held.get(id);
    if (held?.oid === oid) return ignore('KNOWN');
    if (issuedAt < (held?.announcement.issuedAt ?? 0) || issuedAt <= (this.#floors.get(id) ?? 0))
      return ignore('STALE');
    if (held?.announcement.issuedAt === issuedAt && this.#equivocations.has(id)) {
      // Proven already: only the one that all nodes settle on is of use.
      if (oid > held.oid) return ignore('EQUIVOCATION');
    }
    // Who is barred hears that, whenever he announced: a rollback alone would let him try again a moment later.
    if (this.deniedBy(announcement, now)) return ignore('DENIED');
    if (this.#rolledBack(id, oid, issuedAt)) return ignore('ROLLED_BACK');
    return accept;
  }

  /** Lets an announcement in. What `judge` says is checked again, for time has passed since. */
  admit(item: Verified, now: number): Outcome {
    const verdict = this.judge(item, now);
    if (verdict.action !== 'accept') return { verdict, changes: [] };
    const held = this.#held.get(item.id);
    if (held?.announcement.issuedAt === item.announcement.issuedAt) {
      const [kept, dropped] = item.oid < held.oid ? [item, held] : [held, item];
      const equivocation = { kept, dropped };
      const news = !this.#equivocations.has(item.id);
      if (news) this.#prove(item.id, equivocation);
      const changes = kept === item ? this.#put(item) : [];
      // The first pair is passed on, so that others hold the proof too.
      return { verdict: news || changes.length > 0 ? accept : ignore('EQUIVOCATION'), changes, equivocation };
    }
    const changes = this.#put(item);
    // Without a place it still matters to others when it takes the place of its older self.
    return { verdict: this.#places.placed(item.id) || changes.length > 0 ? accept : ignore('OVER_QUOTA'), changes };
  }

  /** Takes out what has run out. */
  tick(now: number): Change[] {
    // By then whatever it kept out has run out by itself.
    if (this.#baseline && this.#baseline.atMs + lifetimeMaxMs <= now) this.#baseline = undefined;
    const changes: Change[] = [];
    for (const id of this.#expiry.due(now)) {
      const item = this.#held.get(id);
      if (!item) continue;
      if (item.announcement.expiresAt > now) this.#expiry.add(id, item.announcement.expiresAt);
      else {
        if (item.announcement.issuedAt + lifetimeMaxMs > now) this.setFloor(id, item.announcement.issuedAt);
        changes.push(...this.#remove(id));
      }
    }
    for (const [id, issuedAt] of this.#floors) {
      if (issuedAt + lifetimeMaxMs > now) break;
      this.#floors.delete(id);
    }
    return changes;
  }

  /** A server must be issued later than this to be let in, unless a rollback lists it as it is. */
  get rolledBackTo(): number {
    return this.#baseline?.atMs ?? 0;
  }

  /** Puts a rollback in force, or ends it. Who is `unwelcome` by it is then taken out with `drop`. */
  setBaseline(baseline: Baseline | undefined): void {
    this.#baseline = baseline;
  }

  /** Puts other deny rules in force. Who is `unwelcome` by them is then taken out with `drop`. */
  setRules(rules: readonly DenyRule[]): void {
    this.#denied = denials(rules);
  }

  /** Everyone that is known, with or without a place. */
  ids(): string[] {
    return [...this.#held.keys()];
  }

  /** Whether the rules or the rollback in force keep out a server that is here: asked one by one, for there may be a million. */
  unwelcome(id: string, now: number): boolean {
    const item = this.#held.get(id);
    if (!item) return false;
    return (
      this.#rolledBack(id, item.oid, item.announcement.issuedAt) || this.deniedBy(item.announcement, now) !== undefined
    );
  }

  /** Takes a server out, whatever its announcement says. */
  drop(id: string): Change[] {
    return this.#held.has(id) ? this.#remove(id) : [];
  }

  /** The rule that bars a server, if one does. */
  deniedBy(announcement: Announcement, now: number): DenyRule | undefined {
    return this.#denied(announcement, addressesOf(announcement), now);
  }

  #rolledBack(id: string, oid: string, issuedAt: number): boolean {
    return this.#baseline !== undefined && issuedAt <= this.#baseline.atMs && this.#baseline.blobs.get(id) !== oid;
  }

  #put(item: Verified): Change[] {
    const before = this.#listed.get(item.id);
    const held = this.#held.get(item.id);
    if (held) this.#expiry.delete(item.id, held.announcement.expiresAt);
    this.#held.set(item.id, item);
    this.#expiry.add(item.id, item.announcement.expiresAt);
    const { flips, dropped } = this.#places.put(item.id, this.#groups(item));
    const changes: Change[] = [];
    if (before && this.#places.placed(item.id)) {
      this.#listed.set(item.id, item);
      changes.push({ id: item.id, before, after: item });
    }
    changes.push(...flips.map(flip => this.#flip(flip.id, flip.placed)));
    for (const id of dropped) this.#forget(id);
    return changes;
  }

  #remove(id: string): Change[] {
    const flips = this.#places.remove(id);
    const changes = flips.map(flip => this.#flip(flip.id, flip.placed));
    this.#forget(id);
    return changes;
  }

  #flip(id: string, placed: boolean): Change {
    const before = this.#listed.get(id);
    if (!placed) {
      this.#listed.delete(id);
      return { id, before, after: undefined };
    }
    const after = this.#held.get(id)!;
    this.#listed.set(id, after);
    return { id, before, after };
  }

  #forget(id: string): void {
    const held = this.#held.get(id);
    if (held) this.#expiry.delete(id, held.announcement.expiresAt);
    this.#held.delete(id);
  }

  #prove(id: string, equivocation: Equivocation): void {
    if (this.#equivocations.size >= equivocationsMax)
      this.#equivocations.delete(this.#equivocations.keys().next().value!);
    this.#equivocations.set(id, equivocation);
  }

  #groups({ id, announcement }: Verified): Groups {
    const { serversMax, perAnnouncerMax, perNetworkMax, countPrivateNetworks } = this.#limits;
    const groups = new Map([
      ['list', serversMax],
      [`announcer ${announcement.announcer}`, perAnnouncerMax],
      [`beginning ${id.slice(0, beginningLength)}`, perBeginningMax],
    ]);
    for (const address of addressesOf(announcement)) {
      // Joined, for a template keeps its pieces in memory beside the text.
      if (scopeOf(address.host) === 'global') groups.set(['network', networkOf(address)].join(' '), perNetworkMax);
      else if (countPrivateNetworks) groups.set('private networks', privateNetworksMax * perNetworkMax);
    }
    return groups;
  }
}

/** Parsed, as every announcement's addresses once were. */
export const addressesOf = ({ addresses }: Announcement): Address[] =>
  addresses.flatMap(text => {
    const read = parseAddress(text);
    return read.ok ? [read.value] : [];
  });
