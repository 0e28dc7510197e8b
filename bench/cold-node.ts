// A real node in a process of its own, with a clock that begins when the announcements of the measurements were made:
// `cold-node.ts <data folder> <now> [<entry>]`. Tells its parent when something happens, and ends with it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { keepHeapSmall } from '../node/app/heap.ts';
import { startNode } from '../node/app/start.ts';
import { testList } from '../test/announcements.ts';

/** Unix milliseconds, CPU time of the process until then, and how long the event loop stood still at most since it started. */
export type ColdEvent = {
  readonly what: string;
  readonly atMs: number;
  readonly cpuMs: number;
  readonly stalledMs: number;
};
export type ColdStarted = ColdEvent & { readonly http: string; readonly addresses: readonly string[] };

const [dataDir, now, entry] = process.argv.slice(2) as [string, string, string | undefined];
keepHeapSmall();
const stop = new AbortController();
process.once('disconnect', () => stop.abort());
const clock = () => Math.floor(Number(now) + performance.now());
const stalls = monitorEventLoopDelay({ resolution: 5 });
const tell = (what: string, more: object = {}) => {
  const { user, system } = process.cpuUsage();
  const atMs = performance.timeOrigin + performance.now();
  if (process.connected)
    process.send!({ what, atMs, cpuMs: (user + system) / 1_000, stalledMs: stalls.max / 1e6, ...more });
};
const node = await startNode({
  dataDir,
  flags: {},
  sets: [
    `list.name=${testList}`,
    'network.listen=["/ip4/127.0.0.1/tcp/0"]',
    `network.entries=${JSON.stringify(entry ? [entry] : [])}`,
    'network.mdns=false',
    'network.allowPrivateAddresses=true',
    'http.port=0',
    'probe.enabled=false',
    'log.level=debug',
  ],
  env: {},
  signal: stop.signal,
  clock,
  monotonic: () => Math.floor(performance.now()),
  random: Math.random,
  pid: process.pid,
  log: tell,
});
stalls.enable();
if (node) tell('started', { http: node.http, addresses: node.addresses });
await node?.done;
