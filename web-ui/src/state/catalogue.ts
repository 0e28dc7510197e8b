// All servers that the node told of: loaded first page first, then whole, and patched by events.
import { effect, signal } from '@preact/signals';
import { wordsOf } from '../../../node/list/filter.ts';
import { ApiError, get, servers } from '../api/client.ts';
import type { NodeEvent, ServerDetail, ServerRow, ServersPage } from '../api/types.ts';
import { gently } from '../lib/gently.ts';
import type { Row } from '../lib/rows.ts';
import { rest } from '../lib/slices.ts';
import { on, onResync } from './live.ts';
import { place } from './place.ts';
import { favourites } from './settings.ts';

/** More than a screen; the node keeps this page ready. */
const firstPageRows = 200;
/** Up to here the whole list is loaded again after a change: one request, and the node's own order is right again. */
const wholeRowsMax = 5_000;
/** Larger lists are patched server by server, unless so many changed at once. */
const patchedMax = 50;
/** A list is loaded again at most this often, and never takes more than a tenth of the time. */
const restMinMs = 1_000;
const restFactor = 9;
/** Asked for one by one when the list does not hold them. */
const favouritesAskedMax = 50;
/** They show nothing of the list: to load a large one first would keep them waiting for seconds. */
const viewsWithout: ReadonlySet<string | undefined> = new Set(['history', 'rollbacks', 'nodes']);

export type Loading = { readonly state: 'loading' | 'ready' | 'failed'; readonly error: ApiError | null };

const rows = new Map<string, Row>();
let etag: string | undefined;
let wantsAll = false;
/** Whether what is loaded next was asked for, so that it is shown at once, whoever is at the rows. */
let asked = false;
let nextRank = 0;
let onChange: (rows: number) => void = () => {};
let onLoaded: () => void = () => {};

export const loading = signal<Loading>({ state: 'loading', error: null });
/** Counts up when any row changed: what shows rows reads it. */
export const beat = signal(0);
/** How many there are, and how many of them are here. */
export const total = signal(0);
export const loaded = signal(0);
export const page = signal<Omit<ServersPage, 'servers'> | null>(null);
/** When the list was last known to be the node's. */
export const knownAtMs = signal(0);

export const catalogue = {
  rows: (): Iterable<Row> => rows.values(),
  get: (id: string): Row | undefined => rows.get(id),
  /** One listener of each kind: `changed` counts rows, `more` says that there are more of them. */
  listen(listeners: { changed: (rows: number) => void; more: () => void }): void {
    onChange = listeners.changed;
    onLoaded = listeners.more;
  },
  /** With or without what the node hides by default. */
  want(all: boolean): void {
    if (all === wantsAll) return;
    wantsAll = all;
    asked = true;
    etag = undefined;
    reload();
  },
};

/** Whether a view was opened that shows something of it. From then on it is kept up to date. */
let begun = false;
export const reload = (): void => {
  if (begun) loadGently();
};
const loadGently = gently(load, tookMs => Math.max(restMinMs, restFactor * tookMs));

async function load(): Promise<void> {
  try {
    const first = rows.size === 0;
    if (first) await loadFirst();
    await loadWhole(first);
    await loadFavourites();
    loading.value = { state: 'ready', error: null };
    knownAtMs.value = Date.now();
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
    loading.value = { state: rows.size > 0 ? 'ready' : 'failed', error: known };
  }
}

async function loadFirst(): Promise<void> {
  loading.value = { state: 'loading', error: null };
  const { servers, ...others } = await get<ServersPage>(
    `/servers?limit=${firstPageRows}${wantsAll ? '&all=true' : ''}`,
  );
  for (const row of servers) put(row, nextRank++);
  page.value = others;
  total.value = others.total;
  loaded.value = rows.size;
  onLoaded();
}

async function loadWhole(first: boolean): Promise<void> {
  // Who has the whole of a short list need not ask for it again.
  if (first && rows.size === total.peek() && rows.size < firstPageRows) return;
  const seen = new Set<string>();
  let rank = 0;
  let news = 0;
  let shownAt = rows.size;
  const answer = await servers(wantsAll ? '?all=true' : '', etag, async (piece, all) => {
    total.value = all;
    for (const row of piece) {
      seen.add(row.id);
      if (put(row, rank++)) news++;
    }
    loaded.value = Math.max(loaded.peek(), seen.size);
    // Rows below those in sight: shown each time that there are twice as many, which costs little and looks alive.
    if (first && seen.size >= 4 * shownAt) {
      shownAt = seen.size;
      onLoaded();
    }
    await rest();
  });
  if (!answer) return;
  nextRank = rank;
  for (const [id, row] of rows) {
    if (seen.has(id) || favourites.peek().includes(id)) continue;
    drop(id, row);
    news++;
  }
  const { servers: _, ...others } = answer.page;
  etag = answer.etag;
  page.value = others;
  loaded.value = rows.size;
  beat.value++;
  if (first || asked) onLoaded();
  else onChange(news);
  asked = false;
}

/** A favourite is shown also when the list hides it. */
async function loadFavourites(): Promise<void> {
  const missing = favourites.peek().filter(id => !rows.has(id));
  for (const id of missing.slice(0, favouritesAskedMax)) await patch(id);
}

/** Whether it is news to somebody who looks at the rows. */
function put(fields: ServerRow, rank: number): boolean {
  const held = rows.get(fields.id);
  if (!held) {
    const row = { ...fields, rank, gone: false, newsAtMs: 0 };
    rows.set(fields.id, { ...row, words: wordsOf(row) });
    return true;
  }
  const news = held.name !== fields.name || held.observed?.players !== fields.observed?.players;
  Object.assign(held, fields, { rank, words: wordsOf(fields) }, news ? { newsAtMs: Date.now() } : {});
  return news;
}

function drop(id: string, row: Row): void {
  row.gone = true;
  rows.delete(id);
}

/** Asks for one server, and puts it in its place. */
async function patch(id: string): Promise<void> {
  try {
    const { reasons: _, history: __, signature: ___, ...fields } = await get<ServerDetail>(`/servers/${id}`);
    const held = rows.get(id);
    if (fields.state === 'left' && held && !favourites.peek().includes(id)) drop(id, held);
    else if (fields.state === 'up' || favourites.peek().includes(id)) put(fields, held?.rank ?? nextRank++);
  } catch (error) {
    const held = rows.get(id);
    if (error instanceof ApiError && error.status === 404 && held) drop(id, held);
  }
}

async function onServers({ changes, total: all }: Extract<NodeEvent, { type: 'servers' }>): Promise<void> {
  if (!begun) return;
  knownAtMs.value = Date.now();
  if (all <= wholeRowsMax || changes.length > patchedMax) return reload();
  for (const { id } of changes) await patch(id);
  loaded.value = rows.size;
  total.value = rows.size;
  beat.value++;
  onChange(changes.length);
}

/** Called once, when the page starts. */
export function keepCatalogue(): void {
  on('servers', event => void onServers(event));
  on('observed', ({ id, observed }) => {
    const row = rows.get(id);
    knownAtMs.value = Date.now();
    if (!row) return;
    if (row.observed?.players !== observed.players) row.newsAtMs = Date.now();
    row.observed = observed;
    row.words = wordsOf(row);
    beatSoon();
    onChange(1);
  });
  on('observedMany', reloadSeldom);
  onResync(reload);
  effect(() => {
    if (begun || viewsWithout.has(place.value.path[0])) return;
    begun = true;
    reload();
  });
}

/** More was seen than the node tells one by one. To ask at once each time would load the whole list all the time. */
const manyRestMs = 30_000;
let waits = false;
function reloadSeldom(): void {
  if (waits) return;
  waits = true;
  setTimeout(() => {
    waits = false;
    reload();
  }, manyRestMs);
}

let beating = false;
/** Once a frame, however many observations come. */
function beatSoon(): void {
  if (beating) return;
  beating = true;
  requestAnimationFrame(() => {
    beating = false;
    beat.value++;
  });
}
