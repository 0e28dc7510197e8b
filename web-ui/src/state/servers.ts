// The list: loaded in pieces, kept up to date by events, shown as the address asks.
// Rows are arranged when a person asks for it, or while nobody points at them: never under the pointer.
import { computed, effect, signal } from '@preact/signals';
import { type Filter, parseFilter } from '../../../node/list/filter.ts';
import {
  type Chosen,
  count,
  emptyCounts,
  type FacetCounts,
  facetAgainst,
  facetsOf,
  orderBy,
  passes,
  type Row,
} from '../lib/rows.ts';
import { inSlices } from '../lib/slices.ts';
import { parseView } from '../lib/view-state.ts';
import { catalogue } from './catalogue.ts';
import { place } from './place.ts';
import { favourites, language, recent } from './settings.ts';

/** More than any screen holds. */
const firstRows = 100;
/** Somebody who types sees rows at once and counts when he pauses. */
const countDelayMs = 150;
/** However fast the list changes, rows are arranged anew at most this often by themselves. */
const arrangeRestMs = 1_000;

/** What the address asks for. Other views have other parameters, and leave this one as it was. */
let lastView = parseView(new URLSearchParams());
export const view = computed(() => {
  const { path, query } = place.value;
  if (path.length === 0 || path[0] === 'servers') lastView = parseView(query);
  return lastView;
});

const everything: Filter = () => true;
let lastFilter: Filter = everything;
/** The filter, and what is wrong with it: while it cannot be read, the one before holds. */
export const filter = computed(() => {
  const result = parseFilter(view.value.filter);
  if (result.ok) lastFilter = result.value;
  return { pass: lastFilter, fault: result.ok ? null : result.message.replace(/^filter: /, '') };
});

/** The rows to show, in order. The same array until they are arranged anew. */
export const shown = signal<readonly Row[]>([]);
export const facetCounts = signal<FacetCounts>(emptyCounts());
/** Rows that changed, joined or left since they were arranged. */
export const pending = signal(0);
/** Whether somebody is at the rows. */
export const held = signal(false);

let order: Row[] = [];
let orderedBy = '';
let lastArrangedMs = 0;
let arranging: ReturnType<typeof setTimeout> | undefined;

/** Sorts, filters and shows the rows as they are now. */
export function arrange(): void {
  orderedBy = '';
  show();
}

/** After the list has changed: at once if nobody is at the rows, and otherwise counted. */
export function changed(rows: number): void {
  pending.value += rows;
  if (held.peek() || arranging !== undefined) return;
  const rest = lastArrangedMs + arrangeRestMs - performance.now();
  arranging = setTimeout(
    () => {
      arranging = undefined;
      if (!held.peek()) arrange();
    },
    Math.max(0, rest),
  );
}

function show(): void {
  const { sort } = view.peek();
  const key = `${sort.by}${sort.down}${language.peek()}`;
  if (key !== orderedBy) {
    order = [...catalogue.rows()].sort(orderBy(sort.by, sort.down, new Intl.Collator(language.peek())));
    orderedBy = key;
    pending.value = 0;
    lastArrangedMs = performance.now();
  }
  void find();
}

const chosenNow = (): Chosen => ({
  filter: filter.peek().pass,
  view: view.peek(),
  favourites: new Set(favourites.peek()),
  recent: new Set(recent.peek()),
});

let searches = 0;
/** Shows what matches: the first rows as soon as they fill the screen, then all, then the numbers of the facets. */
async function find(): Promise<void> {
  const search = ++searches;
  const stopped = () => search !== searches;
  const rows = order;
  const chosen = chosenNow();
  const facets = facetsOf(chosen.view);
  const found: Row[] = [];
  let drawn = false;
  const look = (index: number) => {
    const row = rows[index]!;
    if (!row.gone && passes(row, chosen) && facetAgainst(row, facets) === 'none') found.push(row);
  };
  const onRest = () => {
    if (drawn || found.length < firstRows) return;
    drawn = true;
    shown.value = found.slice();
  };
  if (!(await inSlices(rows.length, look, { stopped, onRest }))) return;
  shown.value = found;
  clearTimeout(counting);
  counting = setTimeout(() => void countFacets(rows, chosen, stopped), countDelayMs);
}

let counting: ReturnType<typeof setTimeout> | undefined;
async function countFacets(rows: readonly Row[], chosen: Chosen, stopped: () => boolean): Promise<void> {
  const facets = facetsOf(chosen.view);
  const counts = emptyCounts();
  const look = (index: number) => {
    const row = rows[index]!;
    if (!row.gone && passes(row, chosen)) count(counts, row, facetAgainst(row, facets));
  };
  if (await inSlices(rows.length, look, { stopped })) facetCounts.value = counts;
}

/** Called once, when the page starts. */
export function keepServers(): void {
  effect(() => {
    filter.value;
    view.value;
    show();
  });
  effect(() => {
    if (!held.value && pending.peek() > 0) changed(0);
  });
  catalogue.listen({ changed, more: arrange });
  effect(() => catalogue.want(view.value.everything));
}
