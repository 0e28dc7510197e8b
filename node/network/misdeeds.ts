// Gossipsub 17 starts a peer that comes back with a clean score, so invalid messages are remembered here across connections.
import { hour, type Monotonic } from '../base/time.ts';
import { invalidMessageWeight } from './scoring.ts';

/** A peer that has been good for this long may start afresh. */
export const misdeedsKeptMs = hour;
/** One entry takes about 200 B; a flood of new identities pushes out the oldest. */
export const misdeedsMax = 4_096;

type Entry = { now: number; before: number; atMs: number };

export class Misdeeds {
  readonly #monotonic: Monotonic;
  readonly #entries = new Map<string, Entry>();

  constructor(monotonic: Monotonic) {
    this.#monotonic = monotonic;
  }

  /** An invalid message came from the peer; for this connection, gossipsub itself counts it. */
  add(peer: string): void {
    const { now, before } = this.#current(peer) ?? { now: 0, before: 0 };
    this.#entries.delete(peer);
    if (this.#entries.size >= misdeedsMax) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(peer, { now: now + 1, before, atMs: this.#monotonic() });
  }

  left(peer: string): void {
    const entry = this.#entries.get(peer);
    if (!entry) return;
    entry.before += entry.now;
    entry.now = 0;
  }

  /** What earlier connections of the peer cost it, in points of gossipsub's score. */
  score(peer: string): number {
    const before = this.#current(peer)?.before ?? 0;
    return before === 0 ? 0 : invalidMessageWeight * before ** 2;
  }

  #current(peer: string): Entry | undefined {
    const entry = this.#entries.get(peer);
    return entry && this.#monotonic() - entry.atMs < misdeedsKeptMs ? entry : undefined;
  }
}
