// The rows of the list, kept from one question to the next: what may have changed is looked at again, and nothing else. Where
// `pageOf` looks at every server, this gives the same. Whatever takes long is done in slices, one in a turn of the event loop.
import type { Observed, ServersQuery } from '../api/port.ts';
import { inSlices, inTurns, type Pause, type Sliced } from '../base/slices.ts';
import { type Clock, minute } from '../base/time.ts';
import { wordsOf } from '../list/filter.ts';
import type { Group, Neighbour, Neighbours } from '../list/neighbours.ts';
import { byRank, type Rank } from '../list/rank.ts';
import type { View } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import { type Kept, RowPages } from './row-pages.ts';
import { type Asked, askedFor, type Page, type Place, paging, placing, type RowsDeps, rowOf } from './rows.ts';

export type KeptRowsDeps = {
  readonly listed: ReadonlyMap<string, Verified>;
  readonly neighbours: Pick<Neighbours, 'get' | 'crowded' | 'giving'>;
  /** The list as of now; `surplus` is who is too many, where that is known. */
  readonly view: (surplus?: ReadonlySet<string>) => View<Observed>;
  readonly clock: Clock;
  readonly pause: Pause;
};

/** What time alone changes, such as ages, fading karma and sights that run out, is seen within it: each row is looked at again. */
const sweptWithinMs = minute;
/** So many of these at a time, in 2 ms: questions come in between. */
const sweptRows = 200;
/** So many are looked at for each question, in half a millisecond: a small list is always as it is now. */
const smallMax = 50;
/** Rows that nobody has asked for in so long are kept up for nothing: 1 % of a core with 100,000 servers. */
const unaskedMaxMs = 10 * minute;
/** Rows that are looked at in one go, in 10 ms. More changes than that are caught up with in slices, and questions wait for it. */
const sliceRows = 500;
/** Who is too many in a crowd depends on all of it: what took long to work out is kept so many times as long. */
const crowdKeptFactor = 20;

export class KeptRows {
  readonly #deps: KeptRowsDeps;
  readonly #pause: Pause;
  #rows: RowPages;
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
  #counting: Promise<void> | undefined;
  #toSweep: Iterator<string> = [][Symbol.iterator]();
  #sweptAtMs = 0;
  #lookedAtMs = 0;
  #askedAtMs = 0;

  constructor(deps: KeptRowsDeps) {
    this.#deps = deps;
    this.#pause = inTurns(deps.pause);
    this.#rows = this.#noRows();
  }

  /** Something about a server is new: it came, went, changed, or was seen. */
  touch(id: string): void {
    if (this.#state === 'none') return;
    this.#stale.add(id);
    if (this.#state === 'ready' && this.#stale.size > sliceRows) this.#fallBehind();
  }

  /** Somebody's karma is another. */
  touchAnnouncer(peer: string): void {
    for (const id of this.#rows.announcedBy(peer)) this.touch(id);
  }

  /** Everything may be otherwise. */
  forget(): void {
    this.#state = 'none';
    this.#building = undefined;
    this.#rows = this.#noRows();
    this.#stale = new Set();
    this.#news = new WeakMap();
    this.#surplus = new Set();
    this.#counting = undefined;
    this.#crowdKeptUntilMs = 0;
  }

  /** Resolves when pages come from the index. */
  async ready(): Promise<void> {
    while (this.#state !== 'ready') {
      this.#building ??= this.#build();
      await this.#building;
    }
  }

  /** To be called about once a second, so that whoever asks after a while does not wait for what has changed since. */
  async step(): Promise<void> {
    if (this.#state !== 'ready') return;
    const now = this.#deps.clock();
    if (now - this.#askedAtMs > unaskedMaxMs) {
      this.forget();
      return;
    }
    const { size } = this.#rows;
    let due = Math.min(size, (size * (now - this.#sweptAtMs)) / sweptWithinMs);
    this.#sweptAtMs = now;
    do {
      this.#sweep(Math.min(due, sweptRows));
      if (!this.#keepUp()) return;
      await this.#pause();
      due -= sweptRows;
    } while (due > 0);
    await this.#rows.settle();
  }

  /** As `pageOf` of the whole list. @throws RollcallError BAD_FILTER, BAD_SORT */
  page(query: ServersQuery): Promise<Page> {
    this.#askedAtMs = this.#deps.clock();
    const page = this.peek(query);
    this.#buildAfter(page);
    return page;
  }

  /** The same for those for whom no index is made: without one every server is looked at. */
  async peek(query: ServersQuery): Promise<Page> {
    const asked = askedFor(query);
    // While an index is being made nobody else looks at all of them: that would be done again and again, and delay it.
    if (this.#state === 'none')
      return inSlices(
        this.#lookAtAll(deps => paging(deps, asked)),
        this.#pause,
      );
    return (await this.#current(asked)).page(asked);
  }

  /** Where a rank stands among all that are shown by default. */
  async placeOf(rank: Rank): Promise<Place> {
    this.#askedAtMs = this.#deps.clock();
    if (this.#state === 'none') {
      const place = inSlices(
        this.#lookAtAll(deps => placing(deps, rank)),
        this.#pause,
      );
      void this.ready();
      return place;
    }
    return (await this.#current(askedFor({}))).placeOf(rank);
  }

  *#lookAtAll<T>(work: (deps: RowsDeps) => Sliced<T>): Sliced<T> {
    const view = this.#deps.view();
    yield* view.surplusInSlices();
    // What comes and goes meanwhile must be in it once.
    return yield* work({ listed: [...this.#deps.listed.values()], view });
  }

  /** The rows as they are now, ready for a question; to be asked at once. */
  async #current(asked: Asked): Promise<RowPages> {
    let remembering: Promise<void> | undefined;
    for (;;) {
      await this.ready();
      const rows = this.#rows;
      if (this.#keepUp()) {
        remembering ??= rows.remember(asked.terms);
        await remembering;
      }
      // Something may have changed in that turn.
      if (rows === this.#rows && this.#keepUp()) {
        const waiting = this.#counted() ?? rows.prepare(asked);
        if (!waiting) return rows;
        await waiting;
      }
      // Many may have waited for the same: one is answered in a turn.
      await this.#pause();
    }
  }

  #noRows(room = 0): RowPages {
    return new RowPages({ clock: this.#deps.clock, pause: this.#pause }, room);
  }

  /** Who asked first is not to wait for the index. */
  #buildAfter(first: Promise<unknown>): void {
    if (this.#state !== 'none') return;
    const rows = this.#rows;
    this.#state = 'building';
    this.#building = first.then(noMatter, noMatter).then(() => (rows === this.#rows ? this.#build() : undefined));
  }

  /** Everything is new. */
  #build(): Promise<void> {
    this.#state = 'building';
    this.#rows = this.#noRows(this.#deps.listed.size);
    this.#stale = new Set(this.#deps.listed.keys());
    this.#crowdMoved = true;
    return this.#catchUp();
  }

  #fallBehind(): void {
    this.#state = 'building';
    this.#building = this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    const rows = this.#rows;
    while (this.#stale.size > 0) {
      this.#lookAgain();
      await this.#pause();
      if (rows !== this.#rows) return;
    }
    this.#sweptAtMs = this.#deps.clock();
    this.#state = 'ready';
  }

  /** Looks again at what may be otherwise. Whether that was all. */
  #keepUp(): boolean {
    if (this.#state !== 'ready') return false;
    const now = this.#deps.clock();
    if (this.#rows.size <= smallMax && now !== this.#lookedAtMs) this.#sweep(smallMax);
    this.#lookedAtMs = now;
    this.#lookAgain();
    if (this.#stale.size > 0) this.#fallBehind();
    return this.#stale.size === 0;
  }

  /** At so many as one slice allows. Those that are added on the way are looked at as well. */
  #lookAgain(): void {
    if (this.#stale.size === 0) return;
    const current = this.#deps.view(this.#surplus);
    this.#disturbed.clear();
    for (const id of this.#stale.values().take(sliceRows)) {
      this.#stale.delete(id);
      this.#look(id, current);
    }
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
      const known = this.#news.get(group);
      if (group.kind !== 'network' || known === group.news) continue;
      this.#news.set(group, group.news);
      // Of a network that was never looked at all members are yet to be.
      if (known !== undefined) for (const member of group.members) this.#stale.add(member.id);
    }
    for (const address of addresses) {
      if (this.#disturbed.has(address)) continue;
      this.#disturbed.add(address);
      for (const other of neighbours.giving(address)) if (other.id !== id) this.#stale.add(other.id);
    }
  }

  /** Counts the crowds, if they are to be counted. undefined: they need not be. */
  #counted(): Promise<void> | undefined {
    if (!this.#counting && this.#crowdMoved && this.#deps.clock() >= this.#crowdKeptUntilMs) {
      const counting = this.#countOut().finally(() => {
        if (this.#counting === counting) this.#counting = undefined;
      });
      this.#counting = counting;
    }
    return this.#counting;
  }

  async #countOut(): Promise<void> {
    const { view, clock, neighbours } = this.#deps;
    const [rows, startedAtMs, before] = [this.#rows, clock(), this.#surplus];
    const crowded = new Set(neighbours.crowded);
    this.#crowdMoved = false;
    const surplus = await inSlices(view().surplusInSlices(), this.#pause);
    if (rows !== this.#rows) return;
    this.#surplus = surplus;
    this.#crowded = crowded;
    for (const id of before.symmetricDifference(surplus)) this.touch(id);
    const doneAtMs = clock();
    this.#crowdKeptUntilMs = doneAtMs + crowdKeptFactor * (doneAtMs - startedAtMs);
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

const noMatter = (): void => {};

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

/** Whether neighbours can tell no difference. Who is too many in a crowd is worked out from who is not hidden otherwise. */
const countsAlike = (a: Kept, b: Kept): boolean =>
  a.neighbour === b.neighbour &&
  hiddenAlone(a) === hiddenAlone(b) &&
  a.row.karma.value === b.row.karma.value &&
  byRank(a.rank, b.rank) === 0;

const hiddenAlone = ({ row }: Kept) => (row.hidden === 'crowd' ? null : row.hidden);
