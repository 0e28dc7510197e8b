// How much of what is announced is taken from gossip and passed on: so much of each network and of each announcer, then as
// much as refills. What is more than that is not lost. Anti-entropy brings it, and of each server only the newest.
import { minute, second } from '../base/time.ts';
import type { ServerList } from '../list/server-list.ts';
import type { Candidate } from '../records/verified.ts';

/** An empty bucket is full again after it: each place may change every quarter of an hour, for good. Each change costs 1 to 3 KB of history. */
export const refillMs = 30 * minute;
/** Of each network, by its places: all of its servers may go and come back at once. */
export const perPlace = 2;
/** Of each announcer, whose first announcements of servers are bounded by quotas: a few servers may change again and again, */
export const renewalsMin = 512;
/** and many may all change twice. */
export const renewalsPerServer = 2;
/** Each takes 150 bytes. Past it the one that was used longest ago is forgotten, which makes it full: it nearly is by then. */
export const bucketsMax = 65_536;

/** What an announcement costs a token of. */
export type Purse = { readonly name: string; readonly tokens: number };

type Bucket = { spent: number; atMs: number };

export class Allowance {
  readonly #list: Pick<ServerList, 'networksOf' | 'listedOf' | 'isKnown'>;
  /** Those that are not full, the one used last at the end. */
  readonly #buckets = new Map<string, Bucket>();
  /** When those that are full again were forgotten last: once a second is soon enough. */
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(list: Pick<ServerList, 'networksOf' | 'listedOf' | 'isKnown'>) {
    this.#list = list;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /**
   * What an announcement is paid from. Who is endorsed pays nothing for the network, for anybody can announce servers in it;
   * nobody but the announcer can spend what is his.
   */
  pursesOf(it: Candidate): Purse[] {
    const { announcer } = it.announcement;
    const purses = this.#list.networksOf(it).map(({ name, places }) => ({ name, tokens: perPlace * places }));
    if (!this.#list.isKnown(it.id)) return purses;
    const tokens = renewalsMin + renewalsPerServer * this.#list.listedOf(announcer);
    // One that grows keeps room for 16 more.
    return [...purses, { name: announcer, tokens }];
  }

  covers(purses: readonly Purse[], now: number): boolean {
    return purses.every(purse => this.#spent(purse, now) + 1 <= purse.tokens);
  }

  spend(purses: readonly Purse[], now: number): void {
    for (const purse of purses) {
      const bucket = this.#buckets.get(purse.name) ?? { spent: 0, atMs: now };
      bucket.spent = spentOf(bucket, purse.tokens, now) + 1;
      bucket.atMs = now;
      this.#buckets.delete(purse.name);
      this.#buckets.set(purse.name, bucket);
    }
    if (this.#buckets.size <= bucketsMax && Math.abs(now - this.#sweptAtMs) < second) return;
    this.#sweptAtMs = now;
    for (const [name, { atMs }] of this.#buckets) {
      if (this.#buckets.size <= bucketsMax && now - atMs < refillMs) break;
      this.#buckets.delete(name);
    }
  }

  #spent({ name, tokens }: Purse, now: number): number {
    const bucket = this.#buckets.get(name);
    return bucket ? spentOf(bucket, tokens, now) : 0;
  }
}

/** A clock that was put back refills nothing. */
const spentOf = ({ spent, atMs }: Bucket, tokens: number, now: number): number =>
  Math.max(0, spent - (Math.max(0, now - atMs) * tokens) / refillMs);
