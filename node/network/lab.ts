// For tests: a few nodes, over libp2p on loopback or in memory, behind one face.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { minute, type Ticker } from '../base/time.ts';
import type { Esteem } from './admission.ts';
import { createHost, type Host, type HostDeps } from './host.ts';
import { MemoryNet } from './memory.ts';
import { createNode } from './node.ts';
import type { Network } from './port.ts';

export type Lab = AsyncDisposable & {
  /** A running node that is connected to `peers`; `prepare` joins and serves before it starts. */
  node(prepare?: (network: Network) => void, ...peers: Network[]): Promise<Network>;
  /** A running node that thinks of others as told and dials `peers`, who may never be connected. */
  judging(esteem: Esteem, ...peers: Network[]): Promise<Network>;
  /** Ends a node as the end of its process would. */
  stop(node: Network): Promise<void>;
  /** Lets time pass until the condition holds. */
  until(condition: () => boolean): Promise<void>;
};

export const labTopics = ['/rollcall/lab/announcements/1', '/rollcall/lab/opinions/1'];
/** What the slowest, busiest machine may take: some dials that fail, and waits of up to 16 s after each. */
const patienceMs = 100_000;

const isPeerOf = (a: Network, b: Network): boolean => a.peers().some(({ peerId }) => peerId === b.peerId);

export function memoryLab(): Lab {
  const net = new MemoryNet({ seed: 7 });
  let count = 0;
  return {
    async node(prepare, ...peers) {
      const node = net.join(`node${++count}`);
      prepare?.(node);
      for (const peer of peers) net.connect(node.peerId, peer.peerId);
      await net.advance(100);
      return node;
    },
    async judging(esteem, ...peers) {
      const node = net.join(`node${++count}`, esteem);
      for (const peer of peers) net.connect(node.peerId, peer.peerId);
      await net.advance(100);
      return node;
    },
    stop: async node => net.leave(node.peerId),
    async until(condition) {
      for (let passedMs = 0; !condition(); passedMs += 10) {
        if (passedMs > patienceMs) throw new Error('waited in vain');
        await net.advance(10);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** `listen` has port 0, so that tests may run side by side. */
export function libp2pLab(listen: string): Lab {
  const hosts = new Map<Network, Host>();
  const start = async (
    peers: readonly Network[],
    prepare?: (network: Network) => void,
    esteem?: Esteem,
  ): Promise<Host> => {
    const entries = peers.map(peer => peer.addresses()[0]!);
    const host = await createHost(labDeps({ listen: [listen], entries, ...(esteem && { esteem }) }));
    prepare?.(host);
    hosts.set(host, host);
    await host.start();
    return host;
  };
  return {
    async node(prepare, ...peers) {
      const host = await start(peers, prepare);
      await until(() => peers.every(peer => isPeerOf(host, peer) && isPeerOf(peer, host)));
      return host;
    },
    judging: (esteem, ...peers) => start(peers, undefined, esteem),
    async stop(node) {
      await hosts.get(node)![Symbol.asyncDispose]();
      hosts.delete(node);
    },
    until,
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.values().map(host => host[Symbol.asyncDispose]()));
    },
  };
}

/** A node for tests on loopback: nothing is kept, nothing leaves this machine. */
export function labDeps(overrides: Partial<HostDeps> = {}): HostDeps {
  return {
    seed: randomBytes(32),
    list: 'lab',
    role: 'server',
    topics: labTopics,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    entries: [],
    mdns: false,
    agent: 'rollcall/0.0.0-lab',
    allowPrivateAddresses: true,
    limits: { connectionsMax: 50, inboundPerSecondMax: 100, rememberedPeersMax: 10 },
    remembered: { load: async () => [], save: async () => {} },
    clock: Date.now,
    monotonic: Date.now,
    random: () => 0.5,
    later: (delayMs, task) => void setTimeout(task, delayMs).unref(),
    ticker: tickerAt(1),
    log: () => {},
    ...overrides,
  };
}

/** What is below a host: libp2p as a node has it, and nothing that looks after it. Not started. */
export const labNode = (topics: readonly string[] = []) =>
  createNode({
    ...labDeps(),
    connectionsMax: 10,
    inboundPerSecondMax: 100,
    gossip: { topics, allowPrivateAddresses: true, pastScore: () => 0 },
    denies: () => false,
    onLanPeer: () => {},
  });

/** Real intervals, `speed` times as fast; they keep no process alive. */
export const tickerAt =
  (speed: number): Ticker =>
  (intervalMs, task, signal) => {
    const timer = setInterval(task, Math.min(intervalMs, minute) / speed).unref();
    signal.addEventListener('abort', () => clearInterval(timer));
  };

/** Polls, because what is waited for happens in several nodes at once. */
export async function until(condition: () => boolean): Promise<void> {
  for (const endMs = Date.now() + patienceMs; !condition(); await sleep(5)) {
    if (Date.now() > endMs) throw new Error('waited in vain');
  }
}
