// What is shown of the history, and the address that says so: one to one, so that a link shows what its sender saw. Pure.
import type { CommitKind } from '../api/types.ts';

export const kindNames = ['own', 'merge', 'checkpoint', 'rollback'] as const satisfies readonly CommitKind[];

/** Days as `<input type="date">` has them; both are included, in UTC. */
export type HistoryView = {
  readonly server: string;
  readonly announcer: string;
  readonly signer: string;
  readonly kind: CommitKind | null;
  readonly since: string;
  readonly until: string;
  /** The first of two commits to compare. */
  readonly base: string;
  /** A commit to show among the others. */
  readonly at: string;
};

export const initialHistory: HistoryView = {
  ...{ server: '', announcer: '', signer: '', kind: null, since: '', until: '', base: '', at: '' },
};

const texts = ['server', 'announcer', 'signer', 'since', 'until', 'base', 'at'] as const;
const forms: Readonly<Partial<Record<(typeof texts)[number], RegExp>>> = {
  since: /^\d{4}-\d{2}-\d{2}$/,
  until: /^\d{4}-\d{2}-\d{2}$/,
  base: /^[0-9a-f]{4,40}$/,
  at: /^[0-9a-f]{4,40}$/,
};

/** What is not understood is left out: an address may be typed, or come from another version. */
export function parseHistory(query: URLSearchParams): HistoryView {
  const read = (name: (typeof texts)[number]): string => {
    const value = (query.get(name) ?? '').trim();
    return forms[name]?.test(value) === false ? '' : value;
  };
  return {
    ...(Object.fromEntries(texts.map(name => [name, read(name)])) as Omit<HistoryView, 'kind'>),
    kind: kindNames.find(name => name === query.get('kind')) ?? null,
  };
}

/** The usual is left out. */
export function formatHistory(view: HistoryView): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of [...texts.slice(0, 3), 'kind', ...texts.slice(3)] as const) {
    if (view[name]) query.set(name, view[name]);
  }
  return query;
}

/** Whether anything keeps commits out of sight; then the node is asked, and there are no lines between those it gives. */
export const isFiltered = (view: HistoryView): boolean =>
  [view.server, view.announcer, view.signer, view.kind, view.since, view.until].some(Boolean);

const dayMs = 86_400_000;

/** What `GET /history` is asked. */
export function filterQuery(view: HistoryView): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['server', 'announcer', 'signer', 'kind'] as const) if (view[name]) query.set(name, view[name]);
  const [since, until] = [Date.parse(view.since), Date.parse(view.until)];
  if (!Number.isNaN(since)) query.set('since', String(since));
  if (!Number.isNaN(until)) query.set('until', String(until + dayMs - 1));
  return query;
}
