// Many whole nodes in one process, on one fake clock and an in-memory network: the very core that runs in production.

import defaults from '../../config.default.json' with { type: 'json' };
import { type Core, composeCore } from '../../node/app/core.ts';
import { Live } from '../../node/app/live.ts';
import { minute } from '../../node/base/time.ts';
import type { Config } from '../../node/config/schema.ts';
import type { Write } from '../../node/history/store.ts';
import { ServerList } from '../../node/list/server-list.ts';
import { MemoryNet, type MemoryNetOptions, seeded } from '../../node/network/memory.ts';
import type { Network } from '../../node/network/port.ts';
import { signerOf, testList, testNow } from '../announcements.ts';

export type SimNode = Core & {
  readonly peerId: string;
  readonly live: Live;
  readonly network: Network;
  readonly stop: () => void;
};

export class World {
  readonly net: MemoryNet;
  readonly nodes: SimNode[] = [];
  readonly #random: () => number;

  constructor(options: MemoryNetOptions = {}) {
    this.net = new MemoryNet({ startMs: testNow, ...options });
    this.#random = seeded(options.seed ?? 1);
  }

  /** Starts a node whose key is the number's; what it stores survives `stop` in `store`. */
  async start(number: number, store = new Map<string, Uint8Array>()): Promise<SimNode> {
    const { clock, ticker } = this.net;
    const signer = signerOf(number);
    const stopped = new AbortController();
    const network = this.net.join(signer.peerId);
    const live = new Live(new ServerList({ ...defaults.list, countPrivateNetworks: true }));
    const config = { ...defaults, list: { ...defaults.list, name: testList } } as unknown as Config;
    const core = composeCore({
      config,
      live,
      network,
      signer,
      store: memoryStore(store),
      stored: async oids => oids.map(() => undefined),
      head: () => undefined,
      statement: () => null,
      heard: async () => {},
      clock,
      monotonic: clock,
      random: this.#random,
      karma: () => 0,
      later: (delayMs, task) => {
        const once = new AbortController();
        const run = () => {
          once.abort();
          task();
        };
        ticker(delayMs, run, AbortSignal.any([once.signal, stopped.signal]));
      },
      pause: async () => {},
      log: () => {},
    });
    const stop = () => {
      stopped.abort();
      this.net.leave(signer.peerId);
      this.nodes.splice(this.nodes.indexOf(node), 1);
    };
    const node: SimNode = { ...core, peerId: signer.peerId, live, network, stop };
    await core.own.resume();
    ticker(minute, core.tick, stopped.signal);
    ticker(config.gossip.syncIntervalMs, () => core.sync.round(), stopped.signal);
    this.nodes.push(node);
    return node;
  }

  /** Each node to the next two: a ring with chords, so that gossip has more than one way. */
  link(nodes: readonly SimNode[] = this.nodes): void {
    nodes.forEach((node, i) => {
      for (const step of [1, 2]) {
        const other = nodes[(i + step) % nodes.length]!;
        if (other !== node) this.net.connect(node.peerId, other.peerId);
      }
    });
  }

  trees(): string[] {
    return [...new Set(this.nodes.map(({ live }) => live.tree.root()))];
  }
}

function memoryStore(held: Map<string, Uint8Array>) {
  return {
    async write(writes: readonly Write[]) {
      for (const write of writes) {
        if ('put' in write) held.set(write.put, write.value);
        else held.delete(write.del);
      }
    },
    objects: async (oids: readonly string[]) => oids.map(() => undefined),
    async *entries() {
      yield* [...held] as [string, Uint8Array][];
    },
  };
}
