// The list as it stands: for each server the newest announcement, as far as rules and quotas let it in.
// Pure: announcements and the time come in, changes go out, and the outcome depends on the set of announcements only.
import { minute } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import { type Announcement, lifetimeMaxMs } from '../records/announcement.ts';
import type { Candidate, Verified } from '../records/verified.ts';
import type { QuotaRule } from '../trust/policy-quotas.ts';
import { addressesOf } from './addresses.ts';
import type { Change } from './change.ts';
import { type Denial, denials, type ListRule } from './deny.ts';
import { Expiry } from './expiry.ts';
import { type Endorsed, type Moves, Placement } from './placement.ts';
import type { Flip } from './places.ts';
import type { Limits } from './quotas.ts';

export { addressesOf } from './addresses.ts';
export { type Limits, perBeginningMax, privateNetworksMax } from './quotas.ts';

/** Clocks of honest nodes differ by less. */
export const clockSkewMaxMs = 10 * minute;
/** Proofs of equivocation that are kept, one a server: each is two announcements of at most 2 KiB. */
export const equivocationsMax = 1_000;

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
  readonly #listed = new Map<string, Verified>();
  /** The servers without a place. */
  readonly #unlisted = new Map<string, Verified>();
  readonly #placement: Placement;
  readonly #expiry = new Expiry();
  /** Of servers that ran out: older announcements that could be replayed until they run out themselves. */
  readonly #floors = new Map<string, number>();
  readonly #equivocations = new Map<string, Equivocation>();
  #rules: readonly ListRule[];
  #denied: Denial;
  #baseline: Baseline | undefined;

  constructor(limits: Limits, rules: readonly ListRule[] = []) {
    this.#limits = limits;
    this.#placement = new Placement(limits);
    this.#rules = rules;
    this.#denied = denials(rules);
  }

  /** The deny rules in force, ended ones among them. */
  get rules(): readonly ListRule[] {
    return this.#rules;
  }

  /** The servers with a place, withdrawn ones included until they run out. */
  get listed(): ReadonlyMap<string, Verified> {
    return this.#listed;
  }

  /** Newest announcement of a server that is known, with or without a place. */
  held(id: string): Verified | undefined {
    return this.#listed.get(id) ?? this.#unlisted.get(id);
  }

  /**
   * The newer announcement of a server that keeps `item` out, yet has no place itself: a peer that lists `item` cannot
   * find it in our tree, so it must be told, or the two lists would differ for good.
   */
  unseenSuccessor(item: Candidate): Verified | undefined {
    const held = this.#unlisted.get(item.id);
    if (!held || held.oid === item.oid) return undefined;
    return held.announcement.issuedAt >= item.announcement.issuedAt ? held : undefined;
  }

  /** The networks that bound how often a server is heard, with the places of each: none of who is endorsed. */
  networksOf(it: Candidate): { readonly name: string; readonly places: number }[] {
    return this.#placement.networksOf(it);
  }

  /** How many servers of an announcer are listed. */
  listedOf(announcer: string): number {
    return this.#placement.placedOf(announcer);
  }

  /** Whether a server was announced before: it is here, or its last announcement ran out a short while ago. */
  isKnown(id: string): boolean {
    return this.held(id) !== undefined || this.#floors.has(id);
  }

  /** The places that a rule of the statement in force gives a /24, /48 or domain. */
  ruledFor(network: string): number | undefined {
    return this.#placement.ruledFor(network);
  }

  get waiting(): number {
    return this.#placement.waiting;
  }

  /**
   * The group in which there is no room for a server, if there is one: it is full of others that stand before it. Such a
   * server gets no place, whatever else is there.
   */
  fullFor(it: Candidate): string | undefined {
    return this.#placement.fullFor(it);
  }

  /** Whether a group has room by now for a server that found it full. */
  hasRoom(group: string, id: string): boolean {
    return this.#placement.hasRoom(group, id);
  }

  /**
   * Whether checking the signature is worth it. A server that nobody here has heard of and that gets no place may wait for
   * one, while not too many do. One that is here takes the place of its older self, with or without a place.
   */
  isHopeless(it: Candidate): boolean {
    return this.#placement.isHopeless(it);
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
    const held = this.held(id);
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
    const held = this.held(item.id);
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
    return { verdict: this.#placement.placed(item.id) || changes.length > 0 ? accept : ignore('OVER_QUOTA'), changes };
  }

  /** Takes out what has run out. */
  tick(now: number): Change[] {
    // By then whatever it kept out has run out by itself.
    if (this.#baseline && this.#baseline.atMs + lifetimeMaxMs <= now) this.#baseline = undefined;
    this.#placement.tick(now);
    const changes = this.settle();
    for (const id of this.#expiry.due(now)) {
      const item = this.held(id);
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
  setRules(rules: readonly ListRule[]): void {
    this.#rules = rules;
    this.#denied = denials(rules);
  }

  /**
   * Puts in force whom a statement lists, for they are placed before all others, and the quotas that it sets. Whoever has to
   * move does so bit by bit, with `settle`.
   */
  setOrder(endorsed: Endorsed, quotas: readonly QuotaRule[], now: number): void {
    this.#placement.setOrder(endorsed, quotas, now);
  }

  /** Whether everybody has the place that the order and the quotas in force give. */
  get isSettled(): boolean {
    return this.#placement.isSettled;
  }

  /** Some of what is left to do until then. */
  settle(): Change[] {
    return this.#moved(this.#placement.settle());
  }

  /** Everyone that is known, with or without a place. */
  ids(): string[] {
    return [...this.#listed.keys(), ...this.#unlisted.keys()];
  }

  /** Whether the rules or the rollback in force keep out a server that is here: asked one by one, for there may be a million. */
  unwelcome(id: string, now: number): boolean {
    const item = this.held(id);
    if (!item) return false;
    return (
      this.#rolledBack(id, item.oid, item.announcement.issuedAt) || this.deniedBy(item.announcement, now) !== undefined
    );
  }

  /** Takes a server out, whatever its announcement says. */
  drop(id: string): Change[] {
    return this.held(id) ? this.#remove(id) : [];
  }

  /** The rule that bars a server, if one does. */
  deniedBy(announcement: Announcement, now: number): ListRule | undefined {
    return this.#denied(announcement, addressesOf(announcement), now);
  }

  #rolledBack(id: string, oid: string, issuedAt: number): boolean {
    return this.#baseline !== undefined && issuedAt <= this.#baseline.atMs && this.#baseline.blobs.get(id) !== oid;
  }

  #put(item: Verified): Change[] {
    const before = this.#listed.get(item.id);
    const held = before ?? this.#unlisted.get(item.id);
    if (held) this.#expiry.delete(item.id, held.announcement.expiresAt);
    this.#unlisted.set(item.id, item);
    this.#expiry.add(item.id, item.announcement.expiresAt);
    const changes = this.#moved(this.#placement.put(item, held));
    // It kept its place, or else what moved tells of it.
    if (!before || !this.#placement.placed(item.id)) return changes;
    this.#list(item);
    return [{ id: item.id, before, after: item }, ...changes];
  }

  #moved({ flips, dropped }: Moves): Change[] {
    const changes = flips.map(flip => this.#flip(flip));
    for (const id of dropped) this.#forget(id);
    return changes;
  }

  #remove(id: string): Change[] {
    const flips = this.#placement.remove(id);
    const changes = flips.map(flip => this.#flip(flip));
    this.#forget(id);
    return changes;
  }

  #flip({ id, placed }: Flip): Change {
    const before = this.#listed.get(id);
    if (!placed) {
      this.#listed.delete(id);
      // Unless it lost its place to be announced anew.
      if (before && !this.#unlisted.has(id)) this.#unlisted.set(id, before);
      return { id, before, after: undefined };
    }
    const after = this.#unlisted.get(id)!;
    this.#list(after);
    return { id, before, after };
  }

  #list(item: Verified): void {
    this.#unlisted.delete(item.id);
    this.#listed.set(item.id, item);
  }

  #forget(id: string): void {
    const held = this.#unlisted.get(id);
    if (held) this.#expiry.delete(id, held.announcement.expiresAt);
    this.#unlisted.delete(id);
  }

  #prove(id: string, equivocation: Equivocation): void {
    if (this.#equivocations.size >= equivocationsMax)
      this.#equivocations.delete(this.#equivocations.keys().next().value!);
    this.#equivocations.set(id, equivocation);
  }
}
