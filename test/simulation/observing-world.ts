// Many nodes that observe game servers together, on a fake clock and an in-memory network: the very parts that run in
// production, with game servers that answer or not.
import defaults from '../../config.default.json' with { type: 'json' };
import { Observers } from '../../node/app/observers.ts';
import { notConnected } from '../../node/app/parts.ts';
import { minute, second, type Ticker } from '../../node/base/time.ts';
import type { Config } from '../../node/config/schema.ts';
import { MemoryNet, seeded } from '../../node/network/memory.ts';
import type { Network } from '../../node/network/port.ts';
import type { Answer } from '../../node/probe/observation.ts';
import { Prober } from '../../node/probe/prober.ts';
import type { Verified } from '../../node/records/verified.ts';
import { announcementOf, signerOf, testList, testNow } from '../announcements.ts';
import { karmaOf } from '../karma.ts';

export type ObservingNode = {
  readonly peerId: string;
  readonly role: Config['role'];
  readonly network: Network;
  readonly observers: Observers;
  readonly held: () => number;
};

export type Question = { readonly peerId: string; readonly ip: string; readonly at: number };

export type WorldOptions = {
  /** Nodes know the networks of all others, or, as in production, of those that they are connected to. */
  readonly networksOf?: 'all' | 'connected';
  /** Each message is on every node once, within a second: a thousand nodes need not pass on its copies. */
  readonly bus?: boolean;
  /** What each thinks of all, whoever is `known`: it need not be worked out for a thousand. */
  readonly karma?: number;
};

/** Links for a ring in which no node is far from another: to the next, and to some farther off. */
export const chords = (nodes: number): number[] => [1, 3, 9, 27, 81].filter(step => step < nodes / 2);

class Bus {
  readonly #judges: Parameters<Network['join']>[1][] = [];
  #waiting: Uint8Array[] = [];

  constructor(ticker: Ticker) {
    ticker(second, () => this.#deliver(), new AbortController().signal);
  }

  port(): Pick<Network, 'join' | 'publish'> {
    return {
      join: (_, judge) => void this.#judges.push(judge),
      publish: async (_, data) => void this.#waiting.push(data),
    };
  }

  #deliver(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const data of all) for (const judge of this.#judges) void judge(data, '');
  }
}

export class ObservingWorld {
  readonly net = new MemoryNet({ startMs: testNow });
  readonly nodes: ObservingNode[] = [];
  readonly asked: Question[] = [];
  readonly servers: readonly Verified[];
  /** Addresses that do not answer. */
  readonly dead = new Set<string>();
  readonly #random = seeded(1);
  readonly #networksOf: 'all' | 'connected';
  readonly #bus: Bus | undefined;
  readonly #karma: number | undefined;

  constructor(servers: number, { networksOf = 'all', bus = false, karma }: WorldOptions = {}) {
    this.#networksOf = networksOf;
    this.#karma = karma;
    this.#bus = bus ? new Bus(this.net.ticker) : undefined;
    this.servers = Array.from({ length: servers }, (_, i) =>
      announcementOf(`s${i}`, { addresses: [`8.8.${i}.1:27960`] }),
    );
  }

  get now(): number {
    return this.net.clock();
  }

  ipOf(server: number): string {
    return `8.8.${server}.1`;
  }

  /** Starts a node that has good karma of all in `known`. */
  start(number: number, { role = 'server', known = [] }: { role?: Config['role']; known?: readonly string[] }) {
    const { clock, ticker } = this.net;
    const signer = signerOf(number);
    const network = this.net.join(signer.peerId);
    const { karma, observations, tick } = karmaOf(
      number,
      { now: 0 },
      {
        ...{ clock, settings: { prefer: [...known] } },
        listed: id => this.servers.some(server => server.id === id),
        heard: sights => observers.heard(sights),
      },
    );
    const { probe } = defaults;
    const observers: Observers = new Observers({
      config: { role, probe, list: { name: testList }, karma: defaults.karma },
      ...{ signer, clock, asksAll: false },
      network: this.#bus ? { ...this.#bus.port(), peers: () => network.peers() } : network,
      groupOf: peer =>
        this.#networksOf === 'all' || network.peers().some(it => it.peerId === peer) ? peer : notConnected,
      karma: {
        observations,
        value: peer => this.#karma ?? karma.value(peer),
        direct: peer => this.#karma ?? karma.direct(peer),
        notice: () => {},
      },
      announced: id => this.servers.find(server => server.id === id)?.announcement,
      prober: () => prober,
      observed: () => {},
      log: () => {},
    });
    const prober = new Prober(
      {
        ...{ clock, monotonic: clock, ticker, random: this.#random, reaches: () => true, resolve: async () => [] },
        ask: async ({ ip }) => this.#answer(signer.peerId, ip),
        onObserved: (id, observation) => observers.probed(id, observation),
        duty: place => observers.duty(place),
        endorsed: () => false,
      },
      { ...probe, allowPrivateAddresses: false },
    );
    observers.listed(this.servers.map(after => ({ id: after.id, after })));
    const { signal } = new AbortController();
    ticker(minute, () => tick(), signal);
    prober.run(signal);
    ticker(second, () => observers.tick(), signal);
    const node = { peerId: signer.peerId, role, network, observers, held: () => observations.size };
    this.nodes.push(node);
    return node;
  }

  /** Each node to the next two, or to some farther off. */
  link(steps: readonly number[] = [1, 2]): void {
    this.nodes.forEach((node, i) => {
      for (const step of steps) this.net.connect(node.peerId, this.nodes[(i + step) % this.nodes.length]!.peerId);
    });
  }

  /** Moves time on until all nodes see a server as it should be; gives the time at which each second passed. */
  async until(holds: () => boolean, patienceMs: number): Promise<void> {
    const endMs = this.now + patienceMs;
    while (!holds() && this.now < endMs) await this.net.advance(second);
  }

  /** Questions a server and minute, while so many minutes pass. */
  async rate(minutes: number): Promise<number> {
    this.asked.length = 0;
    await this.net.advance(minutes * minute);
    return this.asked.length / this.servers.length / minutes;
  }

  /** On how many nodes a server shows as up, down, or not at all. */
  seen(server: number): { up: number; down: number; unknown: number } {
    const all = this.nodes.map(({ observers }) => observers.get(this.servers[server]!.id));
    const up = all.filter(it => it?.up).length;
    const unknown = all.filter(it => it === null).length;
    return { up, down: all.length - up - unknown, unknown };
  }

  #answer(peerId: string, ip: string): Answer | undefined {
    this.asked.push({ peerId, ip, at: this.now });
    return this.dead.has(ip) ? undefined : { players: 5, maxPlayers: 16, map: 'oa_dm1', rttMs: 20 };
  }
}
