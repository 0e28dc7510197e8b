// How a server is shown: its announcement, where it stands, and what was seen of it.

import type { AnnouncementJson, Observed, ServerRow, ServersDiff, ServersPage, ServersQuery } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import { atOnce, type Sliced } from '../base/slices.ts';
import type { ServerDiff } from '../history/diff.ts';
import { changedFields, kindOf } from '../list/change.ts';
import { filterOf, parseTerms, type Term } from '../list/filter.ts';
import { byRank, type Rank } from '../list/rank.ts';
import { type Order, parseSort } from '../list/sort.ts';
import { sortedInSlices } from '../list/sorted-in-slices.ts';
import type { Sight, View } from '../list/view.ts';
import type { Announcement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';

export type RowsDeps = {
  readonly listed: Iterable<Verified>;
  readonly view: Pick<View<Observed>, 'of' | 'rank'>;
};

type Item = Pick<Verified, 'id' | 'announcement'>;

export function rowOf(
  { id, announcement }: Item,
  { endorsed, karma, observed, since, hidden }: Sight<Observed>,
): ServerRow {
  const { announcer, server, game, name, addresses, state, version, tags, attributes } = announcement;
  const { issuedAt, expiresAt } = announcement;
  // Field by field: all but one of an object's take ten times as long.
  const said = { id, announcer, server, game, name, addresses, state, version, tags, attributes, issuedAt, expiresAt };
  return { ...said, standing: standingOf({ endorsed }), karma, observed, since, hidden };
}

export const standingOf = ({ endorsed }: Pick<Sight, 'endorsed'>) => (endorsed ? 'endorsed' : 'new');

export const announcementJson = (id: string, announcement: Announcement): AnnouncementJson & { id: string } => ({
  id,
  ...announcement,
});

export type Page = Pick<ServersPage, 'total' | 'hidden' | 'servers'>;

/** Servers that are looked at in one go: 3 µs each, and many times that before the code has been compiled. */
const sliceServers = 250;

/** A query that was understood. */
export type Asked = Omit<ServersQuery, 'filter'> & {
  readonly terms: readonly Term[];
  /** undefined: by rank. */
  readonly order: Order | undefined;
};

/** @throws RollcallError BAD_FILTER, BAD_SORT */
export function askedFor({ filter, ...query }: ServersQuery): Asked {
  const terms = parseTerms(filter ?? '');
  if (!terms.ok) throw new RollcallError(terms.code, terms.message);
  const order = query.sort === undefined ? undefined : parseSort(query.sort);
  if (order?.ok === false) throw new RollcallError(order.code, order.message);
  return { ...query, terms: terms.value, order: order?.value };
}

/** Filters, sorts and cuts, and counts what is hidden of that. @throws RollcallError BAD_FILTER, BAD_SORT */
export const pageOf = (deps: RowsDeps, query: ServersQuery): Page => atOnce(paging(deps, askedFor(query)));

/** As `pageOf`, in slices. */
export function* paging({ listed, view }: RowsDeps, { terms, order, game, all, limit }: Asked): Sliced<Page> {
  const holds = filterOf(terms);
  const hidden = { total: 0, karma: 0, silent: 0, duplicate: 0, crowd: 0 };
  const found: { readonly row: ServerRow; readonly rank: Rank | undefined }[] = [];
  let looked = 0;
  for (const item of listed) {
    if (++looked % sliceServers === 0) yield;
    if (item.announcement.state === 'left' && !all) continue;
    if (game !== undefined && item.announcement.game !== game) continue;
    const sight = view.of(item);
    const row = rowOf(item, sight);
    if (!holds(row)) continue;
    if (!row.hidden || all) found.push({ row, rank: order ? undefined : view.rank(item, sight) });
    else {
      hidden.total++;
      hidden[row.hidden]++;
    }
  }
  const compare = (a: (typeof found)[number], b: (typeof found)[number]) =>
    order ? order.compare(a.row, b.row) : byRank(a.rank!, b.rank!);
  const sorted = yield* sortedInSlices(found, compare, limit);
  return { total: found.length, hidden, servers: sorted.map(({ row }) => row) };
}

export type Place = { readonly place: number; readonly of: number };

/** Where a rank stands among all that are shown by default. */
export function* placing({ listed, view }: RowsDeps, rank: Rank): Sliced<Place> {
  let [place, of, looked] = [1, 0, 0];
  for (const item of listed) {
    if (++looked % sliceServers === 0) yield;
    const sight = view.of(item);
    if (item.announcement.state === 'left' || sight.hidden) continue;
    of++;
    if (byRank(view.rank(item, sight), rank) < 0) place++;
  }
  return { place, of };
}

/** What people call the difference: who joined, who left, and which fields changed. Renewals are none. */
export function diffJson(diffs: readonly ServerDiff[]): ServersDiff {
  const result: ServersDiff = { added: [], removed: [], changed: [] };
  for (const { id, before, after } of diffs) {
    const kind = kindOf(before, after);
    if (kind === 'joined') result.added.push(announcementJson(id, after!));
    if (kind === 'left') result.removed.push(announcementJson(id, before!));
    if (kind === 'changed') {
      const fields = changedFields(before!, after!).map(
        field => [field, [before![field], after![field]] as [unknown, unknown]] as const,
      );
      const { name, announcer } = after!;
      result.changed.push({ id, name, announcer, fields: Object.fromEntries(fields) });
    }
  }
  return result;
}
