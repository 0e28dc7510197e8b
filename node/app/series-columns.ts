// What was seen over time, a column a step: one number for the list and one for each server that has a slot. Pure.
//
// 10,000 servers take 20 KB a column. A day of five minutes, a week of hours and a month of six hours are 576 columns:
// 11.5 MB, in memory and on disk alike.
import { hour, minute } from '../base/time.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

/** How wide a step is, and how many are kept. */
export const spans = {
  day: { stepMs: 5 * minute, steps: 288 },
  week: { stepMs: hour, steps: 168 },
  month: { stepMs: 6 * hour, steps: 120 },
} as const;
export type Span = keyof typeof spans;
export const spanNames: readonly Span[] = ['day', 'week', 'month'];

/** `null`: nobody looked. */
export type Sighted = { readonly up: boolean; readonly players: number | null } | null;

/** A server in a column: 0 nobody looked, 1 it was down, 2 + n up with n players, 65,535 up and nobody knows with how many. */
const unseen = 0;
const down = 1;
const upFrom = 2;
const upUnknown = 65_535;
const playersMax = upUnknown - upFrom - 1;

export const encodeSight = (sight: Sighted): number => {
  if (!sight) return unseen;
  if (!sight.up) return down;
  return sight.players === null ? upUnknown : upFrom + Math.min(Math.max(0, Math.round(sight.players)), playersMax);
};

export const decodeSight = (value: number): Sighted => {
  if (value === unseen) return null;
  if (value === down) return { up: false, players: null };
  return { up: true, players: value === upUnknown ? null : value - upFrom };
};

/** `servers` and `players` are those of the whole list; null: nobody looked. */
export type Column = { readonly servers: number | null; readonly players: number | null; readonly sights: Uint16Array };

/** One column that stands for several: of a server that was up at all its players on average, of the list averages too. */
export function averageOf(columns: readonly Column[]): Column {
  const sights = new Uint16Array(Math.max(0, ...columns.map(column => column.sights.length)));
  for (let slot = 0; slot < sights.length; slot++) {
    let [counted, players, value] = [0, 0, unseen];
    for (const column of columns) {
      const seen = column.sights[slot] ?? unseen;
      // Known players say more than unknown ones, those more than that it was down, and that more than nothing.
      if (seen === upUnknown || (seen === down && value === unseen)) value = seen;
      if (seen < upFrom || seen === upUnknown) continue;
      counted++;
      players += seen - upFrom;
    }
    sights[slot] = counted > 0 ? upFrom + Math.round(players / counted) : value;
  }
  const mean = (values: readonly (number | null)[]): number | null => {
    const known = values.filter(value => value !== null);
    return known.length === 0 ? null : Math.round(known.reduce((sum, value) => sum + value, 0) / known.length);
  };
  const [servers, players] = [columns.map(it => it.servers), columns.map(it => it.players)];
  return { servers: mean(servers), players: mean(players), sights };
}

/** The columns of one span by the number of their step since 1970: the last `steps` of them. */
export class Ring {
  readonly stepMs: number;
  readonly #steps: number;
  readonly #columns = new Map<number, Column>();

  constructor({ stepMs, steps }: { readonly stepMs: number; readonly steps: number }) {
    this.stepMs = stepMs;
    this.#steps = steps;
  }

  stepAt(atMs: number): number {
    return Math.floor(atMs / this.stepMs);
  }

  get(step: number): Column | undefined {
    return this.#columns.get(step);
  }

  /** Gives the steps that have run out by it. */
  put(step: number, column: Column): number[] {
    this.#columns.set(step, column);
    const newest = Math.max(...this.#columns.keys());
    const gone = [...this.#columns.keys()].filter(held => held <= newest - this.#steps);
    for (const held of gone) this.#columns.delete(held);
    return gone;
  }

  /** Columns of the steps that lie in a time, the oldest first. */
  within(fromMs: number, untilMs: number): Column[] {
    const found: Column[] = [];
    for (let step = Math.ceil(fromMs / this.stepMs); step * this.stepMs < untilMs; step++) {
      const column = this.#columns.get(step);
      if (column) found.push(column);
    }
    return found;
  }

  /** Forgets what the columns hold in a slot. */
  clear(slot: number): void {
    for (const { sights } of this.#columns.values()) if (slot < sights.length) sights[slot] = unseen;
  }

  isShownAt(step: number, atMs: number): boolean {
    const { first, last } = this.shownAt(atMs);
    return step >= first && step <= last;
  }

  /** The first and the last of the steps that are shown at a time. */
  shownAt(atMs: number): { readonly first: number; readonly last: number } {
    const last = this.stepAt(atMs);
    return { first: last - this.#steps + 1, last };
  }
}

/** Little-endian: servers + 1 and players + 1 in 32 bits each, 0 for null, then 16 bits for each slot. */
export function formatColumn({ servers, players, sights }: Column): Uint8Array {
  const bytes = new Uint8Array(headBytes + 2 * sights.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, servers === null ? 0 : servers + 1, true);
  view.setUint32(4, players === null ? 0 : Math.min(players + 1, 0xffff_ffff), true);
  for (const [slot, value] of sights.entries()) view.setUint16(headBytes + 2 * slot, value, true);
  return bytes;
}

export function parseColumn(bytes: Uint8Array): Parsed<Column> {
  if (bytes.length < headBytes || bytes.length % 2 !== 0)
    return fault('BAD_COLUMN', 'column', `has ${bytes.length} bytes, which is no whole number of servers`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = (at: number) => (view.getUint32(at, true) === 0 ? null : view.getUint32(at, true) - 1);
  const sights = new Uint16Array((bytes.length - headBytes) / 2);
  for (let slot = 0; slot < sights.length; slot++) sights[slot] = view.getUint16(headBytes + 2 * slot, true);
  return parsed({ servers: count(0), players: count(4), sights });
}

const headBytes = 8;
