// A node over a list in memory, in a process of its own: list, neighbours, rows and HTTP put together as node/app/compose.ts
// does; what no question to the list touches is left out. bench/serving.ts tells it by lines what to do: `changes 10` a second
// from here on, `event` for a change of one server at once, `burst 100` for news of so many changes of 300 servers each,
// `collections` for the garbage collections since the last such line, `stalls` for how long the event loop stood still since the
// last such line, `heap` for what is held after a garbage collection (with --expose-gc), `forget` to drop the index of rows.
import { PerformanceObserver } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import type { Observed } from '../node/api/port.ts';
import { keepHeapSmall } from '../node/app/heap.ts';
import { Live } from '../node/app/live.ts';
import { type NodeDeps, RunningNode } from '../node/app/node.ts';
import { pause, ticker } from '../node/app/timers.ts';
import { day, second } from '../node/base/time.ts';
import { Neighbours } from '../node/list/neighbours.ts';
import { ServerList } from '../node/list/server-list.ts';
import { seeded } from '../node/network/memory.ts';
import { announcementOf, signerOf, testNow } from '../test/announcements.ts';
import { fakeNode } from '../test/api/fake-node.ts';
import { listeningApi } from '../test/api/listening.ts';
import { serverOf } from './servers.ts';
import { type Collection, sharedNow } from './serving-waits.ts';
import { watchStalls } from './stalls.ts';

const { values } = parseArgs({
  options: { servers: { type: 'string' }, clients: { type: 'string', default: '1000' } },
});
keepHeapSmall();
const random = seeded(1);
const below = (n: number): number => Math.floor(random() * n);
const begin = Date.now();
/** Announcements of measurements are of one day. */
const clock = (): number => testNow + Date.now() - begin;

const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
const neighbours = new Neighbours({
  ...config.view,
  since: () => clock() - below(30) * day,
  countPrivateNetworks: true,
});
live.onChange(changes => neighbours.changed(changes));
const sights = new Map<string, Observed>();
const ids: string[] = [];
for (let n = 0; n < Number(values.servers); n++) {
  const item = serverOf(n, 0);
  live.changed(live.list.admit(item, clock()).changes);
  ids.push(item.id);
  // One in nine nobody has seen.
  if (n % 9 !== 0) see(item.id);
}
const parts: Partial<Record<keyof NodeDeps, unknown>> = {
  ...{ live, neighbours, clock, monotonic: clock, pause },
  network: { peerId: signerOf(0).peerId },
  endorsed: (id: string) => id < '8',
  observed: (id: string) => sights.get(id) ?? null,
  karma: { brief: (peer: string) => standingOf(peer.charCodeAt(20) % 10) },
  maintainers: { age: () => null },
  sync: { state: () => ({ partial: false }) },
};
const node = new RunningNode(parts as NodeDeps);
const asked: Partial<typeof node> = {
  servers: query => node.servers(query),
  version: () => node.version(),
  watch: (listener, signal) => node.watch(listener, signal),
};
const every = ticker(error => {
  throw error;
});
const api = await listeningApi(
  { ...fakeNode(), ...asked },
  { clock, ticker: every, eventClientsMax: Number(values.clients) },
);
const ended = new AbortController();
every(second, () => node.step(), ended.signal);
process.stdout.write(`${JSON.stringify({ http: api.address })}\n`);

let stalls = watchStalls();
let collections: Collection[] = [];
const originMs = sharedNow() - performance.now();
new PerformanceObserver(list => {
  for (const { startTime, duration } of list.getEntries())
    collections.push({ startMs: originMs + startTime, tookMs: duration });
}).observe({ entryTypes: ['gc'] });
let changing = new AbortController();
let turn = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [what, count] = line.split(' ');
  if (what === 'changes') {
    changing.abort();
    changing = new AbortController();
    // Half is what announcers say, half is what is seen.
    every(second / Number(count), () => (below(2) === 0 ? rename() : look()), changing.signal);
  }
  if (what === 'event') rename();
  if (what === 'collections') {
    tell(collections);
    collections = [];
  }
  if (what === 'stalls') {
    tell(await stalls());
    stalls = watchStalls();
  }
  if (what === 'heap') {
    // What typed arrays held is given back a while after the first.
    for (let n = 0; n < 2; n++) {
      globalThis.gc?.();
      await sleep(200);
    }
    const { heapUsed, external } = process.memoryUsage();
    tell((heapUsed + external) / 1e6);
  }
  if (what === 'forget') node.restated();
  if (what === 'burst') for (let n = 0; n < Number(count); n++) setTimeout(tellMany, n * 10);
}
changing.abort();
ended.abort();
await api.close();

function tell(about: unknown): void {
  process.stdout.write(`${JSON.stringify(about)}\n`);
}

function see(id: string): void {
  const counts = { players: below(3) === 0 ? 1 + below(31) : 0, maxPlayers: 32, map: `map${below(50)}` };
  const times = { rttMs: 5 + below(200), at: clock(), observers: 1 + below(4), downSince: null };
  sights.set(id, { up: true, ...counts, ...times, flags: [] });
}

function look(): void {
  const id = ids[below(ids.length)]!;
  see(id);
  node.emit({ type: 'observed', id, observed: sights.get(id)! });
}

function rename(): void {
  const n = below(ids.length);
  const { announcer: _, signature: __, ...said } = live.list.listed.get(ids[n]!)!.announcement;
  const renamed = { ...said, name: `Server ${n}, at its ${turn++} best`, issuedAt: clock() };
  const item = announcementOf(said.server, { ...renamed, signer: signerOf(1 + Math.floor(n / 100)) });
  live.changed(live.list.admit(item, clock()).changes);
}

function tellMany(): void {
  const changes = ids.slice(0, 300).map(id => ({ id, change: 'changed' as const }));
  node.emit({ type: 'servers', changes, total: live.up, tree: live.tree.root() });
}

function standingOf(tenths: number) {
  const value = tenths / 10 - 0.02;
  return { value, tier: value > 0.1 ? 'green' : 'yellow' };
}
