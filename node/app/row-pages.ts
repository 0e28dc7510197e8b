// Rows in an index and in orders, and pages of them: what is found in the index is shown in the order that is asked for.
import type { ServerRow } from '../api/port.ts';
import { inSlices, type Pause, type Sliced } from '../base/slices.ts';
import { type Monotonic, minute } from '../base/time.ts';
import { commonTerms } from '../list/common-terms.ts';
import type { Term } from '../list/filter.ts';
import { KeptOrder, type Ordering } from '../list/kept-order.ts';
import { byRank, type Rank } from '../list/rank.ts';
import { RowIndex } from '../list/row-index.ts';
import type { Hiding } from '../list/view.ts';
import type { KeptRow } from './kept-row.ts';
import type { Asked, Page, Place } from './rows.ts';

type Held = {
  readonly ordering: Ordering<KeptRow>;
  readonly kept: KeptOrder<KeptRow>;
  sorting: Promise<void> | undefined;
  askedAtMs: number;
};

/** Rows that are made in one go: 2 ms before that code has been compiled. */
const sliceRows = 1_024;
/** An order that nobody has asked for in so long is made anew for the next who does, in half a second. */
const orderKeptMs = minute;
/** What many have changes slowly. */
const aheadEveryMs = minute;
/** Enough to tell what one in forty has, in 2 ms before that code has been compiled. */
const sampleRows = 256;

export class RowPages {
  readonly #monotonic: Monotonic;
  readonly #pause: Pause;
  readonly #index: RowIndex<KeptRow>;
  /** By what is asked for: the default one, and as many as there are fields to sort by, up and down. */
  readonly #orders = new Map<string | undefined, Held>();
  /** Whoever asks for a term whose rows are being looked at waits for that, and does not begin once more. */
  readonly #looking = new Map<string, Promise<void>>();
  #aheadAtMs = Number.NEGATIVE_INFINITY;

  /** `room`: for so many rows at first. */
  constructor({ monotonic, pause }: { readonly monotonic: Monotonic; readonly pause: Pause }, room = 0) {
    this.#index = new RowIndex(room);
    this.#monotonic = monotonic;
    this.#pause = pause;
  }

  get size(): number {
    return this.#index.size;
  }

  get(id: string): KeptRow | undefined {
    return this.#index.get(id);
  }

  /** Ids of an announcer's servers. */
  *announcedBy(peer: string): Generator<string> {
    for (const place of this.#index.group('announcer', peer.toLowerCase())) yield this.#index.at(place)!.id;
  }

  set(entry: KeptRow): void {
    const before = this.get(entry.id);
    const place = this.#index.set(entry);
    for (const { ordering, kept } of this.#orders.values())
      if (!before || ordering.compare(before, entry) !== 0) kept.moved(place);
  }

  delete(id: string): void {
    const place = this.#index.delete(id);
    if (place !== undefined) for (const { kept } of this.#orders.values()) kept.moved(place);
  }

  /** Puts what has moved in its place, so that no question has to wait for much of it; one order in a turn of the event loop. */
  async settle(): Promise<void> {
    for (const [sort, { kept, askedAtMs }] of this.#orders) {
      if (this.#monotonic() - askedAtMs > orderKeptMs) this.#orders.delete(sort);
      else if (kept.isSorted) {
        kept.sorted();
        await this.#pause();
      }
    }
  }

  /** Makes ready what a page takes long to find without: its order, and the rows of common terms. undefined: it is. */
  prepare({ sort, order }: Pick<Asked, 'sort' | 'order'>): Promise<void> | undefined {
    const index = this.#index;
    const ordering = order ?? byDefault;
    const held = this.#orders.get(sort) ?? {
      ordering,
      kept: new KeptOrder(ordering, (place: number) => index.at(place)),
      sorting: undefined,
      askedAtMs: 0,
    };
    held.askedAtMs = this.#monotonic();
    this.#orders.set(sort, held);
    if (held.kept.isSorted) return undefined;
    held.sorting ??= inSlices(held.kept.sort([...index.places()]), this.#pause).finally(() => {
      held.sorting = undefined;
    });
    return held.sorting;
  }

  /** Remembers the rows of terms that many have. undefined: that is done. */
  remember(terms: readonly Term[]): Promise<unknown> | undefined {
    const looking = terms.flatMap(term => this.#remember(term) ?? []);
    return looking.length > 0 ? Promise.all(looking) : undefined;
  }

  /** Remembers what people are likely to ask for before they do; now and then. */
  async lookAhead(): Promise<void> {
    const now = this.#monotonic();
    if (now - this.#aheadAtMs < aheadEveryMs) return;
    this.#aheadAtMs = now;
    for (const term of commonTerms(this.#index.sample(sampleRows))) await this.#remember(term);
  }

  #remember(term: Term): Promise<void> | undefined {
    const running = this.#looking.get(term.key);
    if (running) return running;
    const work = this.#index.remember(term);
    if (!work) return undefined;
    const looking = inSlices(work, this.#pause).finally(() => this.#looking.delete(term.key));
    this.#looking.set(term.key, looking);
    return looking;
  }

  /** As `pageOf` of the whole list; to be prepared before. Found in one go, and made in slices. */
  *page(asked: Asked): Sliced<Page> {
    const { shown, ...counts } = this.#find(asked);
    const servers: ServerRow[] = [];
    for (const entry of shown) {
      servers.push(entry.row());
      if (servers.length % sliceRows === 0) yield;
    }
    return { ...counts, servers };
  }

  #find({ terms, sort, game, limit, all }: Asked): Omit<Page, 'servers'> & { readonly shown: readonly KeptRow[] } {
    const index = this.#index;
    const sorted = this.#sorted(sort);
    const found = index.select(terms, game);
    if (!all) found.drop(index.choice('state', 'left'));
    const counted = (hiding: Hiding) => (all ? 0 : found.sizeWith(index.choice('hidden', hiding)));
    const [karma, silent] = [counted('karma'), counted('silent')];
    const [duplicate, crowd] = [counted('duplicate'), counted('crowd')];
    const hidden = { total: karma + silent + duplicate + crowd, karma, silent, duplicate, crowd };
    if (!all) found.keep(index.choice('hidden', 'no'));
    const total = found.size;
    const wanted = Math.min(limit ?? total, total);
    const shown: KeptRow[] = [];
    for (let i = 0; shown.length < wanted; i++) {
      const place = sorted[i]!;
      if (found.has(place)) shown.push(index.at(place)!);
    }
    return { total, hidden, shown };
  }

  /** As `placing` of the whole list; to be prepared for the default order before. */
  placeOf(rank: Rank): Place {
    const index = this.#index;
    const shown = index.choice('hidden', 'no').copy();
    shown.drop(index.choice('state', 'left'));
    let place = 1;
    for (const at of this.#sorted(undefined)) {
      if (byRank(index.at(at)!, rank) >= 0) break;
      if (shown.has(at)) place++;
    }
    return { place, of: shown.size };
  }

  /** All rows. */
  #sorted(sort: string | undefined): Uint32Array {
    return this.#orders.get(sort)!.kept.sorted();
  }
}

const byDefault: Ordering<KeptRow> = { compare: byRank, keys: ({ keys }) => keys };
