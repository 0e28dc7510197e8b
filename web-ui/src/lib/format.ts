// Numbers and times for people, in their language. Time is handed in.
import { printable } from '../../../node/base/text.ts';

export type Formats = {
  readonly number: (value: number) => string;
  /** `3 hours ago` */
  readonly ago: (atMs: number, nowMs: number) => string;
  /** `3h`, for a narrow column */
  readonly age: (atMs: number, nowMs: number) => string;
  /** `2026-11-20 07:51:03 UTC`, the same in every language */
  readonly utc: (atMs: number) => string;
  readonly date: (atMs: number) => string;
  /** `Germany` of `de`; what is no country stays as it is. */
  readonly country: (code: string) => string;
};

const units = [
  ['year', 31_556_952_000],
  ['month', 2_629_746_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export function formatsFor(language: string): Formats {
  const number = new Intl.NumberFormat(language);
  // Never `next year`: what is so many days away may be in the year after.
  const relative = new Intl.RelativeTimeFormat(language);
  const now = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
  const narrow = new Map(
    units.map(([unit]) => {
      // Narrow, a month would be the `m` of a minute.
      const unitDisplay = unit === 'month' ? 'short' : 'narrow';
      return [unit, new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay })];
    }),
  );
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  return {
    number: value => number.format(value),
    ago: (atMs, nowMs) => {
      const [unit, count] = largest(nowMs - atMs);
      return count === 0 ? now : relative.format(-count, unit);
    },
    age: (atMs, nowMs) => {
      const [unit, count] = largest(Math.max(0, nowMs - atMs));
      return narrow.get(unit)!.format(count);
    },
    utc: atMs => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    date: atMs => date.format(atMs),
    country: code => (/^[a-z]{2}$/i.test(code) ? (countries.of(code.toUpperCase()) ?? code) : shown(code)),
  };
}

function largest(spanMs: number): [(typeof units)[number][0], number] {
  for (const [unit, ms] of units)
    if (Math.abs(spanMs) >= ms) return [unit, spanMs < 0 ? Math.round(spanMs / ms) : Math.floor(spanMs / ms)];
  return ['second', 0];
}

/** Longer than any name, map or tag that a record may hold. */
const shownMax = 160;

/**
 * Text from the network as it may stand in the page: nothing invisible or reordering, no tower of marks, not endless.
 * What is left out is marked, never silently dropped.
 */
export const shown = (text: string): string => shownUpTo(shownMax, text);

/** The same for what may be longer: reasons, messages. */
export function shownUpTo(lengthMax: number, text: string): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
  return printable(cut).replace(/(\p{M}{3})\p{M}+/gu, '$1\u{fffd}');
}

/** `12D3KooW…HyQ6X`: the middle of an id says nothing to people. */
export const shortId = (id: string, begin = 6, end = 6): string =>
  id.length <= begin + end + 1 ? id : `${id.slice(0, begin)}…${id.slice(-end)}`;
