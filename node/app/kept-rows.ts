// The rows of the list, kept from one question to the next: what may have changed is looked at again, and nothing else. Where
// `pageOf` looks at every server, this gives the same.
import type { Observed, ServersQuery } from '../api/port.ts';
import { type Clock, minute } from '../base/time.ts';
import { wordsOf } from '../list/filter.ts';
import type { Group, Neighbour, Neighbours } from '../list/neighbours.ts';
import { byRank, type Rank } from '../list/rank.ts';
import type { View } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import { type Kept, RowPages } from './row-pages.ts';
import { type Page, type Place, pageOf, placeOf, rowOf } from './rows.ts';

export type KeptRowsDeps = {
  readonly listed: ReadonlyMap<string, Verified>;
  readonly neighbours: Pick<Neighbours, 'get' | 'crowded' | 'giving'>;
  /** The list as of now; `surplus` is who is too many, where that is known. */
  readonly view: (surplus?: ReadonlySet<string>) => View<Observed>;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
};

/** What time alone changes, such as ages, fading karma and sights that run out, is seen within it: each row is looked at again. */
const sweptWithinMs = minute;
/** So many are looked at for each question, in half a millisecond: a small list is always as it is now. */
const smallMax = 50;
/** More changes between two questions, or in a second, are caught up with in slices: these take 30 ms in one go. */
const staleMax = 2_000;
/** Rows that nobody has asked for in so long are kept up for nothing: 1 % of a core with 100,000 servers. */
const unaskedMaxMs = 10 * minute;
/** Rows that are looked at in one go where many are to be: 10 ms. */
const sliceRows = 500;
/** Who is too many in a crowd depends on all of it: what took long to work out is kept so many times as long. */
const crowdKeptFactor = 20;

export class KeptRows {
  readonly #deps: KeptRowsDeps;
  #rows = new RowPages();
  #state: 'none' | 'building' | 'ready' = 'none';
  /** Differs for each index: a statement that comes into force ends the one that is being built. */
  #building: Promise<void> | undefined;
  /** Ids of rows to be looked at again: at most those that were and are listed. */
  #stale = new Set<string>();
  /** Addresses of which all who give them are stale already, in this pass. */
  readonly #disturbed = new Set<string>();
  /** New servers that each network had when its members were last looked at. */
  #news = new WeakMap<Group, number>();
  #surplus: ReadonlySet<string> = new Set();
  /** Groups that were crowded when that was worked out. */
  #crowded: ReadonlySet<Group> = new Set();
  #crowdMoved = false;
  #crowdKeptUntilMs = 0;
  #toSweep: Iterator<string> = [][Symbol.iterator]();
  #sweptAtMs = 0;
  #lookedAtMs = 0;
  #askedAtMs = 0;

  constructor(deps: KeptRowsDeps) {
    this.#deps = deps;
  }

  /** Something about a server is new: it came, went, changed, or was seen. */
  touch(id: string): void {
    if (this.#state === 'none') return;
    this.#stale.add(id);
    if (this.#state !== 'ready' || this.#stale.size <= staleMax) return;
    this.#state = 'building';
    this.#building = this.#catchUp();
  }

  /** Somebody's karma is another. */
  touchAnnouncer(peer: string): void {
    for (const id of this.#rows.announcedBy(peer)) this.touch(id);
  }

  /** Everything may be otherwise. */
  forget(): void {
    this.#state = 'none';
    this.#building = undefined;
    this.#rows = new RowPages();
    this.#stale = new Set();
    this.#surplus = new Set();
  }

  /** Resolves when pages come from the index. Until then every server is looked at for each. */
  async ready(): Promise<void> {
    while (this.#state !== 'ready') {
      this.#building ??= this.#build();
      await this.#building;
    }
  }

  /** To be called about once a second, so that whoever asks after a while does not wait for what has changed since. */
  step(): void {
    if (this.#state !== 'ready') return;
    const now = this.#deps.clock();
    if (now - this.#askedAtMs > unaskedMaxMs) {
      this.forget();
      return;
    }
    const due = (this.#rows.size * (now - this.#sweptAtMs)) / sweptWithinMs;
    this.#sweptAtMs = now;
    this.#sweep(Math.min(due, staleMax));
    this.#keepUp();
  }

  /** As `pageOf` of the whole list. @throws RollcallError BAD_FILTER, BAD_SORT */
  page(query: ServersQuery): Page {
    this.#askedAtMs = this.#deps.clock();
    if (this.#state !== 'ready') {
      const { listed, view } = this.#deps;
      void this.ready();
      return pageOf({ listed: listed.values(), view: view() }, query);
    }
    this.#keepUp();
    return this.#rows.page(query);
  }

  /** Where a rank stands among all that are shown by default. */
  placeOf(rank: Rank): Place {
    const { listed, view, clock } = this.#deps;
    this.#askedAtMs = clock();
    if (this.#state !== 'ready') {
      void this.ready();
      return placeOf({ listed: listed.values(), view: view() }, rank);
    }
    this.#keepUp();
    return this.#rows.placeOf(rank);
  }

  /** Everything is new. */
  #build(): Promise<void> {
    const { listed, neighbours } = this.#deps;
    this.#state = 'building';
    this.#stale = new Set(listed.keys());
    for (const id of listed.keys())
      for (const group of neighbours.get(id)?.groups ?? []) this.#news.set(group, group.news);
    return this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    const { view, clock, pause } = this.#deps;
    const rows = this.#rows;
    while (this.#stale.size > 0) {
      const current = view(this.#surplus);
      this.#disturbed.clear();
      for (const id of this.#stale.values().take(sliceRows)) {
        this.#stale.delete(id);
        this.#look(id, current);
      }
      rows.settle();
      await pause();
      if (rows !== this.#rows) return;
    }
    this.#crowdMoved = true;
    this.#sweptAtMs = clock();
    this.#state = 'ready';
    this.#keepUp();
  }

  /** Looks again at what may be otherwise. */
  #keepUp(): void {
    const { view, clock } = this.#deps;
    const now = clock();
    if (this.#rows.size <= smallMax && now !== this.#lookedAtMs) this.#sweep(smallMax);
    this.#lookedAtMs = now;
    if (this.#stale.size > 0) {
      const current = view(this.#surplus);
      this.#disturbed.clear();
      // Those that are added on the way are looked at as well.
      for (const id of this.#stale) this.#look(id, current);
      this.#stale = new Set();
    }
    if (this.#crowdMoved && now >= this.#crowdKeptUntilMs) this.#countOut(now);
  }

  /** Rows that are to be looked at though nothing was heard of them, in turn. */
  #sweep(count: number): void {
    for (let n = Math.min(count, this.#rows.size); n > 0; n--) {
      let next = this.#toSweep.next();
      if (next.done) {
        this.#toSweep = this.#deps.listed.keys();
        next = this.#toSweep.next();
      }
      if (!next.done) this.#stale.add(next.value);
    }
  }

  /** Makes a row anew; if it counts otherwise for others, theirs are stale too. */
  #look(id: string, view: View<Observed>): void {
    const before = this.#rows.get(id);
    const after = this.#keep(id, view);
    if (before && after && countsAlike(before, after)) return;
    const seen = new Set<Neighbour | undefined>([before?.neighbour, after?.neighbour]);
    for (const neighbour of seen) if (neighbour) this.#disturb(neighbour);
  }

  #disturb({ id, groups, addresses }: Neighbour): void {
    const { neighbours } = this.#deps;
    for (const group of groups) {
      if (neighbours.crowded.has(group) || this.#crowded.has(group)) this.#crowdMoved = true;
      if (group.kind !== 'network' || this.#news.get(group) === group.news) continue;
      this.#news.set(group, group.news);
      for (const member of group.members) this.#stale.add(member.id);
    }
    for (const address of addresses) {
      if (this.#disturbed.has(address)) continue;
      this.#disturbed.add(address);
      for (const other of neighbours.giving(address)) if (other.id !== id) this.#stale.add(other.id);
    }
  }

  #countOut(now: number): void {
    const { view, clock, neighbours } = this.#deps;
    const before = this.#surplus;
    this.#surplus = view().surplus();
    this.#crowded = new Set(neighbours.crowded);
    this.#crowdMoved = false;
    const current = view(this.#surplus);
    for (const id of before.symmetricDifference(this.#surplus)) this.#keep(id, current);
    const doneAtMs = clock();
    this.#crowdKeptUntilMs = doneAtMs + crowdKeptFactor * (doneAtMs - now);
  }

  #keep(id: string, view: View<Observed>): Kept | undefined {
    const { listed, neighbours } = this.#deps;
    const item = listed.get(id);
    if (!item) {
      this.#rows.delete(id);
      return undefined;
    }
    const before = this.#rows.get(id);
    const sight = view.of(item);
    const looked = { item, sight, rank: view.rank(item, sight), neighbour: neighbours.get(id) };
    if (before && looksAlike(before, looked)) return before;
    const row = rowOf(item, sight);
    const entry = { ...looked, row, words: wordsOf(row) };
    this.#rows.set(entry);
    return entry;
  }
}

type Looked = Pick<Kept, 'item' | 'sight' | 'rank' | 'neighbour'>;

/** Whether the row is the very same. */
const looksAlike = (a: Looked, b: Looked): boolean =>
  a.item === b.item &&
  a.neighbour === b.neighbour &&
  a.sight.observed === b.sight.observed &&
  a.sight.endorsed === b.sight.endorsed &&
  a.sight.since === b.sight.since &&
  a.sight.hidden === b.sight.hidden &&
  a.sight.karma.value === b.sight.karma.value &&
  a.sight.karma.tier === b.sight.karma.tier &&
  byRank(a.rank, b.rank) === 0;

/** Whether neighbours can tell no difference. */
const countsAlike = (a: Kept, b: Kept): boolean =>
  a.neighbour === b.neighbour &&
  a.row.hidden === b.row.hidden &&
  a.row.karma.value === b.row.karma.value &&
  byRank(a.rank, b.rank) === 0;
