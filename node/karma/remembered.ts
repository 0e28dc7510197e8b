// All that this node remembers of one subject: the events themselves as far as there is room, the rest as a sum. One
// record in the store.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { type Check, fieldsFault, peerId } from '../records/checks.ts';
import {
  after,
  type Decay,
  eventFault,
  faded,
  isPardon,
  type KarmaEvent,
  noSums,
  type Sums,
  shareLeft,
} from './events.ts';

/**
 * In the store one line of JSON with these keys:
 *
 *     {"subject":"12D3KooW…","events":[{"id":"…","subject":"12D3KooW…","action":"kicked",…}],
 *     "folded":{"positive":3.5,"negative":0,"atMs":1763600000123},"foldedCount":7,"mercy":null}
 */
export type Remembered = {
  readonly subject: string;
  /** In order of time. */
  readonly events: readonly KarmaEvent[];
  /** What those weigh that found no room. */
  readonly folded: Sums;
  readonly foldedCount: number;
  /** The last pardon, for what others say: their word against the subject counts by `share` for a half-life. */
  readonly mercy: { readonly share: number; readonly atMs: number } | null;
};

export const unknown = (subject: string): Remembered => ({
  subject,
  events: [],
  folded: noSums,
  foldedCount: 0,
  mercy: null,
});

/** With one more event; the same object when it was known. */
export function remember(it: Remembered, event: KarmaEvent, eventsMax: number, decay: Decay): Remembered {
  if (it.events.some(({ id }) => id === event.id)) return it;
  const events = [...it.events, event].sort((a, b) => a.atMs - b.atMs);
  const mercy = isPardon(event.action) ? { share: shareLeft(event.action), atMs: event.atMs } : it.mercy;
  return folded({ ...it, events, mercy }, eventsMax, decay);
}

/** What weighs least goes first. Nothing is folded past a pardon, which holds for what came before it and for no more. */
function folded(it: Remembered, eventsMax: number, decay: Decay): Remembered {
  if (it.events.length <= eventsMax) return it;
  const pardon = it.events.findIndex(({ action }) => isPardon(action));
  const free = pardon < 0 ? it.events : it.events.slice(0, Math.max(pardon, 1));
  const least = free.reduce((a, b) => (Math.abs(b.points) < Math.abs(a.points) ? b : a));
  const next = {
    ...it,
    events: it.events.filter(event => event !== least),
    folded: after(it.folded, least, decay),
    foldedCount: it.foldedCount + 1,
  };
  return folded(next, eventsMax, decay);
}

/** What it all weighs now: the same whatever was folded. */
export const sumsOf = (it: Remembered, now: number, decay: Decay): Sums =>
  faded(
    it.events.reduce((sums, event) => after(sums, event, decay), it.folded),
    now,
    decay,
  );

/** By how much others' word against the subject counts. */
export const mercyOf = ({ mercy }: Remembered, now: number, { negativeHalfLifeMs }: Decay): number =>
  mercy && now < mercy.atMs + negativeHalfLifeMs ? mercy.share : 1;

export const formatRemembered = (it: Remembered): Uint8Array => utf8(`${JSON.stringify(it)}\n`);

/** Reads what `formatRemembered` wrote; anything else means a damaged store. */
export function parseRemembered(bytes: Uint8Array): Parsed<Remembered> {
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', 'karma', 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', 'karma', 'is not JSON');
  }
  const wrong = fieldsFault(raw, checks, 'karma');
  if (wrong) return wrong;
  const it = raw as Remembered;
  for (const [i, event] of it.events.entries()) {
    const bad = eventFault(event, `events[${i}].`);
    if (bad) return bad;
    if (event.subject !== it.subject) return fault('BAD_FIELD', `events[${i}].subject`, 'is another one');
  }
  return parsed(it);
}

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
const holds =
  (...names: readonly string[]) =>
  (value: unknown): string | undefined => {
    const amounts = Object.entries(Object(value));
    const sound =
      amounts.length === names.length && amounts.every(([name, it]) => names.includes(name) && isAmount(it));
    return sound ? undefined : `must hold ${names.join(', ')}`;
  };

const checks = {
  subject: peerId,
  events: value => (Array.isArray(value) ? undefined : 'must be a list'),
  folded: holds('positive', 'negative', 'atMs'),
  foldedCount: value => (isAmount(value) ? undefined : 'must be a number'),
  mercy: value => (value === null ? undefined : holds('share', 'atMs')(value)),
} satisfies Record<keyof Remembered, Check>;
