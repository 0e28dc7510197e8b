// What of the rollbacks view stands in its address: when, whose servers, which of them. Pure.
import { type ShowName, showNames } from './then.ts';

export type RollbacksView = {
  /** Hash of the commit after which the list is shown; null for the newest. */
  readonly at: string | null;
  readonly announcer: string | null;
  readonly show: ShowName;
};

export const initialRollbacksView: RollbacksView = { at: null, announcer: null, show: 'all' };

export const parseRollbacksView = (query: URLSearchParams): RollbacksView => ({
  at: query.get('at') || null,
  announcer: query.get('announcer') || null,
  show: showNames.find(name => name === query.get('show')) ?? 'all',
});

export function formatRollbacksView({ at, announcer, show }: RollbacksView): URLSearchParams {
  const query = new URLSearchParams();
  if (at !== null) query.set('at', at);
  if (announcer !== null) query.set('announcer', announcer);
  if (show !== 'all') query.set('show', show);
  return query;
}
