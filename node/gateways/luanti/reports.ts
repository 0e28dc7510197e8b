// What Luanti servers tell their gateway and no question over UDP brings out: who plays, since when, for how many there is room.
// Kept in memory while they keep telling; never announced, since it changes every minute.
import { type Address, formatAddress } from '../../base/address.ts';
import type { Told } from './wire.ts';

/** 8 KiB each at most. What is known of the one that was silent for longest goes first; it stays listed. */
export const reportsMax = 4_096;

export type Report = {
  readonly told: Told;
  readonly atMs: number;
  /** Since when it runs, as far as this gateway knows. */
  readonly startedAtMs: number;
  readonly updates: number;
  /** Of all reports together, for the average. */
  readonly clientsTotal: number;
  readonly clientsTop: number;
  readonly pingMs: number | null;
};

export class Reports {
  readonly #keepMs: number;
  readonly #reports = new Map<string, Report>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  get size(): number {
    return this.#reports.size;
  }

  get(address: Address, nowMs: number): Report | undefined {
    const report = this.#reports.get(formatAddress(address));
    return report && report.atMs + this.#keepMs > nowMs ? report : undefined;
  }

  set(address: Address, report: Report): void {
    const key = formatAddress(address);
    // To the end: the first is the one that was silent for longest.
    this.#reports.delete(key);
    this.#reports.set(key, report);
    if (this.#reports.size > reportsMax) this.#reports.delete(this.#reports.keys().next().value!);
  }

  delete(address: Address): void {
    this.#reports.delete(formatAddress(address));
  }

  sweep(nowMs: number): void {
    for (const [key, { atMs }] of this.#reports) {
      if (atMs + this.#keepMs > nowMs) break;
      this.#reports.delete(key);
    }
  }
}

/** The report after this one: counters of the same server go on, those of one that was started anew begin. */
export function reportAfter(before: Report | undefined, told: Told, nowMs: number, pingMs: number | null): Report {
  return {
    told,
    atMs: nowMs,
    startedAtMs: before?.startedAtMs ?? nowMs,
    updates: (before?.updates ?? 0) + 1,
    clientsTotal: (before?.clientsTotal ?? 0) + told.clients,
    clientsTop: Math.max(before?.clientsTop ?? 0, told.clients),
    pingMs,
  };
}
