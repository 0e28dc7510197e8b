// Where in time one stands, and the list there. It is loaded once; after that only what differs is asked for.
import { batch, computed, effect, signal } from '@preact/signals';
import { ApiError, get, pastServers } from '../../api/client.ts';
import type { CommitDetail, ServersDiff } from '../../api/types.ts';
import { formatRollbacksView, parseRollbacksView, type RollbacksView } from '../../lib/rollbacks-view.ts';
import { rest } from '../../lib/slices.ts';
import { type Announced, type Listed, listedOf, noStep, type Step, stepOf, withDiff } from '../../lib/then.ts';
import { type Span, spanAround } from '../../lib/timeline.ts';
import { address, go, place } from '../../state/place.ts';
import { statements, timeline } from './timeline-state.ts';

/** Shown while the rest is loaded: more than any screen holds. */
const firstServers = 500;
/** The address follows the slider when it rests: browsers allow about three changes of it a second. */
const addressDelayMs = 400;

export const view = computed<RollbacksView>(() => parseRollbacksView(place.value.query));

/** The statement that the address names, by its digest or the beginning of it. */
export const chosen = computed(() => {
  const [name, digest] = place.value.path;
  if (name !== 'rollbacks' || digest === undefined) return null;
  return (statements.value ?? []).find(one => one.digest.startsWith(digest)) ?? null;
});

/** What the slider covers. */
export const span = computed<Span>(() => {
  const around = chosen.value && spanAround(timeline.value, chosen.value.oid, chosen.value.rollbackTo);
  return around ?? { from: 0, to: Math.max(0, timeline.value.moments.length - 1) };
});

/** Null: the end of what the slider covers, whatever comes. */
const chosenOid = signal<string | null>(null);

export const position = computed<number>(() => {
  const { from, to } = span.value;
  const at = timeline.value.places.get(chosenOid.value ?? '') ?? to;
  return Math.min(to, Math.max(from, at));
});
export const moment = computed(() => timeline.value.moments[position.value]);

/** `whole`: all of the list is here, and not only its beginning. */
export type Past = { readonly oid: string; readonly listed: Listed; readonly step: Step; readonly whole: boolean };
export const past = signal<Past | null>(null);
/** Servers that have come of a list that is being loaded. */
export const loaded = signal(0);
/** Whether it is the list of that commit, and all of it. */
export const isAt = (here: Past | null, oid: string | undefined): boolean => here?.whole === true && here.oid === oid;
export const pastError = signal<ApiError | null>(null);
export const playing = signal(false);

let addressTimer: ReturnType<typeof setTimeout> | undefined;

/** Goes to a place of the line. The address follows, as it does with typing: one step back leaves it. */
export function travelTo(index: number): void {
  const { from, to } = span.peek();
  const wanted = Math.min(to, Math.max(from, index));
  chosenOid.value = timeline.peek().moments[wanted]?.oid ?? null;
  clearTimeout(addressTimer);
  addressTimer = setTimeout(tellAddress, addressDelayMs);
}

function tellAddress(): void {
  const { path } = place.peek();
  if (path[0] !== 'rollbacks') return;
  go(address(path, formatRollbacksView({ ...view.peek(), at: chosenOid.peek() })), { replace: true });
}

/** A choice beside the slider: going back takes it back. */
export function choose(changes: Partial<RollbacksView>): void {
  clearTimeout(addressTimer);
  tellAddress();
  go(address(place.peek().path, formatRollbacksView({ ...view.peek(), ...changes })));
}

/** Only the newest wish counts; one load at a time. */
let busy = false;
async function follow(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    for (
      let wanted = moment.peek()?.oid;
      wanted !== undefined && !isAt(past.peek(), wanted);
      wanted = moment.peek()?.oid
    ) {
      const arrived = await arrive(wanted);
      batch(() => {
        past.value = arrived;
        pastError.value = null;
      });
    }
  } catch (error) {
    playing.value = false;
    // Perhaps the list that was held is of a commit that the node has no more: the next try begins anew.
    past.value = null;
    pastError.value = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
  }
  busy = false;
}
export const tryAgain = (): void => void follow();

async function arrive(oid: string): Promise<Past> {
  const held = past.peek()?.whole ? past.peek() : null;
  const { places } = timeline.peek();
  if (held && places.get(oid) === places.get(held.oid)! + 1) {
    const diff = await get<ServersDiff>(`/compare/${held.oid}...${oid}`);
    return { oid, listed: withDiff(held.listed, diff), step: stepOf(diff), whole: true };
  }
  const [listed, { diff }] = await Promise.all([
    held ? get<ServersDiff>(`/compare/${held.oid}...${oid}`).then(far => withDiff(held.listed, far)) : wholeList(oid),
    get<CommitDetail>(`/commits/${oid}`),
  ]);
  return { oid, listed, step: stepOf(diff), whole: true };
}

async function wholeList(oid: string): Promise<Listed> {
  const servers: Announced[] = [];
  loaded.value = 0;
  await pastServers(oid, async rows => {
    if (servers.length < firstServers && servers.length + rows.length >= firstServers) {
      past.value = { oid, listed: listedOf([...servers, ...rows]), step: noStep, whole: false };
    }
    for (const row of rows) servers.push(row);
    loaded.value = servers.length;
    await rest();
  });
  return listedOf(servers);
}

/** While somebody looks; the answer ends it. */
export function keepTravelling(): () => void {
  const stops = [
    effect(() => {
      // What stands in the address, also after going back.
      chosenOid.value = view.value.at;
    }),
    effect(() => {
      if (moment.value) void follow();
    }),
  ];
  return () => {
    playing.value = false;
    clearTimeout(addressTimer);
    for (const stop of stops) stop();
  };
}
