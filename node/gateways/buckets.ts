// Token buckets, one a source: each may do so much at once, and so much a second from then on. Pure.
import { second } from '../base/time.ts';

export type Rate = {
  /** Tokens of a full bucket. */
  readonly burst: number;
  readonly perSecond: number;
};

/**
 * Sources that are remembered: 1.5 MB. Past it those are forgotten that were quiet while half as many others spoke, which gives
 * them a full bucket again: a flood from forged sources costs memory no more than this, and no honest source anything.
 */
export const sourcesMax = 16_384;

type Bucket = { tokens: number; atMs: number };

export class Buckets {
  readonly #rate: Rate;
  /** Two halves, and the older one goes as a whole: keeping all in order took most of the time of each packet of a flood. */
  #young = new Map<string, Bucket>();
  #old: ReadonlyMap<string, Bucket> = new Map();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes `tokens` from a source's bucket, or nothing when there are not as many. */
  take(source: string, nowMs: number, tokens = 1): boolean {
    const { burst, perSecond } = this.#rate;
    const bucket = this.#bucketOf(source, nowMs);
    const passedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / second);
    bucket.atMs = nowMs;
    if (bucket.tokens < tokens) return false;
    bucket.tokens -= tokens;
    return true;
  }

  #bucketOf(source: string, nowMs: number): Bucket {
    const young = this.#young.get(source);
    if (young) return young;
    const bucket = this.#old.get(source) ?? { tokens: this.#rate.burst, atMs: nowMs };
    if (this.#young.size >= sourcesMax / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(source, bucket);
    return bucket;
  }
}
