// The line of commits that one can travel along: loaded newest first, then the older ones; new ones come at its end.
import { signal } from '@preact/signals';
import { ApiError, get } from '../../api/client.ts';
import type { CommitServersPage, GraphCommit, HistoryGraph, StatementJson } from '../../api/types.ts';
import { gently } from '../../lib/gently.ts';
import { noTimeline, type Timeline, timelineOf } from '../../lib/timeline.ts';
import { on, onResync } from '../../state/live.ts';

/** Enough for the first picture. */
const firstPageCommits = 2_000;
const pageCommits = 20_000;
/** About 40 MB in the page. Who needs more has a clone. */
const commitsMax = 100_000;
/** What may have come since the page looked last: a commit every 30 s. */
const newsCommits = 100;
const restMs = 1_000;

export const timeline = signal<Timeline>(noTimeline);
export const statements = signal<readonly StatementJson[] | null>(null);
export const timelineState = signal<'loading' | 'ready' | 'older' | 'cut'>('loading');
export const timelineError = signal<ApiError | null>(null);

let commits: readonly GraphCommit[] = [];
/** The newest commit, and how many servers it lists. */
let counted: { head: string | null; total: number } = { head: null, total: 0 };

export const reload = gently(loadNow, () => restMs);

async function loadNow(): Promise<void> {
  try {
    statements.value = (await get<{ statements: StatementJson[] }>('/statements')).statements;
    if (commits.length === 0 || !(await loadNews())) await loadWhole();
    timelineError.value = null;
  } catch (error) {
    timelineError.value = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
  }
}

/** False when the new commits do not reach to those that are here. */
async function loadNews(): Promise<boolean> {
  const { commits: newest, head } = await get<HistoryGraph>(`/history/graph?limit=${newsCommits}`);
  const known = newest.findIndex(({ oid }) => oid === commits[0]!.oid);
  if (known < 0) return false;
  await take([...newest.slice(0, known), ...commits], head);
  return true;
}

async function loadWhole(): Promise<void> {
  timelineState.value = 'loading';
  let { commits: all, head, next } = await get<HistoryGraph>(`/history/graph?limit=${firstPageCommits}`);
  await take(all, head);
  while (next !== null && all.length < commitsMax) {
    timelineState.value = 'older';
    const page = await get<HistoryGraph>(`/history/graph?limit=${pageCommits}&before=${next}`);
    all = [...all, ...page.commits];
    next = page.next;
    await take(all, head);
  }
  timelineState.value = next === null ? 'ready' : 'cut';
}

async function take(all: readonly GraphCommit[], head: string | null): Promise<void> {
  if (counted.head !== head) counted = { head, total: head === null ? 0 : await totalAt(head) };
  commits = all;
  timeline.value = timelineOf(all, head, counted.total);
}

const totalAt = async (oid: string): Promise<number> =>
  (await get<CommitServersPage>(`/commits/${oid}/servers?limit=1`)).total;

/** While somebody looks; the answer ends it. */
export function keepTimeline(): () => void {
  reload();
  const stops = [on('head', reload), onResync(reload)];
  return () => {
    for (const stop of stops) stop();
  };
}
