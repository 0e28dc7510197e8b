// How a server is shown: its announcement, where it stands, and what was seen of it.

import type { AnnouncementJson, Observed, ServerRow, ServersDiff, ServersPage, ServersQuery } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import type { ServerDiff } from '../history/diff.ts';
import { changedFields, kindOf } from '../list/change.ts';
import { parseFilter, parseSort } from '../list/filter.ts';
import type { Announcement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';

export type RowsDeps = {
  readonly listed: Iterable<Verified>;
  readonly observed: (id: string) => Observed | null;
  /** Whether the statement in force lists the server. */
  readonly endorsed: (id: string) => boolean;
  /** Of the announcer. */
  readonly karma: (announcer: string) => ServerRow['karma'];
};

export function rowOf(
  { id, announcement }: Pick<Verified, 'id' | 'announcement'>,
  observed: Observed | null,
  endorsed: boolean,
  karma: ServerRow['karma'],
): ServerRow {
  const { signature: _, ...fields } = announcement;
  return { id, ...fields, standing: endorsed ? 'endorsed' : 'new', karma, observed };
}

export const announcementJson = (id: string, announcement: Announcement): AnnouncementJson & { id: string } => ({
  id,
  ...announcement,
});

/** Filters, sorts and cuts. @throws RollcallError BAD_FILTER, BAD_SORT */
export function pageOf(
  { listed, observed, endorsed, karma }: RowsDeps,
  query: ServersQuery,
): Pick<ServersPage, 'total' | 'servers'> {
  const filter = parseFilter(query.filter ?? '');
  if (!filter.ok) throw new RollcallError(filter.code, filter.message);
  const sort = parseSort(query.sort);
  if (!sort.ok) throw new RollcallError(sort.code, sort.message);
  const rows: ServerRow[] = [];
  for (const item of listed) {
    if (item.announcement.state === 'left' && !query.all) continue;
    if (query.game !== undefined && item.announcement.game !== query.game) continue;
    const row = rowOf(item, observed(item.id), endorsed(item.id), karma(item.announcement.announcer));
    if (filter.value(row)) rows.push(row);
  }
  rows.sort(sort.value);
  return { total: rows.length, servers: query.limit === undefined ? rows : rows.slice(0, query.limit) };
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
      result.changed.push({ id, fields: Object.fromEntries(fields) });
    }
  }
  return result;
}
