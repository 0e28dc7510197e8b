// A server in the index: what its row is made from, and what it is found and put in order by. The row itself is made when it is
// shown: kept, those of 100,000 servers would take 16 MB, and every garbage collection would go through them.
import type { Observed, ServerRow } from '../api/port.ts';
import { wordsOf } from '../list/filter.ts';
import type { Neighbour } from '../list/neighbours.ts';
import { byRank, type Rank } from '../list/rank.ts';
import type { Entry } from '../list/row-index.ts';
import type { Sight } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import { rowOf, standingOf } from './rows.ts';

export type Looked = {
  readonly item: Verified;
  readonly sight: Sight<Observed>;
  readonly rank: Rank;
  readonly neighbour: Neighbour | undefined;
};

/** Read as a row by filters and orders. */
export class KeptRow implements Entry, Rank {
  readonly item: Verified;
  readonly sight: Sight<Observed>;
  readonly neighbour: Neighbour | undefined;
  readonly keys: readonly number[];
  readonly words: string;

  constructor({ item, sight, rank, neighbour }: Looked) {
    this.item = item;
    this.sight = sight;
    this.neighbour = neighbour;
    this.keys = rank.keys;
    this.words = wordsOf(this);
  }

  /** As it is shown. */
  row(): ServerRow {
    return rowOf(this.item, this.sight);
  }

  /** Whether it would be the very same. */
  looksAs({ item, sight, rank, neighbour }: Looked): boolean {
    const { endorsed, observed, since, hidden, karma } = this.sight;
    return (
      this.item === item &&
      this.neighbour === neighbour &&
      observed === sight.observed &&
      endorsed === sight.endorsed &&
      since === sight.since &&
      hidden === sight.hidden &&
      karma.value === sight.karma.value &&
      karma.tier === sight.karma.tier &&
      byRank(this, rank) === 0
    );
  }

  /** Whether neighbours can tell no difference. Who is too many in a crowd is worked out from who is not hidden otherwise. */
  countsAs(other: KeptRow): boolean {
    return (
      this.neighbour === other.neighbour &&
      hiddenAlone(this) === hiddenAlone(other) &&
      this.karma.value === other.karma.value &&
      byRank(this, other) === 0
    );
  }

  get id() {
    return this.item.id;
  }

  get announcer() {
    return this.item.announcement.announcer;
  }

  get server() {
    return this.item.announcement.server;
  }

  get game() {
    return this.item.announcement.game;
  }

  get name() {
    return this.item.announcement.name;
  }

  get addresses() {
    return this.item.announcement.addresses;
  }

  get state() {
    return this.item.announcement.state;
  }

  get tags() {
    return this.item.announcement.tags;
  }

  get attributes() {
    return this.item.announcement.attributes;
  }

  get version() {
    return this.item.announcement.version;
  }

  get issuedAt() {
    return this.item.announcement.issuedAt;
  }

  get expiresAt() {
    return this.item.announcement.expiresAt;
  }

  get standing() {
    return standingOf(this.sight);
  }

  get hidden() {
    return this.sight.hidden;
  }

  get karma() {
    return this.sight.karma;
  }

  get observed() {
    return this.sight.observed;
  }
}

const hiddenAlone = ({ hidden }: KeptRow) => (hidden === 'crowd' ? null : hidden);
