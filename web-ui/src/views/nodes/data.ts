// What the node tells of nodes, put together; and which of them are shown, as the address asks.
import { computed, signal } from '@preact/signals';
import { ApiError, get } from '../../api/client.ts';
import type {
  AnnouncerDetail,
  AnnouncerRow,
  AnnouncersPage,
  DenyRuleJson,
  KarmaPage,
  NodesGraph,
  Peer,
  Status,
} from '../../api/types.ts';
import { gently } from '../../lib/gently.ts';
import { type Days, type NodeRow, nodeRows, type Sources } from '../../lib/nodes.ts';
import { chooseNodes, formatNodesView, parseNodesView } from '../../lib/nodes-view.ts';
import { now } from '../../state/clock.ts';
import { on, onResync } from '../../state/live.ts';
import { place } from '../../state/place.ts';

/** The API gives that many at once, and all circles that anybody tells apart. */
const pageRows = 1_000;
const graphNodesMax = 500;
/** Those with the most servers come first; beyond it stands who has one server or two. */
const announcersMax = 10_000;
/** Asked for one by one, those with the most servers first: what a table of a few screens shows. */
const daysAskedMax = 100;
const daysAskedAtOnce = 4;
/** The node reads a month of its log for each; days do not change by the second. */
const daysKeptMs = 300_000;
/** However fast the list changes, all is asked again at most this often, and never takes more than a quarter of the time. */
const restMinMs = 5_000;
const restFactor = 3;

export const loading = signal<{ state: 'loading' | 'ready' | 'failed'; error: ApiError | null }>({
  state: 'loading',
  error: null,
});
export const sources = signal<Sources | null>(null);
/** How many announcers there are, also beyond those that were asked for. */
export const announcersTotal = signal(0);
const days = signal<ReadonlyMap<string, Days>>(new Map());
/** Somebody is at the rows: they keep their places. */
export const held = signal(false);

const rows = computed(() => (sources.value === null ? [] : nodeRows(sources.value, days.value, now.value)));
export const rowsByPeer = computed(() => new Map(rows.value.map(row => [row.peer, row])));
export const count = computed(() => rows.value.length);

let lastView = parseNodesView(new URLSearchParams());
export const view = computed(() => {
  const { path, query } = place.value;
  if (path[0] === 'nodes') lastView = parseNodesView(query);
  return lastView;
});
export const question = computed(() => formatNodesView(view.value).toString());

let arranged: { question: string; rows: readonly NodeRow[] } = { question: '', rows: [] };
/** While somebody is at them, rows are brought up to date where they stand. */
export const shown = computed<readonly NodeRow[]>(() => {
  const byPeer = rowsByPeer.value;
  if (held.value && arranged.question === question.value && arranged.rows.length > 0) {
    return arranged.rows.map(row => byPeer.get(row.peer) ?? row);
  }
  arranged = { question: question.value, rows: chooseNodes(rows.value, view.value) };
  return arranged.rows;
});

const restMs = (tookMs: number) => Math.max(restMinMs, restFactor * tookMs);
export const reload = gently(load, restMs);
/** By itself: rows do not wait for it. */
const reloadDays = gently(loadDays, restMs);

async function load(): Promise<void> {
  try {
    const [status, { peers }, graph, { subjects }, { rules }, announcers] = await Promise.all([
      get<Status>('/status'),
      get<{ peers: Peer[] }>('/peers'),
      get<NodesGraph>(`/nodes/graph?limit=${graphNodesMax}`),
      get<KarmaPage>(`/karma?limit=${pageRows}`),
      get<{ rules: DenyRuleJson[] }>('/deny'),
      loadAnnouncers(),
    ]);
    const { peerId: self, statement } = status;
    sources.value = { self, hasStatement: statement !== null, announcers, peers, graph, remembered: subjects, rules };
    loading.value = { state: 'ready', error: null };
    reloadDays();
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
    loading.value = { state: sources.peek() === null ? 'failed' : 'ready', error: known };
  }
}

async function loadAnnouncers(): Promise<AnnouncerRow[]> {
  const announcers: AnnouncerRow[] = [];
  for (;;) {
    const query = `sort=-servers&limit=${pageRows}&offset=${announcers.length}`;
    const page = await get<AnnouncersPage>(`/announcers?${query}`);
    announcers.push(...page.announcers);
    announcersTotal.value = page.total;
    if (page.announcers.length < pageRows || announcers.length >= announcersMax) return announcers;
  }
}

/** When the days of each announcer were asked for. */
const askedAtMs = new Map<string, number>();

/** What happened to the servers of the largest announcers: some at once, shown together. */
async function loadDays(): Promise<void> {
  const largest = (sources.peek()?.announcers ?? []).slice(0, daysAskedMax).map(({ announcer }) => announcer);
  const found = new Map(
    largest.flatMap(peer => {
      const held = days.peek().get(peer);
      return held ? [[peer, held] as const] : [];
    }),
  );
  const begun = Date.now();
  const due = largest.filter(peer => begun - (askedAtMs.get(peer) ?? 0) >= daysKeptMs).values();
  const ask = async () => {
    for (const peer of due) {
      const detail = await get<AnnouncerDetail>(`/announcers/${encodeURIComponent(peer)}`).catch(noDays);
      askedAtMs.set(peer, begun);
      if (detail) found.set(peer, detail.days);
    }
  };
  await Promise.all(Array.from({ length: daysAskedAtOnce }, ask));
  for (const peer of askedAtMs.keys()) if (!largest.includes(peer)) askedAtMs.delete(peer);
  days.value = found;
}

/** Who has left meanwhile has no days; when the node is away, the page says so in any case. */
function noDays(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}

/** While the view is open; the answer ends it. */
export function followNodes(): () => void {
  const ends = [
    ...(['servers', 'peer', 'karma', 'karmaMany', 'statement'] as const).map(type => on(type, reload)),
    onResync(reload),
  ];
  reload();
  return () => {
    for (const end of ends) end();
    held.value = false;
  };
}
