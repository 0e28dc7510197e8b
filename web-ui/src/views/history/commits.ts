// The commits that the history shows: the newest page first, then the rest, then what comes while somebody looks.
import { computed, effect, signal } from '@preact/signals';
import { ApiError, get } from '../../api/client.ts';
import type { CommitSummary, GraphCommit, HistoryGraph, StatementJson } from '../../api/types.ts';
import { gently } from '../../lib/gently.ts';
import { filterQuery, initialHistory, isFiltered, parseHistory } from '../../lib/history-view.ts';
import { type LaneRow, layOut } from '../../lib/lanes.ts';
import { finish } from '../../lib/slices.ts';
import { on, onResync } from '../../state/live.ts';
import { place } from '../../state/place.ts';

/** `lanes`: null where commits between two are not shown, so that no line can be drawn. */
export type CommitRow = { readonly commit: GraphCommit; readonly lanes: LaneRow | null };

/** Some screens full, there at once. */
const firstPageCommits = 500;
/** What the node gives in one answer. */
const pageCommits = 20_000;
const filteredPageCommits = 1_000;
/** Who filters for more than this has not filtered; keeps one question from asking for a hundred pages. */
const filteredMax = 20_000;
/** What can have come since the last event. */
const newsCommits = 200;
/** However many commits come, they are asked for at most this often. */
const newsRestMs = 1_000;

export const view = computed(() =>
  place.value.path[0] === 'history' ? parseHistory(place.value.query) : initialHistory,
);
const question = computed(() => filterQuery(view.value).toString());

export const commits = signal<readonly GraphCommit[]>([]);
export const state = signal<'loading' | 'more' | 'ready'>('loading');
export const error = signal<ApiError | null>(null);
/** Newer commits, not shown yet because somebody is at the rows. */
export const waiting = signal<readonly GraphCommit[]>([]);
export const held = signal(false);
/** What the node says of statements, by commit. */
export const statements = signal<ReadonlyMap<string, StatementJson>>(new Map());

export const filtered = computed(() => isFiltered(view.value));
export const rows = signal<readonly CommitRow[]>([]);

let layouts = 0;
/** Draws what is there anew: a screen full at once, more of it while the page goes on. */
async function arrange(): Promise<void> {
  const mine = ++layouts;
  const shown = commits.value;
  if (filtered.value) {
    rows.value = shown.map(commit => ({ commit, lanes: null }));
    return;
  }
  const lanes = await finish(layOut(shown), () => mine !== layouts);
  if (lanes) rows.value = shown.map((commit, i) => ({ commit, lanes: lanes[i]! }));
}

/** Shows what has come meanwhile. */
export function showNews(): void {
  if (waiting.peek().length === 0) return;
  commits.value = [...waiting.peek(), ...commits.peek()];
  waiting.value = [];
}

type Page = { readonly commits: readonly GraphCommit[]; readonly next: string | null };

async function page(before: string | null, limit: number): Promise<Page> {
  const query = new URLSearchParams(question.peek());
  if (before !== null) query.set('before', before);
  if (question.peek() === '') {
    query.set('limit', String(limit));
    return get<HistoryGraph>(`/history/graph?${query}`);
  }
  query.set('limit', String(Math.min(limit, filteredPageCommits)));
  const { commits: found } = await get<{ commits: CommitSummary[] }>(`/history?${query}`);
  const full = found.length === Math.min(limit, filteredPageCommits);
  return { commits: found.map(graphCommit), next: full ? found.at(-1)!.oid : null };
}

function graphCommit({ statement, signature, ...commit }: CommitSummary): GraphCommit {
  const kind = statement?.kind ?? (commit.parents.length > 1 ? 'merge' : 'own');
  const { sequence = null, rollbackTo = null } = statement ?? {};
  return { ...commit, kind, status: signature?.status ?? null, sequence, rollbackTo };
}

let loads = 0;
/** Something came while the rest was being loaded. */
let missed = false;
/** Asks anew; what an older question still brings is dropped. */
export async function load(): Promise<void> {
  const mine = ++loads;
  state.value = 'loading';
  error.value = null;
  waiting.value = [];
  try {
    void loadStatements();
    const found: GraphCommit[] = [];
    let limit = firstPageCommits;
    let next: string | null = null;
    do {
      const { commits: more, next: further } = await page(next, limit);
      if (mine !== loads) return;
      found.push(...more);
      commits.value = [...found];
      next = filtered.peek() && found.length >= filteredMax ? null : further;
      limit = pageCommits;
      state.value = next === null ? 'ready' : 'more';
    } while (next !== null);
    if (missed) askNews();
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault;
    if (mine === loads) error.value = fault;
  }
}

async function loadStatements(): Promise<void> {
  const answer = await get<{ statements: StatementJson[] }>('/statements').catch(() => ({ statements: [] }));
  statements.value = new Map(answer.statements.map(statement => [statement.oid, statement]));
}

const askNews = gently(
  async () => {
    missed = state.peek() !== 'ready';
    if (missed) return;
    const mine = loads;
    const known = waiting.peek()[0] ?? commits.peek()[0];
    try {
      const { commits: newest } = await page(null, newsCommits);
      if (mine !== loads) return;
      const at = known ? newest.findIndex(({ oid }) => oid === known.oid) : newest.length;
      // More has come than one page holds.
      if (at < 0) return void load();
      if (at === 0) return;
      const news = newest.slice(0, at);
      if (news.some(({ status }) => status !== null)) void loadStatements();
      waiting.value = [...news, ...waiting.peek()];
      if (!held.peek()) showNews();
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      // The connection to the events shows that the node is away.
    }
  },
  () => newsRestMs,
);

/** While the view is there. The answer ends it. */
export function keepCommits(): () => void {
  const ends = [
    effect(() => {
      question.value;
      void load();
    }),
    effect(() => {
      if (!held.value) showNews();
    }),
    effect(() => void arrange()),
    on('head', askNews),
    onResync(askNews),
  ];
  return () => {
    loads++;
    for (const end of ends) end();
  };
}
