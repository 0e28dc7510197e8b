// The list over time: what is seen of it is sampled each minute and kept, who came and went is in the history.
import type { Observed, Series, SeriesQuery, SeriesSpan, ServerChange } from '../api/port.ts';
import { fromHex, hex } from '../base/bytes.ts';
import { type Clock, minute } from '../base/time.ts';
import { serverLog } from '../history/log.ts';
import type { Store, Write } from '../history/store.ts';
import type { Verified } from '../records/verified.ts';
import { believedPlayers } from './announcers.ts';
import { ChangeCounts, type Changes } from './series-changes.ts';
import {
  averageOf,
  type Column,
  decodeSight,
  encodeSight,
  formatColumn,
  parseColumn,
  Ring,
  type Span,
  spanNames,
  spans,
} from './series-columns.ts';
import { type Slot, Slots } from './series-slots.ts';

export type SeriesDeps = {
  readonly store: Store;
  readonly listed: () => Iterable<Verified>;
  /** Servers that players see. */
  readonly up: () => number;
  readonly observed: (server: string) => Observed | null;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
};

export const sampleEveryMs = minute;
/** Servers looked at before the event loop gets a turn: 5 ms. */
const sliceMax = 1_000;
/** Commits that touched one server: a month of one in ten minutes. */
const serverCommitsMax = 5_000;

export class SeriesKeeper {
  readonly #deps: SeriesDeps;
  readonly #changes: ChangeCounts;
  readonly #rings: Readonly<Record<Span, Ring>>;
  readonly #slots: Slots;
  /** Of the step that is running; it is written when the next one begins, or when the node stops. */
  #unsaved: Write[] = [];
  #stopped = false;

  private constructor(deps: SeriesDeps, rings: Record<Span, Ring>, slots: Slots) {
    this.#deps = deps;
    this.#changes = new ChangeCounts(deps.store);
    this.#rings = rings;
    this.#slots = slots;
  }

  /** What cannot be read, or has run out, is left out: samples are no part of the list. */
  static async open(deps: SeriesDeps): Promise<SeriesKeeper> {
    const { store, clock } = deps;
    const slots: (readonly [number, Slot])[] = [];
    for await (const [key, value] of store.entries('slots')) {
      const slot = parseSlot(value);
      if (slot) slots.push([Number(key), slot]);
    }
    const rings = { day: new Ring(spans.day), week: new Ring(spans.week), month: new Ring(spans.month) };
    const gone: Write[] = [];
    for await (const [key, value] of store.entries('series')) {
      const [span = '', step] = key.split('/');
      const ring = Object.hasOwn(rings, span) ? rings[span as Span] : undefined;
      const column = parseColumn(value);
      if (column.ok && ring?.isShownAt(Number(step), clock())) ring.put(Number(step), column.value);
      else gone.push({ space: 'series', del: key });
    }
    if (gone.length > 0) await store.write(gone);
    return new SeriesKeeper(deps, rings, new Slots(slots));
  }

  /** Notes what is seen now. The last of a step's samples stands for it, wider steps are averages. */
  async sample(): Promise<void> {
    const { store, clock } = this.#deps;
    const now = clock();
    const step = this.#rings.day.stepAt(now);
    const before = this.#rings.day.get(step);
    if (!before) await this.save();
    const { column, assigned } = await this.#look(now, before);
    if (this.#stopped) return;
    const writes: Write[] = [];
    const put = (span: Span, column: Column): void => {
      const ring = this.#rings[span];
      const at = ring.stepAt(now);
      for (const gone of ring.put(at, column)) writes.push({ space: 'series', del: keyOf(span, gone) });
      writes.push({ space: 'series', put: keyOf(span, at), value: formatColumn(column) });
    };
    put('day', column);
    for (const span of ['week', 'month'] as const) {
      const { stepMs } = spans[span];
      const fromMs = Math.floor(now / stepMs) * stepMs;
      put(span, averageOf(this.#rings.day.within(fromMs, fromMs + stepMs)));
    }
    this.#unsaved = writes;
    // Whose slot it is must be known before anything is kept in it.
    if (assigned.length > 0)
      await store.write(assigned.map(([at, slot]) => ({ space: 'slots', put: slotKey(at), value: formatSlot(slot) })));
  }

  /** What is being looked at is not kept any more. Resolves when the store is needed no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.save();
  }

  /** One batch a step, apart from all commits. */
  async save(): Promise<void> {
    const writes = this.#unsaved;
    this.#unsaved = [];
    if (writes.length > 0) await this.#deps.store.write(writes);
  }

  async of({ of = 'list', span = 'day' }: SeriesQuery): Promise<Series> {
    const now = this.#deps.clock();
    const ring = this.#rings[span];
    const { first, last } = ring.shownAt(now);
    const slot = this.#slots.find(of);
    const servers: Series['servers'] = [];
    const players: Series['players'] = [];
    for (let step = first; step <= last; step++) {
      const column = ring.get(step);
      const seen = of === 'list' ? column : this.#seen(column, slot, (step + 1) * ring.stepMs);
      servers.push(seen?.servers ?? null);
      players.push(seen?.players ?? null);
    }
    const changes =
      of === 'list' ? await this.#changes.of(span, first, last, now) : await this.#changesOf(of, span, first, last);
    return { of, span, stepMs: ring.stepMs, from: first * ring.stepMs, servers, players, ...changes };
  }

  async #look(now: number, before: Column | undefined) {
    const { listed, up, observed, pause } = this.#deps;
    const sights: [id: string, value: number][] = [];
    let players: number | null = null;
    let looked = 0;
    for (const { id, announcement } of [...listed()]) {
      if (++looked % sliceMax === 0) await pause();
      const seen = announcement.state === 'up' ? observed(id) : null;
      if (!seen) continue;
      const believed = believedPlayers(seen);
      if (believed !== null) players = (players ?? 0) + believed;
      sights.push([id, encodeSight({ up: seen.up, players: believed })]);
    }
    for (const [id] of sights) {
      const slot = this.#slots.find(id);
      if (slot) this.#slots.seen(slot.at, now);
    }
    const strangers = sights.flatMap(([id]) => (this.#slots.find(id) ? [] : [id]));
    const assigned = this.#slots.assign(strangers, now);
    const values = new Uint16Array(this.#slots.length);
    values.set(before?.sights.subarray(0, values.length) ?? []);
    for (const [at] of assigned) {
      // Of whoever had the slot until now.
      values[at] = 0;
      for (const span of spanNames) this.#rings[span].clear(at);
    }
    for (const [id, value] of sights) {
      const slot = this.#slots.find(id);
      if (slot) values[slot.at] = value;
    }
    const column: Column = { servers: up(), players: players ?? before?.players ?? null, sights: values };
    return { column, assigned };
  }

  #seen(column: Column | undefined, slot: ReturnType<Slots['find']>, endMs: number) {
    if (!column || !slot || endMs <= slot.sinceMs) return undefined;
    const sight = decodeSight(column.sights[slot.at] ?? 0);
    return sight ? { servers: sight.up ? 1 : 0, players: sight.players } : undefined;
  }

  async #changesOf(id: string, span: SeriesSpan, first: number, last: number): Promise<Changes> {
    const { stepMs } = spans[span];
    const zeros = () => new Array<number>(last - first + 1).fill(0);
    const changes: Changes = { joined: zeros(), left: zeros(), changed: zeros() };
    for (const { atMs, change } of await serverLog(this.#deps.store, id, serverCommitsMax)) {
      const at = Math.floor(atMs / stepMs) - first;
      if (at < 0) break;
      if (at <= last - first && isCounted(change)) changes[change][at]!++;
    }
    return changes;
  }
}

const isCounted = (change: ServerChange): change is keyof Changes =>
  change === 'joined' || change === 'left' || change === 'changed';

const keyOf = (span: Span, step: number): string => `${span}/${step}`;
const slotKey = (at: number): string => String(at).padStart(5, '0');

/** Twenty bytes of the id, then its time in a double. */
function formatSlot({ id, sinceMs }: Slot): Uint8Array {
  const bytes = new Uint8Array(28);
  bytes.set(fromHex(id));
  new DataView(bytes.buffer).setFloat64(20, sinceMs, true);
  return bytes;
}

function parseSlot(bytes: Uint8Array): Slot | undefined {
  if (bytes.length !== 28) return undefined;
  const sinceMs = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat64(20, true);
  return { id: hex(bytes.subarray(0, 20)), sinceMs };
}
