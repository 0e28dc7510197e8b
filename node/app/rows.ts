// How a server is shown: its announcement, where it stands, and what was seen of it.

import type { AnnouncementJson, Observed, ServerRow, ServersDiff, ServersPage, ServersQuery } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import type { ServerDiff } from '../history/diff.ts';
import { changedFields, kindOf } from '../list/change.ts';
import { parseFilter } from '../list/filter.ts';
import { byRank, type Rank } from '../list/rank.ts';
import { parseSort } from '../list/sort.ts';
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
  const { signature: _, ...fields } = announcement;
  return { id, ...fields, standing: endorsed ? 'endorsed' : 'new', karma, observed, since, hidden };
}

export const announcementJson = (id: string, announcement: Announcement): AnnouncementJson & { id: string } => ({
  id,
  ...announcement,
});

export type Page = Pick<ServersPage, 'total' | 'hidden' | 'servers'>;

/** Filters, sorts and cuts, and counts what is hidden of that. @throws RollcallError BAD_FILTER, BAD_SORT */
export function pageOf({ listed, view }: RowsDeps, query: ServersQuery): Page {
  const filter = parseFilter(query.filter ?? '');
  if (!filter.ok) throw new RollcallError(filter.code, filter.message);
  const order = query.sort === undefined ? undefined : parseSort(query.sort);
  if (order?.ok === false) throw new RollcallError(order.code, order.message);
  const hidden = { total: 0, karma: 0, silent: 0, duplicate: 0, crowd: 0 };
  const found: { readonly row: ServerRow; readonly rank: Rank | undefined }[] = [];
  for (const item of listed) {
    if (item.announcement.state === 'left' && !query.all) continue;
    if (query.game !== undefined && item.announcement.game !== query.game) continue;
    const sight = view.of(item);
    const row = rowOf(item, sight);
    if (!filter.value(row)) continue;
    if (!row.hidden || query.all) found.push({ row, rank: order ? undefined : view.rank(item, sight) });
    else {
      hidden.total++;
      hidden[row.hidden]++;
    }
  }
  found.sort(order ? (a, b) => order.value(a.row, b.row) : (a, b) => byRank(a.rank!, b.rank!));
  const servers = found.slice(0, query.limit).map(({ row }) => row);
  return { total: found.length, hidden, servers };
}

export type Place = { readonly place: number; readonly of: number };

/** Where a rank stands among all that are shown by default. */
export function placeOf({ listed, view }: RowsDeps, rank: Rank): Place {
  let [place, of] = [1, 0];
  for (const item of listed) {
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
