// Bots that flood the demo's list: many identities, and one connection to each node that listens, as a real flood has few
// addresses and many names.
import { setTimeout as wait } from 'node:timers/promises';
import { ticker } from '../app/timers.ts';
import { type Clock, hour, second } from '../base/time.ts';
import { announcementsTopic } from '../gossip/announcements.ts';
import { formatBatch } from '../gossip/batch.ts';
import { batches } from '../history/diff.ts';
import { type Identity, identityFromSeed, seedBytes } from '../identity/identity.ts';
import { createHost, type Host } from '../network/host.ts';
import { peersWanted } from '../network/keeper.ts';
import { announced } from '../records/verified.ts';
import { fake } from './fakes.ts';

export type BotsDeps = {
  readonly list: string;
  /** Multiaddrs of the nodes to flood. */
  readonly entries: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

export const botsCount = 50;
export const fakesCount = 500;

const lifetimeMs = 12 * hour;
/** In one message, as honest nodes do. */
const batchMax = 50;
const connectIntervalMs = 50;
/** A flood is everywhere in less than a second. */
const patienceMs = 5 * second;

export class Bots implements AsyncDisposable {
  readonly #deps: BotsDeps;
  readonly #host: Host;
  readonly #identities: readonly Identity[];
  readonly #peerIds: ReadonlySet<string>;

  private constructor(deps: BotsDeps, host: Host) {
    this.#deps = deps;
    this.#host = host;
    this.#identities = Array.from({ length: botsCount }, () => newIdentity(deps.random));
    this.#peerIds = new Set(this.#identities.map(({ peerId }) => peerId));
  }

  /** Resolves when they are connected to as many nodes as one host wants. */
  static async open(deps: BotsDeps): Promise<Bots> {
    const { list, entries, clock, random, signal } = deps;
    const host = await createHost({
      seed: newIdentity(random).seed,
      list,
      role: 'player',
      topics: [announcementsTopic(list)],
      listen: [],
      announce: [],
      entries,
      mdns: false,
      agent: 'bots',
      allowPrivateAddresses: true,
      limits: { connectionsMax: 200, inboundPerSecondMax: 200, rememberedPeersMax: 0 },
      remembered: { load: async () => [], save: async () => {} },
      clock,
      random,
      ticker: ticker(() => {}),
      log: () => {},
    });
    const bots = new Bots(deps, host);
    try {
      await host.start();
      while (host.peers().length < Math.min(entries.length, peersWanted))
        await wait(connectIntervalMs, undefined, { signal });
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
    return bots;
  }

  /** Peer ids of the nodes that they are connected to. */
  get victims(): readonly string[] {
    return this.#host.peers().map(({ peerId }) => peerId);
  }

  isBot(peerId: string): boolean {
    return this.#peerIds.has(peerId);
  }

  /** Each bot announces its share of the fakes, or of the first so many, anew each time, and tells all victims. */
  async flood(fakes = fakesCount): Promise<void> {
    const { list, clock } = this.#deps;
    const issuedAt = clock();
    const blobs = Array.from({ length: fakes }, (_, n) => {
      const { address, ...fields } = fake(n);
      const times = { issuedAt, expiresAt: issuedAt + lifetimeMs };
      const rest = { addresses: [address], state: 'up', version: '', attributes: {}, ...times } as const;
      return announced({ ...fields, ...rest }, list, this.#identities[n % botsCount]!).bytes;
    });
    for (const batch of batches(blobs, batchMax)) {
      await this.#host.publish(announcementsTopic(list), formatBatch(batch));
    }
  }

  /** Floods until it had its effect: what is sent before a peer listens is lost. */
  async floodUntil(done: () => Promise<void>): Promise<void> {
    let over = false;
    const finished = done().finally(() => {
      over = true;
    });
    // Whoever waits for it hears of its failure.
    finished.catch(() => {});
    while (!over) {
      await this.flood();
      await Promise.race([finished, wait(patienceMs, undefined, { signal: this.#deps.signal })]);
    }
    await finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }
}

const newIdentity = (random: () => number): Identity =>
  identityFromSeed(Uint8Array.from({ length: seedBytes }, () => Math.floor(random() * 256)));
