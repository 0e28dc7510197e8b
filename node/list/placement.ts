// Gives servers their places: in the order that the statement in force sets, and by the quotas that it and the configuration
// set. What either changes takes effect in parts, for there may be 200,000 servers.
import type { Candidate } from '../records/verified.ts';
import type { QuotaRule } from '../trust/policy-quotas.ts';
import { sameAddresses } from './addresses.ts';
import { type Ranked, ranked } from './ordered.ts';
import { type Flip, Places } from './places.ts';
import { announcerGroup, type Limits, Quotas } from './quotas.ts';

/** Servers that the statement in force lists, by id. */
export type Endorsed = { readonly has: (id: string) => boolean };

/** Whose places changed, and who was forgotten because too many wait. */
export type Moves = { readonly flips: readonly Flip[]; readonly dropped: readonly string[] };

/** Servers placed anew before the event loop gets a turn: 20 µs each. */
const movedMax = 500;
/** … and those looked at: 0.2 µs each, and groups 2 µs. */
const lookedMax = 5_000;

/** Who comes first when places are given. */
const ranks = { endorsed: 0, other: 1 } as const;

export class Placement {
  readonly #limits: Limits;
  readonly #quotas: Quotas;
  readonly #places: Places;
  #endorsed: Endorsed = new Set();
  /** What is left to do since a statement came into force or a quota rule ended. */
  #settling: Generator<Moves, undefined> | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#quotas = new Quotas(limits);
    this.#places = new Places({ limitOf: group => this.#quotas.limitOf(group), waitingMax: limits.waitingMax });
  }

  placed(id: string): boolean {
    return this.#places.placed(id);
  }

  get waiting(): number {
    return this.#places.waiting;
  }

  /** `before`: what was put here of the same server last. */
  put({ id, announcement }: Candidate, before: Candidate | undefined): Moves {
    // Announced again by the same announcer, where it was: all its groups are the same.
    if (before && sameAddresses(before.announcement, announcement) && this.#places.isPlaced(this.#ranked(id)))
      return nothing;
    return this.#places.put(this.#ranked(id), this.#quotas.groupsOf(id, announcement));
  }

  remove(id: string): readonly Flip[] {
    return this.#places.remove(id);
  }

  fullFor({ id, announcement }: Candidate): string | undefined {
    return this.#places.fullFor(this.#ranked(id), this.#quotas.groupsOf(id, announcement));
  }

  hasRoom(group: string, id: string): boolean {
    return this.#places.fullFor(this.#ranked(id), [group]) === undefined;
  }

  /** The networks that a server counts in, with the places of each; none when the statement in force lists the server. */
  networksOf({ id, announcement }: Candidate): { readonly name: string; readonly places: number }[] {
    if (this.#endorsed.has(id)) return [];
    return this.#quotas.networksOf(announcement).map(name => ({ name, places: this.#quotas.limitOf(name) }));
  }

  /** How many servers of an announcer have a place. */
  placedOf(announcer: string): number {
    return this.#places.sizeOf(announcerGroup(announcer));
  }

  ruledFor(network: string): number | undefined {
    return this.#quotas.ruledFor(network);
  }

  isHopeless(it: Candidate): boolean {
    return (
      this.waiting >= this.#limits.waitingMax &&
      this.#places.rankOf(it.id) === undefined &&
      this.fullFor(it) !== undefined
    );
  }

  setOrder(endorsed: Endorsed, quotas: readonly QuotaRule[], now: number): void {
    this.#endorsed = endorsed;
    this.#quotas.setRules(quotas);
    this.#quotas.expire(now);
    this.#settling = this.#placedAnew();
  }

  /** Quota rules may have ended. */
  tick(now: number): void {
    if (this.#quotas.expire(now)) this.#settling = this.#placedAnew();
  }

  get isSettled(): boolean {
    return this.#settling === undefined;
  }

  settle(): Moves {
    const step = this.#settling?.next();
    if (step?.done) this.#settling = undefined;
    return step?.value ?? nothing;
  }

  #ranked(id: string): Ranked {
    return ranked(id, this.#endorsed.has(id) ? ranks.endorsed : ranks.other);
  }

  /** Who rises first, so that nobody loses a place only until somebody else has gone down; quotas last, for the same reason. */
  *#placedAnew(): Generator<Moves, undefined> {
    let part = new Part();
    for (const rank of [ranks.endorsed, ranks.other]) {
      for (const id of this.#places.ids()) {
        if (this.#places.rankOf(id) !== rank && this.#ranked(id).rank === rank) part.moved(this.#places.rank(id, rank));
        if (!part.isEnough()) continue;
        yield part;
        part = new Part();
      }
    }
    for (const group of this.#places.groups()) {
      for (;;) {
        const flips = this.#places.resize(group, movedMax);
        if (flips) part.moved({ flips, dropped: [] });
        if (part.isEnough()) {
          yield part;
          part = new Part();
        }
        if (!flips) break;
      }
    }
    yield part;
    return undefined;
  }
}

/** What is done before the event loop gets a turn. */
class Part implements Moves {
  readonly flips: Flip[] = [];
  readonly dropped: string[] = [];
  #looked = 0;
  #moved = 0;

  moved({ flips, dropped }: Moves): void {
    this.flips.push(...flips);
    this.dropped.push(...dropped);
    this.#moved += Math.max(1, flips.length);
  }

  isEnough(): boolean {
    return ++this.#looked >= lookedMax || this.#moved >= movedMax;
  }
}

const nothing: Moves = { flips: [], dropped: [] };
