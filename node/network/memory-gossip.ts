// Gossip of the network in memory: flooded along the links, judged once a node, with gossipsub's price for invalid messages.
import { type Clock, minute } from '../base/time.ts';
import { ignore, type Verdict } from '../base/verdict.ts';
import { messageId } from './gossip.ts';
import type { Judge } from './port.ts';
import { invalidMessageWeight, scoreThresholds } from './scoring.ts';

/** A message that comes again within this time is not judged again. Source: gossipsub's `seenTTL`. */
const seenMs = 2 * minute;

export type MemoryGossipDeps = {
  readonly clock: Clock;
  /** Sends to every neighbour but one. */
  readonly flood: (topic: string, data: Uint8Array, except: string | undefined) => void;
};

type Seen = { readonly atMs: number; rejected: boolean };

export class MemoryGossip {
  readonly #deps: MemoryGossipDeps;
  readonly #judges = new Map<string, Judge>();
  readonly #seen = new Map<string, Seen>();
  readonly #invalid = new Map<string, number>();

  constructor(deps: MemoryGossipDeps) {
    this.#deps = deps;
  }

  join(topic: string, judge: Judge): void {
    if (this.#judges.has(topic)) throw new Error(`the topic ${topic} was joined before`);
    this.#judges.set(topic, judge);
  }

  publish(topic: string, data: Uint8Array): void {
    const id = messageId(topic, data).toString('hex');
    if (this.#recall(id)) return;
    this.#note(id);
    // A copy: the publisher may use its buffer again.
    this.#deps.flood(topic, data.slice(), undefined);
  }

  async receive(topic: string, data: Uint8Array, from: string): Promise<void> {
    const judge = this.#judges.get(topic);
    if (!judge || this.score(from) < scoreThresholds.graylistThreshold) return;
    const id = messageId(topic, data).toString('hex');
    const before = this.#recall(id);
    if (before) {
      if (before.rejected) this.#blame(from);
      return;
    }
    const seen = this.#note(id);
    const { action } = await judged(judge, data, from);
    if (action === 'accept') this.#deps.flood(topic, data, from);
    if (action !== 'reject') return;
    seen.rejected = true;
    this.#blame(from);
  }

  score(peer: string): number {
    const invalid = this.#invalid.get(peer) ?? 0;
    return invalid === 0 ? 0 : invalidMessageWeight * invalid ** 2;
  }

  #blame(peer: string): void {
    this.#invalid.set(peer, (this.#invalid.get(peer) ?? 0) + 1);
  }

  #recall(id: string): Seen | undefined {
    const now = this.#deps.clock();
    for (const [old, { atMs }] of this.#seen) {
      if (now - atMs < seenMs) break;
      this.#seen.delete(old);
    }
    return this.#seen.get(id);
  }

  #note(id: string): Seen {
    const seen = { atMs: this.#deps.clock(), rejected: false };
    this.#seen.set(id, seen);
    return seen;
  }
}

async function judged(judge: Judge, data: Uint8Array, from: string): Promise<Verdict> {
  try {
    return await judge(data, from);
  } catch {
    return ignore('JUDGE_FAILED');
  }
}
