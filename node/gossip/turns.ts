// Whose message is judged next. Peers take turns by how much of theirs was judged lately: who floods waits behind himself,
// and who says little is heard at once. Start-time fair queuing (Goyal, Vin, Cheng 1996), with bytes as what is shared.
// Peers of whom nothing is taken get so much of a node's time together, and no more, however fast they send.
import { type Monotonic, second } from '../base/time.ts';
import { ignore, type Verdict } from '../base/verdict.ts';

/**
 * Of one peer. The network stops reading what a peer sends long before; what is on its way then still comes. Anti-entropy
 * brings what is dropped.
 */
export const waitingBytesMax = 2_097_152;

/** Messages of which nothing is taken cost time all the same: so much at once, twenty times what a node hears for nothing in an hour, */
export const wasteMax = 2_097_152;
/** and then so much a second, of all peers together: 550 announcements, a few per cent of a core. */
export const wastePerSecond = 262_144;
/** For so long a peer of whom nothing was taken waits while there is no allowance for waste. */
const wastefulForMs = 10 * second;

export type TurnsDeps = {
  readonly monotonic: Monotonic;
  readonly later: (delayMs: number, task: () => void) => void;
  /** Lets the event loop turn between two messages. */
  readonly pause: () => Promise<void>;
};

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
  /** Until when the peer counts as one of whom nothing is taken. */
  wastefulUntilMs: number;
};

export class Turns {
  readonly #deps: TurnsDeps;
  /** A peer's is dropped when it is empty and has no more weight than that of a peer that never said anything. */
  readonly #lines = new Map<string, Line>();
  #now = 0;
  #running = false;
  /** Will run again by itself. */
  #resting = false;
  #wasted = 0;
  #wastedAtMs = 0;

  constructor(deps: TurnsDeps) {
    this.#deps = deps;
  }

  /** Judges a message of a peer when it is its turn. */
  take(peer: string, bytes: number, judge: () => Promise<Verdict>): Promise<Verdict> {
    const line = this.#lines.get(peer) ?? { waiting: [], bytes: 0, end: 0, wastefulUntilMs: 0 };
    if (line.bytes + bytes > waitingBytesMax) return Promise.resolve(ignore('TOO_MANY_WAIT'));
    const { promise, resolve: settle } = Promise.withResolvers<Verdict>();
    const start = Math.max(this.#now, line.end);
    line.waiting.push({ bytes, start, judge, settle });
    line.bytes += bytes;
    line.end = start + bytes;
    this.#lines.set(peer, line);
    void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let line = this.#next(); line; line = this.#next()) {
      const turn = line.waiting.shift()!;
      line.bytes -= turn.bytes;
      this.#now = turn.start;
      const judged = turn.judge();
      turn.settle(judged);
      // One that fails fails for whoever waits for it.
      const verdict = await judged.catch(() => undefined);
      this.#note(line, turn.bytes, verdict?.action === 'accept');
      await this.#deps.pause();
    }
    this.#running = false;
    // Whoever is left has to wait for more allowance; another peer's message begins the work at once.
    if (this.#resting || !this.#lines.values().some(({ waiting }) => waiting.length > 0)) return;
    this.#resting = true;
    const restMs = (this.#waste() - wasteMax) / (wastePerSecond / second);
    this.#deps.later(Math.ceil(restMs) + 1, () => {
      this.#resting = false;
      void this.#run();
    });
  }

  #note(line: Line, bytes: number, taken: boolean): void {
    line.wastefulUntilMs = taken ? 0 : this.#deps.monotonic() + wastefulForMs;
    if (taken) return;
    this.#wasted = this.#waste() + bytes;
    this.#wastedAtMs = this.#deps.monotonic();
  }

  /** What was judged for nothing lately. */
  #waste(): number {
    const sinceMs = this.#deps.monotonic() - this.#wastedAtMs;
    return Math.max(0, this.#wasted - (sinceMs * wastePerSecond) / second);
  }

  /** There are as many lines as peers, some hundreds: looking at each costs less than judging one announcement. */
  #next(): Line | undefined {
    const nowMs = this.#deps.monotonic();
    const mayWaste = this.#waste() <= wasteMax;
    let first: Line | undefined;
    let waits = false;
    for (const [peer, line] of this.#lines) {
      const wasteful = line.wastefulUntilMs > nowMs;
      if (line.waiting.length === 0) {
        if (line.end <= this.#now && !wasteful) this.#lines.delete(peer);
      } else if (wasteful && !mayWaste) waits = true;
      else if (!first || line.waiting[0]!.start < first.waiting[0]!.start) first = line;
    }
    // What nobody waits behind costs nobody anything.
    if (!first && !waits) for (const line of this.#lines.values()) line.end = this.#now;
    return first;
  }
}
