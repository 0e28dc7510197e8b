// Whole nodes at scale: hundreds of real cores on one fake clock, each linked with some others by chance, and all that they
// send each other counted.
import { second } from '../../node/base/time.ts';
import { headProtocol, objectsProtocol } from '../../node/gossip/protocols.ts';
import { announcementsTopic } from '../../node/gossip/topics.ts';
import { seeded } from '../../node/network/memory.ts';
import { testList } from '../announcements.ts';
import { randomDials } from './scale-mesh.ts';
import { type SimNode, World } from './world.ts';

export type Sent = { messages: number; bytes: number };

export class ScaleWorld {
  readonly world: World;
  readonly gossip: Sent = { messages: 0, bytes: 0 };
  readonly sync: Sent = { messages: 0, bytes: 0 };
  readonly #random = seeded(5);
  #named = 0;

  constructor({ loss = 0, latencyMs = [5, 40] as readonly [number, number] } = {}) {
    const gossip = announcementsTopic(testList);
    const sync = [headProtocol(testList), objectsProtocol(testList)];
    const sent = (what: string, bytes: number): void => {
      const count = what === gossip ? this.gossip : sync.includes(what) ? this.sync : undefined;
      if (!count) return;
      count.messages++;
      count.bytes += bytes;
    };
    this.world = new World({ loss, latencyMs, sent });
  }

  get nodes(): readonly SimNode[] {
    return this.world.nodes;
  }

  /** So many nodes that each dial some of the others; with `apart` in two halves that only so many links join. */
  async start(count: number, dials: number, apart?: { readonly bridges: number }): Promise<void> {
    for (let number = 1; number <= count; number++) await this.world.start(number);
    const halves = apart ? [this.nodes.slice(0, count / 2), this.nodes.slice(count / 2)] : [this.nodes];
    for (const half of halves) {
      for (const [node, peers] of randomDials(half.length, dials, this.#random).entries())
        for (const peer of peers) this.#connect(half[node]!, half[peer]!);
    }
    for (let bridge = 0; bridge < (apart?.bridges ?? 0); bridge++)
      this.#connect(halves[0]![bridge]!, halves[1]![bridge]!);
    // Long enough that the second look of all new links is over.
    await this.world.net.advance(10 * second);
    this.reset();
  }

  reset(): void {
    for (const count of [this.gossip, this.sync]) count.messages = count.bytes = 0;
  }

  async announce(node: SimNode): Promise<void> {
    const n = this.#named++;
    const addresses = [`${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.7:27960`];
    await node.own.announce({ game: 'openarena', name: `Server number ${n} of many`, server: `s${n}`, addresses });
  }

  /** Some leave without a word, and as many new ones come, each with some links by chance. */
  async churn(count: number, dials: number): Promise<SimNode[]> {
    for (let i = 0; i < count; i++) this.nodes[Math.floor(this.#random() * this.nodes.length)]!.stop();
    const first = 100_000;
    const fresh: SimNode[] = [];
    for (let i = 0; i < count; i++) {
      const node = await this.world.start(first + i);
      fresh.push(node);
      for (let link = 0; link < dials; link++)
        this.#connect(node, this.nodes[Math.floor(this.#random() * (this.nodes.length - 1))]!);
    }
    return fresh;
  }

  /** How many lists have so many servers or more. */
  having(servers: number): number {
    return this.nodes.filter(({ live }) => live.list.listed.size >= servers).length;
  }

  /** Milliseconds until so many of a hundred nodes have so many servers, looked at each `stepMs`. */
  async until(servers: number, shares: readonly number[], stepMs: number, patienceMs: number): Promise<number[]> {
    const { net } = this.world;
    const startMs = net.clock();
    const times: number[] = [];
    for (const share of shares) {
      while (this.having(servers) < Math.ceil(share * this.nodes.length) && net.clock() - startMs < patienceMs)
        await net.advance(stepMs);
      times.push(net.clock() - startMs);
    }
    return times;
  }

  #connect(a: SimNode, b: SimNode): void {
    if (a !== b) this.world.net.connect(a.peerId, b.peerId);
  }
}
