// Rows in an index and in orders, and pages of them: what is found in the index is shown in the order that is asked for.
import type { Observed, ServerRow, ServersQuery } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { parseTerms } from '../list/filter.ts';
import { KeptOrder } from '../list/kept-order.ts';
import type { Neighbour } from '../list/neighbours.ts';
import { byRank, type Rank } from '../list/rank.ts';
import { type Entry, RowIndex } from '../list/row-index.ts';
import { parseSort } from '../list/sort.ts';
import type { Hiding, Sight } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import type { Page, Place } from './rows.ts';

/** A row, and what it was made from. */
export type Kept = Entry & {
  readonly row: ServerRow;
  readonly item: Verified;
  readonly sight: Sight<Observed>;
  readonly rank: Rank;
  readonly neighbour: Neighbour | undefined;
};

type Compare = (a: Kept, b: Kept) => number;
type Order = { readonly compare: Compare; readonly kept: KeptOrder };

export class RowPages {
  readonly #index = new RowIndex<Kept>();
  /** By what is asked for: the default one, and as many as there are fields to sort by, up and down. */
  readonly #orders = new Map<string | undefined, Order>();

  get size(): number {
    return this.#index.size;
  }

  get(id: string): Kept | undefined {
    return this.#index.get(id);
  }

  /** Ids of an announcer's servers. */
  *announcedBy(peer: string): Generator<string> {
    for (const place of this.#index.group('announcer', peer.toLowerCase())) yield this.#index.at(place)!.row.id;
  }

  set(entry: Kept): void {
    const before = this.get(entry.row.id);
    const place = this.#index.set(entry);
    for (const { compare, kept } of this.#orders.values())
      if (!before || compare(before, entry) !== 0) kept.moved(place);
  }

  delete(id: string): void {
    const place = this.#index.delete(id);
    if (place !== undefined) for (const { kept } of this.#orders.values()) kept.moved(place);
  }

  /** Puts what has moved in its place, so that no question has to wait for much of it. */
  settle(): void {
    this.#sorted(undefined);
  }

  /** As `pageOf` of the whole list. @throws RollcallError BAD_FILTER, BAD_SORT */
  page({ filter, sort, game, limit, all }: ServersQuery): Page {
    const index = this.#index;
    const terms = parseTerms(filter ?? '');
    if (!terms.ok) throw new RollcallError(terms.code, terms.message);
    const sorted = this.#sorted(sort);
    const found = index.select(terms.value, game);
    if (!all) found.drop(index.choice('state', 'left'));
    const counted = (hiding: Hiding) => (all ? 0 : found.sizeWith(index.choice('hidden', hiding)));
    const [karma, silent] = [counted('karma'), counted('silent')];
    const [duplicate, crowd] = [counted('duplicate'), counted('crowd')];
    const hidden = { total: karma + silent + duplicate + crowd, karma, silent, duplicate, crowd };
    if (!all) found.keep(index.choice('hidden', 'no'));
    const total = found.size;
    const wanted = Math.min(limit ?? total, total);
    const servers: ServerRow[] = [];
    for (let i = 0; servers.length < wanted; i++) {
      const place = sorted[i]!;
      if (found.has(place)) servers.push(index.at(place)!.row);
    }
    return { total, hidden, servers };
  }

  /** As `placeOf` of the whole list. */
  placeOf(rank: Rank): Place {
    const index = this.#index;
    const shown = index.choice('hidden', 'no').copy();
    shown.drop(index.choice('state', 'left'));
    let place = 1;
    for (const at of this.#sorted(undefined)) {
      if (byRank(index.at(at)!.rank, rank) >= 0) break;
      if (shown.has(at)) place++;
    }
    return { place, of: shown.size };
  }

  /** All rows. @throws RollcallError BAD_SORT */
  #sorted(sort: string | undefined): Uint32Array {
    const index = this.#index;
    const held = this.#orders.get(sort) ?? this.#order(sort);
    this.#orders.set(sort, held);
    return held.kept.sorted(place => index.at(place) !== undefined);
  }

  #order(sort: string | undefined): Order {
    const index = this.#index;
    const order = sort === undefined ? undefined : parseSort(sort);
    if (order?.ok === false) throw new RollcallError(order.code, order.message);
    const compare: Compare = order ? (a, b) => order.value(a.row, b.row) : (a, b) => byRank(a.rank, b.rank);
    return { compare, kept: new KeptOrder((a, b) => compare(index.at(a)!, index.at(b)!), [...index.places()]) };
  }
}
