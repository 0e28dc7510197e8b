// A network in memory: many nodes on one fake clock, with latency, loss and partitions, the same for the same seed.
import { RollcallError } from '../base/errors.ts';
import { type Clock, second, type Ticker } from '../base/time.ts';
import type { Esteem } from './admission.ts';
import { type Link, MemoryNode, type Sent } from './memory-node.ts';
import type { Network } from './port.ts';
import { Timeline } from './timeline.ts';

export type MemoryNetOptions = {
  readonly seed?: number;
  /** Unix milliseconds at which the clock stands at first. */
  readonly startMs?: number;
  /** One way; each link draws its own between these two. */
  readonly latencyMs?: readonly [min: number, max: number];
  /** Share of gossip messages that get lost on each link; requests never do, as on a real stream. */
  readonly loss?: number;
  /** Told of all that is sent, also of what gets lost. */
  readonly sent?: Sent;
};

type Cable = { readonly from: string; readonly to: string; readonly latencyMs: number; isUp: boolean };

/** How often nodes look whether they still want their links, and the others once more. */
const reviewMs = second;

export class MemoryNet {
  readonly #timeline: Timeline;
  readonly #random: () => number;
  readonly #latencyMs: readonly [number, number];
  readonly #loss: number;
  readonly #sent: Sent | undefined;
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #cables = new Map<string, Cable>();
  #groups: readonly (readonly string[])[] = [];

  constructor({ seed = 1, startMs = 0, latencyMs = [5, 40], loss = 0, sent }: MemoryNetOptions = {}) {
    this.#timeline = new Timeline(startMs);
    this.#random = seeded(seed);
    this.#latencyMs = latencyMs;
    this.#loss = loss;
    this.#sent = sent;
    this.ticker(reviewMs, () => this.#review(), new AbortController().signal);
  }

  get clock(): Clock {
    return this.#timeline.clock;
  }

  get ticker(): Ticker {
    return this.#timeline.ticker;
  }

  /** Moves the clock and delivers what is due; a judge or an answerer is waited for. */
  advance(ms: number): Promise<void> {
    return this.#timeline.advance(ms);
  }

  /** A new node, or one that comes back after `leave`, with nothing joined or served. `esteem` may cost others their links. */
  join(peerId: string, esteem?: Esteem): Network {
    if (this.#nodes.has(peerId)) throw new Error(`${peerId} is there already`);
    const node = new MemoryNode({
      peerId,
      clock: this.clock,
      after: (delayMs, run) => this.#timeline.after(delayMs, run),
      node: id => this.#nodes.get(id),
      isLost: () => this.#random() < this.#loss,
      ...(esteem && { esteem }),
      ...(this.#sent && { sent: this.#sent }),
    });
    this.#nodes.set(peerId, node);
    return node;
  }

  /** As if its process had been killed. */
  leave(peerId: string): void {
    for (const { from, to } of this.#cables.values()) if (from === peerId || to === peerId) this.disconnect(from, to);
    this.#nodes.delete(peerId);
  }

  /** `from` dials `to`. Across a partition they come together when it heals; refused, when they are not any more. */
  connect(from: string, to: string): void {
    if (!this.#nodes.has(from) || !this.#nodes.has(to) || from === to) {
      throw new RollcallError('PEER_GONE', `${from} cannot reach ${to}: one of them is not there`);
    }
    const name = nameOf(from, to);
    if (this.#cables.has(name)) return;
    const [min, max] = this.#latencyMs;
    const cable = { from, to, latencyMs: Math.round(min + (max - min) * this.#random()), isUp: false };
    this.#cables.set(name, cable);
    this.#settle(cable);
  }

  disconnect(a: string, b: string): void {
    const cable = this.#cables.get(nameOf(a, b));
    if (!cable) return;
    this.#cables.delete(nameOf(a, b));
    this.#down(cable);
  }

  /** Cuts all that leads from one group to another; nodes in no group keep their links. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#groups = groups;
    this.#review();
  }

  heal(): void {
    this.partition();
  }

  #review(): void {
    for (const cable of [...this.#cables.values()]) this.#settle(cable);
  }

  /** Brings a link up or down, as it should be. */
  #settle(cable: Cable): void {
    const { from, to, isUp } = cable;
    const denied = (): boolean => this.#nodes.get(from)!.denies(to) || this.#nodes.get(to)!.denies(from);
    const shouldBeUp = !this.#isCut(cable) && !denied();
    if (shouldBeUp && !isUp) this.#up(cable);
    if (!shouldBeUp && isUp) this.#down(cable);
  }

  #isCut({ from, to }: Cable): boolean {
    const group = (id: string): number => this.#groups.findIndex(ids => ids.includes(id));
    const [a, b] = [group(from), group(to)];
    return a !== b && a >= 0 && b >= 0;
  }

  #up(cable: Cable): void {
    const { from, to, latencyMs } = cable;
    cable.isUp = true;
    const link = (direction: Link['direction']): Link => ({ direction, latencyMs, connectedAt: this.clock() });
    this.#nodes.get(from)!.linked(to, link('outbound'));
    this.#nodes.get(to)!.linked(from, link('inbound'));
  }

  #down(cable: Cable): void {
    const { from, to } = cable;
    cable.isUp = false;
    this.#nodes.get(from)?.unlinked(to);
    this.#nodes.get(to)?.unlinked(from);
  }
}

const nameOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Numbers from 0 to below 1 that only look random. Source: mulberry32, public domain. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
