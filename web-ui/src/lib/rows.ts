// The list as the page holds it: rows, what is asked of them, which pass and in which order. Pure.
import type { Filter } from '../../../node/list/filter.ts';
import type { ServerRow } from '../api/types.ts';
import { type FacetName, facetNames, type HideName, type SortName, type ViewState } from './view-state.ts';

/** A server: changed in place as news of it comes, so that each has one object for as long as the page lives. */
export type Row = ServerRow & {
  /** What words are looked for in, ready for the next key. */
  words: string;
  /** Its place in the node's own order; the last for what came since. */
  rank: number;
  /** No longer on the list: kept in sight until the rows are arranged anew. */
  gone: boolean;
  /** When it last changed, for a mark that fades. */
  newsAtMs: number;
};

export const unknown = 'unknown';

const facetValues: Readonly<Record<FacetName, (row: Row) => string | readonly string[]>> = {
  game: row => row.game,
  country: row => row.attributes.country?.toLowerCase() || unknown,
  tag: row => (row.tags.length > 0 ? row.tags : unknown),
  map: row => row.observed?.map || unknown,
  answer: row => (row.observed === null ? unknown : row.observed.up ? 'up' : 'down'),
  standing: row => row.standing,
  karma: row => row.karma.tier,
  announcer: row => row.announcer,
};

const hides: Readonly<Record<HideName, (row: Row) => boolean>> = {
  empty: row => row.observed?.players === 0,
  full: ({ observed }) => observed !== null && (observed.players ?? -1) >= (observed.maxPlayers ?? Infinity),
  locked: row => isLocked(row),
};

/** Game servers say so in an attribute; there is no password to see from here. */
export const isLocked = ({ attributes }: Pick<Row, 'attributes'>): boolean =>
  /^(?:1|true|yes|on)$/i.test(attributes.password ?? attributes.passworded ?? '');

export type Chosen = {
  readonly filter: Filter;
  readonly view: ViewState;
  readonly favourites: ReadonlySet<string>;
  readonly recent: ReadonlySet<string>;
};

/** What passes all but the facets. Favourites are never hidden by being empty, full or locked. */
export function passes(row: Row, { filter, view, favourites, recent }: Chosen): boolean {
  if (view.only === 'favourites' && !favourites.has(row.id)) return false;
  if (view.only === 'recent' && !recent.has(row.id)) return false;
  if (row.hidden != null && !view.everything && !favourites.has(row.id)) return false;
  if (view.hide.length > 0 && !favourites.has(row.id)) for (const name of view.hide) if (hides[name](row)) return false;
  return filter(row);
}

export type FacetCounts = Readonly<Record<FacetName, Map<string, number>>>;

export type Facets = Readonly<{ name: FacetName; values: ReadonlySet<string> }>[];

export const facetsOf = (view: ViewState): Facets =>
  facetNames.flatMap(name => {
    const values = view.facets[name];
    return values ? [{ name, values: new Set(values) }] : [];
  });

/** Which facet keeps the row out: none, exactly one, or more (`many`). */
export function facetAgainst(row: Row, facets: Facets): FacetName | 'none' | 'many' {
  let against: FacetName | 'none' = 'none';
  for (const { name, values } of facets) {
    const have = facetValues[name](row);
    if (typeof have === 'string' ? values.has(have) : have.some(value => values.has(value))) continue;
    if (against !== 'none') return 'many';
    against = name;
  }
  return against;
}

export const emptyCounts = (): FacetCounts =>
  Object.fromEntries(facetNames.map(name => [name, new Map<string, number>()])) as unknown as FacetCounts;

/** A facet counts what the others let through, so that each number says what choosing it would show. */
export function count(counts: FacetCounts, row: Row, against: FacetName | 'none' | 'many'): void {
  if (against === 'many') return;
  for (const name of facetNames) {
    if (against !== 'none' && against !== name) continue;
    const have = facetValues[name](row);
    const held = counts[name];
    if (typeof have === 'string') held.set(have, (held.get(have) ?? 0) + 1);
    else for (const value of have) held.set(value, (held.get(value) ?? 0) + 1);
  }
}

/** When a server was first on the list, as far as the node can tell. */
export const sinceOf = (row: Pick<Row, 'issuedAt' | 'since'>): number => row.since ?? row.issuedAt;

type Order = (a: Row, b: Row) => number;
const standings = ['endorsed', 'new', 'denied'];
/** What nobody has seen comes last, whichever way round. */
const byNumber =
  (read: (row: Row) => number | null): ((sign: number) => Order) =>
  sign =>
  (a, b) => {
    const [x, y] = [read(a), read(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return sign * (x - y);
  };

/** @param down the other way round: few players first, long pings first */
export function orderBy(by: SortName, down: boolean, collator: Intl.Collator): Order {
  const byText =
    (read: (row: Row) => string): ((sign: number) => Order) =>
    sign =>
    (a, b) =>
      sign * collator.compare(read(a), read(b));
  const orders: Record<SortName, (sign: number) => Order> = {
    rank: byNumber(row => row.rank),
    name: byText(row => row.name),
    game: byText(row => row.game),
    players: sign => byNumber(row => row.observed?.players ?? null)(-sign),
    ping: byNumber(row => row.observed?.rttMs ?? null),
    map: byText(row => row.observed?.map ?? '\uffff'),
    age: byNumber(sinceOf),
    standing: byNumber(row => standings.indexOf(row.standing)),
    karma: sign => byNumber(row => row.karma.value)(-sign),
  };
  const order = orders[by](down ? -1 : 1);
  return (a, b) => order(a, b) || a.rank - b.rank || (a.id < b.id ? -1 : 1);
}
