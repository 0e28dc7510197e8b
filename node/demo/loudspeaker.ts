// A host that listens to nobody and carries nothing for others: it gossips announcements to the nodes that it is connected to.
import { setTimeout as wait } from 'node:timers/promises';
import { ticker } from '../app/timers.ts';
import type { Clock } from '../base/time.ts';
import { formatBatch } from '../gossip/batch.ts';
import { announcementsTopic } from '../gossip/topics.ts';
import { batches } from '../history/diff.ts';
import { createHost, type Host } from '../network/host.ts';
import { peersWanted } from '../network/keeper.ts';

export type LoudspeakerDeps = {
  /** Private key of the host; what it gossips is signed by others. */
  readonly seed: Uint8Array;
  readonly list: string;
  /** Multiaddrs of nodes on this machine. */
  readonly entries: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** In one message, as honest nodes do. */
const batchMax = 50;
const connectIntervalMs = 50;
/** Never reached: it has a connection for each of its entries. */
const connectionsMax = 200;

export class Loudspeaker implements AsyncDisposable {
  readonly #topic: string;
  readonly #host: Host;

  private constructor(topic: string, host: Host) {
    this.#topic = topic;
    this.#host = host;
  }

  /** Resolves when it is connected to as many of the nodes as one host wants. */
  static async open({ seed, list, entries, clock, random, signal }: LoudspeakerDeps): Promise<Loudspeaker> {
    const topic = announcementsTopic(list);
    const host = await createHost({
      seed,
      list,
      role: 'player',
      topics: [topic],
      listen: [],
      announce: [],
      entries,
      mdns: false,
      agent: 'loudspeaker',
      allowPrivateAddresses: true,
      limits: { connectionsMax, inboundPerSecondMax: connectionsMax, rememberedPeersMax: 0 },
      remembered: { load: async () => [], save: async () => {} },
      clock,
      // It lives for minutes.
      monotonic: clock,
      random,
      later: (delayMs, task) => void setTimeout(task, delayMs).unref(),
      ticker: ticker(() => {}),
      log: () => {},
    });
    try {
      await host.start();
      const wanted = Math.min(entries.length, peersWanted);
      while (host.peers().length < wanted) await wait(connectIntervalMs, undefined, { signal });
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
    return new Loudspeaker(topic, host);
  }

  /** Peer ids of the nodes that hear it at first hand. */
  get peers(): readonly string[] {
    return this.#host.peers().map(({ peerId }) => peerId);
  }

  /** What is said before a peer listens is lost. */
  async say(blobs: readonly Uint8Array[]): Promise<void> {
    for (const batch of batches(blobs, batchMax)) await this.#host.publish(this.#topic, formatBatch(batch));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }
}
