// Numbers, times and ids in words, for people.
import { duration } from '../base/duration.ts';

export { duration };

/** Digits of a hash that people see: unique among a million servers, and short enough to type. */
const shortDigits = 10;

export const shortHash = (hash: string): string => hash.slice(0, shortDigits);

/** `12D3KooW…` begins every peer id, so its end is what tells them apart. */
export const shortPeer = (peerId: string): string => (peerId.length > 16 ? `…${peerId.slice(-8)}` : peerId);

export const count = (n: number, noun: string): string => `${n} ${n === 1 ? noun : `${noun}s`}`;

export const ago = (atMs: number, now: number): string =>
  atMs > now ? `in ${duration(atMs - now)}` : `${duration(now - atMs)} ago`;

/** The same everywhere: `2026-11-20 07:10 UTC`. A time that no calendar holds is shown as it is. */
export function date(atMs: number): string {
  const moment = new Date(atMs);
  if (Number.isNaN(moment.getTime())) return String(atMs);
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-11-20`, where the hour does not matter. */
export const dayOf = (atMs: number): string => date(atMs).slice(0, 10);

export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 1_000_000) return `${(n / 1_000).toFixed(1)} kB`;
  if (n < 1_000_000_000) return `${(n / 1_000_000).toFixed(1)} MB`;
  return `${(n / 1_000_000_000).toFixed(1)} GB`;
}

/** One field's value: lists with commas, facts as `key=value`. */
export function plain(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([key, item]) => `${key}=${item}`)
      .join(', ');
  }
  return value === null || value === undefined ? '' : String(value);
}
