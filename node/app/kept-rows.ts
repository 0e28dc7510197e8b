// The rows of the list, kept from one question to the next: what may have changed is looked at again, and nothing else. Where
// `pageOf` looks at every server, this gives the same. Whatever takes long is done in slices, one in a turn of the event loop.
import type { ServersQuery } from '../api/port.ts';
import { inSlices, inTurns, type Sliced } from '../base/slices.ts';
import { minute } from '../base/time.ts';
import type { Rank } from '../list/rank.ts';
import { RowKeeper, type RowKeeperDeps } from './row-keeper.ts';
import type { RowPages } from './row-pages.ts';
import { type Asked, askedFor, type Page, type Place, paging, placing, type RowsDeps } from './rows.ts';

/** What time alone changes, such as ages, fading karma and sights that run out, is seen within it: each row is looked at again. */
const sweptWithinMs = minute;
/** So many of these at a time, in 1 ms: questions come in between. */
const sweptRows = 100;
/** So many are looked at for each question, in half a millisecond: a small list is always as it is now. */
const smallMax = 50;
/** Rows that nobody has asked for in so long are kept up for nothing: 1 % of a core with 100,000 servers. */
const unaskedMaxMs = 10 * minute;

export class KeptRows {
  readonly #deps: RowKeeperDeps;
  /** undefined: nobody has asked for long. Another statement that comes into force ends the one that is being filled. */
  #keeper: RowKeeper | undefined;
  /** Until each row of it was looked at; questions wait. */
  #filling: Promise<void> | undefined;
  #sweptAtMs = 0;
  #lookedAtMs = 0;
  #askedAtMs = 0;

  constructor(deps: RowKeeperDeps) {
    this.#deps = { ...deps, pause: inTurns(deps.pause) };
  }

  /** Something about a server is new: it came, went, changed, or was seen. */
  touch(id: string): void {
    const keeper = this.#keeper;
    if (!keeper) return;
    keeper.touch(id);
    if (keeper.isBehind) this.#fill(keeper);
  }

  /** Somebody's karma is another. */
  touchAnnouncer(peer: string): void {
    for (const id of this.#keeper?.pages.announcedBy(peer) ?? []) this.touch(id);
  }

  /** Everything may be otherwise. */
  forget(): void {
    this.#keeper = undefined;
    this.#filling = undefined;
  }

  /** Resolves when pages come from the index. */
  async ready(): Promise<void> {
    while (!this.#keeper || this.#filling) await (this.#filling ?? this.#begin());
  }

  /** To be called about once a second, so that whoever asks after a while does not wait for what has changed since. */
  async step(): Promise<void> {
    const keeper = this.#keeper;
    if (!keeper || this.#filling) return;
    const now = this.#deps.monotonic();
    if (now - this.#askedAtMs > unaskedMaxMs) {
      this.forget();
      return;
    }
    await keeper.pages.lookAhead();
    const { size } = keeper.pages;
    let due = Math.min(size, (size * (now - this.#sweptAtMs)) / sweptWithinMs);
    this.#sweptAtMs = now;
    do {
      keeper.sweep(Math.min(due, sweptRows));
      if (!this.#keepUp(keeper)) return;
      await this.#deps.pause();
      due -= sweptRows;
    } while (due > 0);
    await keeper.pages.settle();
  }

  /** As `pageOf` of the whole list. @throws RollcallError BAD_FILTER, BAD_SORT */
  page(query: ServersQuery): Promise<Page> {
    this.#askedAtMs = this.#deps.monotonic();
    const page = this.peek(query);
    this.#beginAfter(page);
    return page;
  }

  /** The same for those for whom no index is made: without one every server is looked at. */
  async peek(query: ServersQuery): Promise<Page> {
    const asked = askedFor(query);
    const { pause } = this.#deps;
    // While an index is being made nobody else looks at all of them: that would be done again and again, and delay it.
    if (!this.#keeper && !this.#filling)
      return inSlices(
        this.#lookAtAll(deps => paging(deps, asked)),
        pause,
      );
    return inSlices((await this.#current(asked)).page(asked), pause);
  }

  /** Where a rank stands among all that are shown by default. */
  async placeOf(rank: Rank): Promise<Place> {
    this.#askedAtMs = this.#deps.monotonic();
    if (!this.#keeper && !this.#filling) {
      const place = inSlices(
        this.#lookAtAll(deps => placing(deps, rank)),
        this.#deps.pause,
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
    let remembering: Promise<unknown> | undefined;
    for (;;) {
      await this.ready();
      const keeper = this.#keeper;
      if (keeper && this.#keepUp(keeper)) {
        remembering ??= keeper.pages.remember(asked.terms);
        await remembering;
      }
      // Something may have changed in that turn.
      if (keeper && this.#keepUp(keeper)) {
        const waiting = keeper.crowds.counted() ?? keeper.pages.prepare(asked);
        if (!waiting) return keeper.pages;
        await waiting;
      }
      // Many may have waited for the same: one is answered in a turn.
      await this.#deps.pause();
    }
  }

  /** Who asked first is not to wait for the index. */
  #beginAfter(first: Promise<unknown>): void {
    if (this.#keeper || this.#filling) return;
    const filling: Promise<void> = first
      .then(noMatter, noMatter)
      .then(() => (filling === this.#filling ? this.#begin() : undefined));
    this.#filling = filling;
  }

  /** Everything is new. */
  #begin(): Promise<void> {
    this.#keeper = new RowKeeper(this.#deps);
    this.#filling = undefined;
    return this.#fill(this.#keeper);
  }

  #fill(keeper: RowKeeper): Promise<void> {
    this.#filling ??= this.#catchUp(keeper);
    return this.#filling;
  }

  async #catchUp(keeper: RowKeeper): Promise<void> {
    do {
      await this.#deps.pause();
      if (keeper !== this.#keeper) return;
      keeper.lookAgain();
    } while (!keeper.isCurrent);
    this.#sweptAtMs = this.#deps.monotonic();
    this.#filling = undefined;
  }

  /** Looks again at what may be otherwise. Whether that was all; not of a keeper that was forgotten meanwhile. */
  #keepUp(keeper: RowKeeper): boolean {
    if (keeper !== this.#keeper || this.#filling) return false;
    const now = this.#deps.monotonic();
    if (keeper.pages.size <= smallMax && now !== this.#lookedAtMs) keeper.sweep(smallMax);
    this.#lookedAtMs = now;
    keeper.lookAgain();
    if (!keeper.isCurrent) this.#fill(keeper);
    return !this.#filling;
  }
}

const noMatter = (): void => {};
