// Whose message is judged next. Peers take turns by how much of theirs was judged lately: who floods waits behind himself,
// and who says little is heard at once. Start-time fair queuing (Goyal, Vin, Cheng 1996), with bytes as what is shared.
import { ignore, type Verdict } from '../base/verdict.ts';

/**
 * Of one peer. The network stops reading what a peer sends long before; what is on its way then still comes. Anti-entropy
 * brings what is dropped.
 */
export const waitingBytesMax = 2_097_152;

type Turn = {
  readonly bytes: number;
  /** How much of everybody's had been judged, in equal shares, when this one's turn comes. */
  readonly start: number;
  readonly judge: () => Promise<Verdict>;
  readonly settle: (verdict: Verdict | PromiseLike<Verdict>) => void;
};

type Line = {
  readonly waiting: Turn[];
  bytes: number;
  /** Where the next turn of the peer begins at the earliest. */
  end: number;
};

export class Turns {
  readonly #pause: () => Promise<void>;
  /** A peer's is dropped when it is empty and has no more weight than that of a peer that never said anything. */
  readonly #lines = new Map<string, Line>();
  #now = 0;
  #running = false;

  /** `pause` lets the event loop turn between two messages. */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** Judges a message of a peer when it is its turn. */
  take(peer: string, bytes: number, judge: () => Promise<Verdict>): Promise<Verdict> {
    const line = this.#lines.get(peer) ?? { waiting: [], bytes: 0, end: 0 };
    if (line.bytes + bytes > waitingBytesMax) return Promise.resolve(ignore('TOO_MANY_WAIT'));
    const { promise, resolve: settle } = Promise.withResolvers<Verdict>();
    const start = Math.max(this.#now, line.end);
    line.waiting.push({ bytes, start, judge, settle });
    line.bytes += bytes;
    line.end = start + bytes;
    this.#lines.set(peer, line);
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let turn = this.#next(); turn; turn = this.#next()) {
      const judged = turn.judge();
      turn.settle(judged);
      // One that fails fails for whoever waits for it.
      await judged.catch(() => {});
      await this.#pause();
    }
    this.#running = false;
  }

  /** There are as many lines as peers, some hundreds: looking at each costs less than judging one announcement. */
  #next(): Turn | undefined {
    let first: Line | undefined;
    for (const [peer, line] of this.#lines) {
      if (line.waiting.length === 0) {
        if (line.end <= this.#now) this.#lines.delete(peer);
      } else if (!first || line.waiting[0]!.start < first.waiting[0]!.start) first = line;
    }
    if (!first) {
      this.#lines.clear();
      return undefined;
    }
    const turn = first.waiting.shift()!;
    first.bytes -= turn.bytes;
    this.#now = turn.start;
    return turn;
  }
}
