// Anti-entropy over the real protocol between two nodes with large lists that differ in a few servers: bytes on the wire,
// round trips and time, the announcements themselves included.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import config from '../config.default.json' with { type: 'json' };
import { Live } from '../node/app/live.ts';
import { pause } from '../node/app/timers.ts';
import { Door } from '../node/gossip/door.ts';
import { Sync } from '../node/gossip/sync.ts';
import { ServerList } from '../node/list/server-list.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps, until } from '../node/network/lab.ts';
import type { Verified } from '../node/records/verified.ts';
import { testList, testNow } from '../test/announcements.ts';
import { serverOf } from './servers.ts';
import { Wire } from './wire.ts';

const { values } = parseArgs({
  options: { servers: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '5' } },
});
const [servers, rounds] = [Number(values.servers), Number(values.rounds)];
const now = testNow + 3_600_000;
/** What a round trip takes on the longer wire, on top. */
const tripMs = 200;

const items = Array.from({ length: servers }, (_, n) => serverOf(n, 0));
await using peer = await openNode(items, []);
const port = Number(/tcp\/(\d+)/.exec(peer.host.addresses()[0]!)![1]);
await using wire = new Wire(port);
const entry = `/ip4/127.0.0.1/tcp/${await wire.listen()}/p2p/${peer.host.peerId}`;
await using node = await openNode(items, [entry]);
await until(() => node.host.peers().length > 0 && node.sync.state().state === 'synced');
say(`${servers} servers, ${rounds} rounds each, median (fastest to slowest)\n`);
say(row('differences', 'bytes on the wire', 'requests', 'milliseconds', 'CPU time of both, ms'));
let round = 0;
for (const differences of [0, 10, 100, 1_000]) say(row(String(differences), ...(await measure(differences))));
wire.delayMs = tripMs / 2;
await change(10);
const [, tookMs] = await timed(() => node.sync.with(peer.host.peerId));
say(`\n10 differences where a round trip takes ${tripMs} ms: ${(tookMs / tripMs).toFixed(1)} round trips`);
say('(each request opens a stream, and libp2p asks whether its protocol is known before the request goes out)');

async function measure(differences: number): Promise<string[]> {
  const rows = { bytes: [] as number[], requests: [] as number[], tookMs: [] as number[], cpuMs: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    await change(differences);
    node.requests = 0;
    const before = wire.bytes;
    const cpu = process.cpuUsage();
    const [, tookMs] = await timed(() => node.sync.with(peer.host.peerId));
    const { user, system } = process.cpuUsage(cpu);
    rows.tookMs.push(tookMs);
    rows.cpuMs.push((user + system) / 1_000);
    rows.requests.push(node.requests);
    // What closing the last stream takes is on its way.
    await quiet();
    rows.bytes.push(wire.bytes - before);
    if (node.live.tree.root() !== peer.live.tree.root()) throw new Error('the lists are not the same afterwards');
  }
  return [rows.bytes, rows.requests, rows.tookMs, rows.cpuMs].map(spread);
}

/** The peer hears of newer announcements, spread over the whole list. */
async function change(differences: number): Promise<void> {
  round++;
  const step = Math.max(1, Math.floor(servers / Math.max(1, differences)));
  const newer = Array.from({ length: differences }, (_, i) => serverOf(i * step + ((round * 7_919) % step), round));
  for (const item of newer) peer.live.changed(peer.live.list.admit(item, now).changes);
  await quiet();
}

async function openNode(list: readonly Verified[], entries: readonly string[]) {
  const host = await createHost(labDeps({ list: testList, entries: [...entries] }));
  const live = new Live(new ServerList({ ...config.list, countPrivateNetworks: true }));
  for (const item of list) live.changed(live.list.admit(item, now).changes);
  const door = new Door({
    list: live.list,
    listName: testList,
    clock: () => now,
    pause,
    changed: changes => live.changed(changes),
    equivocated: () => {},
  });
  const opened = {
    host,
    live,
    requests: 0,
    sync: new Sync({
      network: {
        ...host,
        request: (...args) => {
          opened.requests++;
          return host.request(...args);
        },
      },
      door,
      list: live.list,
      ours: live.tree,
      objects: live.objects,
      head: () => {
        const tree = live.tree.root();
        return { head: null, tree, servers: live.list.listed.size, statement: null, root: live.tree.body(tree) };
      },
      statement: async () => {},
      listName: testList,
      clock: () => now,
      monotonic: () => now,
      random: () => 0.5,
      // Only what is asked for here is compared.
      later: () => {},
      karma: () => 0,
      syncPeers: 1,
      blobsMax: config.list.serversMax,
      tell: () => {},
      log: () => {},
    }),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
  await host.start();
  return opened;
}

/** Waits until nothing more is said. */
async function quiet(): Promise<void> {
  for (let bytes = -1; bytes !== wire.bytes; await wait(100)) bytes = wire.bytes;
}

async function timed<T>(task: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await task();
  return [value, performance.now() - start];
}

function spread(values: readonly number[]): string {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1]} (${sorted[0]} to ${sorted.at(-1)})`;
}

function row(first: string, ...cells: readonly string[]): string {
  return `| ${first.padEnd(12)} | ${cells.map(cell => cell.padEnd(26)).join(' | ')} |`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
