// Token buckets, one a source: each may do so much at once, and so much a second from then on. Pure.
import { second } from '../base/time.ts';

export type Rate = {
  /** Tokens of a full bucket. */
  readonly burst: number;
  readonly perSecond: number;
};

/**
 * Sources that are remembered: 1.5 MB. Past it the one that was quiet for longest is forgotten, which gives it a full bucket
 * again: a flood from forged sources costs memory no more than this, and no honest source anything.
 */
export const sourcesMax = 16_384;

type Bucket = { tokens: number; atMs: number };

export class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes `tokens` from a source's bucket, or nothing when there are not as many. */
  take(source: string, nowMs: number, tokens = 1): boolean {
    const { burst, perSecond } = this.#rate;
    const held = this.#buckets.get(source);
    const passedMs = held ? Math.max(0, nowMs - held.atMs) : 0;
    const level = held ? Math.min(burst, held.tokens + (passedMs * perSecond) / second) : burst;
    const enough = level >= tokens;
    // To the end of the order: the first is the one that was quiet for longest.
    this.#buckets.delete(source);
    this.#buckets.set(source, { tokens: enough ? level - tokens : level, atMs: nowMs });
    if (this.#buckets.size > sourcesMax) this.#buckets.delete(this.#buckets.keys().next().value!);
    return enough;
  }
}
