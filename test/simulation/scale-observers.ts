// Who asks which server in a large network, by the real draw: when all nodes draw among all, and when each draws among those
// that he knows to be good.
import config from '../../config.default.json' with { type: 'json' };
import { Lot, weigh } from '../../node/karma/assign.ts';
import { seeded } from '../../node/network/memory.ts';

export type Load = {
  /** Observers of a server, on average. */
  readonly perServer: number;
  /** Servers of an observer, on average, and of the one who has most. */
  readonly mean: number;
  readonly max: number;
};

const { observers, red } = config.karma;
const candidate = (peer: string) => ({ peer, group: peer, karma: 1 });
const place = (server: number) => ({ list: 'test', epoch: 7, host: `198.51.${server >> 8}.${server & 255}` });

/** All know all. */
export function loadAmongAll(nodes: number, servers: number): Load {
  const lot = new Lot(
    weigh(
      Array.from({ length: nodes }, (_, i) => candidate(`node-${i}`)),
      red,
    ),
  );
  const tasks = new Map<string, number>();
  for (let server = 0; server < servers; server++)
    for (const peer of lot.observersOf(place(server), observers)) tasks.set(peer, (tasks.get(peer) ?? 0) + 1);
  return loadOf(nodes, servers, [...tasks.values()]);
}

/** Each knows some others, drawn by chance. */
export function loadAmongKnown(nodes: number, servers: number, known: number): Load {
  const random = seeded(7);
  const tasks = Array.from({ length: nodes }, (_, self) => {
    const others = new Set<number>();
    while (others.size < Math.min(known, nodes - 1)) {
      const peer = Math.floor(random() * nodes);
      if (peer !== self) others.add(peer);
    }
    const candidates = [self, ...others].map(node => candidate(`node-${node}`));
    const lot = new Lot(weigh(candidates, red));
    let mine = 0;
    for (let server = 0; server < servers; server++)
      if (lot.observersOf(place(server), observers).includes(`node-${self}`)) mine++;
    return mine;
  });
  return loadOf(nodes, servers, tasks);
}

function loadOf(nodes: number, servers: number, tasks: readonly number[]): Load {
  const all = tasks.reduce((sum, it) => sum + it, 0);
  return { perServer: all / servers, mean: all / nodes, max: Math.max(...tasks) };
}
