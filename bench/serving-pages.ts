// How long filtered pages of a large list take while it changes: one question after the other, from the request to its last byte,
// and what those that took long waited for.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { ServersPage } from '../node/api/port.ts';
import { cpuMs, residentMb, startNode } from './serving-process.ts';
import { announcers, questions, sorts } from './serving-questions.ts';
import { type Answered, between, ownMs, sharedNow, slowOnes, waitsOf } from './serving-waits.ts';
import type { Stalls } from './stalls.ts';

/** What a page is to take at most. */
const targetMs = 5;
/** As browsers and most programs ask. */
const headers = { 'accept-encoding': 'gzip' };

export async function measurePages(servers: number, changes: number, asks: number): Promise<void> {
  await using node = await startNode(servers);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const memory = await residentMb(node.pid);
  const asked = new Set<string>();
  const ask = async (path: string): Promise<Answered> => {
    const [before, mine] = [waitsOf(node.pid), waitsOf(process.pid)];
    const startMs = sharedNow();
    const [response] = await once(get(node.http + path, { agent, headers }), 'response');
    if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
    response.resume();
    await once(response, 'end');
    const tookMs = sharedNow() - startMs;
    const isNew = !asked.has(path);
    asked.add(path);
    const waits = { node: between(before, waitsOf(node.pid)), asker: between(mine, waitsOf(process.pid)) };
    return { startMs, tookMs, ...waits, isNew };
  };
  const askInOrders = async (): Promise<string> => {
    const took: string[] = [];
    for (const sort of sorts) took.push((await ask(`/api/v1/servers?limit=1&sort=${sort}`)).tookMs.toFixed(0));
    return took.join(', ');
  };
  await node.stalls();
  const heap = await node.heapMb();
  // What asking for memory took is no stall of a page.
  await node.stalls();
  const beginMs = performance.now();
  const first = await fetch(`${node.http}/api/v1/servers?limit=50&filter=karma:green`);
  announcers.push(...((await first.json()) as ServersPage).servers.map(({ announcer }) => announcer));
  const unindexed = performance.now() - beginMs;
  // Whoever comes next waits for the index.
  await ask('/api/v1/servers?limit=1&filter=players>1');
  const built = performance.now() - beginMs;
  const making = await node.stalls();
  const ordered = await askInOrders();
  const ordering = await node.stalls();
  const held = await node.heapMb();
  node.tell('forget');
  const without = await node.heapMb();
  for (const players of [1, 2]) await ask(`/api/v1/servers?limit=1&filter=players>${players}`);
  const again = await askInOrders();
  await node.stalls();
  await ask('/api/v1/servers');
  const whole = await node.stalls();
  console.log(
    `${servers} servers: the first page ${unindexed.toFixed(0)} ms, index complete after ${built.toFixed(0)} ms, ` +
      `first pages by ${sorts.join(', ')} ${ordered} ms, again when the index was dropped ${again} ms`,
  );
  node.tell(`changes ${changes}`);
  await node.collections();
  const pages = new Map<string, Answered[]>();
  const health: Answered[] = [];
  const [cpuBefore, begin] = [await cpuMs(node.pid), performance.now()];
  for (let n = 0; n < asks; n++) {
    for (const [what, query] of Object.entries(questions)) {
      const page = await ask(`/api/v1/servers?${new URLSearchParams({ limit: '100', ...query() })}`);
      pages.set(what, [...(pages.get(what) ?? []), page]);
      health.push(await ask('/healthz'));
    }
  }
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (await cpuMs(node.pid)) - cpuBefore;
  const all = [...pages.values()].flat();
  const clock = (answered: readonly Answered[]) => quantiles(answered.map(({ tookMs }) => tookMs));
  console.table({
    ...Object.fromEntries([...pages].map(([what, some]) => [what, clock(some)])),
    'all pages': clock(all),
    '… without waiting for a core': quantiles(all.map(ownMs)),
    '… main thread worked': quantiles(all.map(page => page.node.main.workedMs)),
    '(/healthz)': clock(health),
    '(/healthz) without waiting for a core': quantiles(health.map(ownMs)),
  });
  const collections = await node.collections();
  console.table({ [`pages over ${targetMs} ms`]: slowOnes(all, collections, targetMs) });
  console.log(
    `${all.length} pages in ${seconds.toFixed(0)} s with ${changes} changes a second: ` +
      `${(cpu / (all.length + health.length)).toFixed(2)} ms of CPU time an answer; ` +
      `${collections.length} garbage collections, the longest ${Math.max(0, ...collections.map(it => it.tookMs)).toFixed(0)} ms`,
  );
  const asking = await node.stalls();
  const memoryAfter = await residentMb(node.pid);
  const heldAfter = await node.heapMb();
  const stallRow = ({ ownStallMs, stallMs }: Stalls) => ({
    'own work, ms': Math.round(ownStallMs),
    'by the clock, ms': Math.round(stallMs),
  });
  console.table({
    'until the index is complete': stallRow(making),
    'first pages in three orders': stallRow(ordering),
    'the whole list': stallRow(whole),
    'all those pages': stallRow(asking),
  });
  console.log(
    `memory ${memory.toFixed(0)} MB before and ${memoryAfter.toFixed(0)} MB after; held ${heap.toFixed(0)} MB before, ` +
      `${held.toFixed(0)} MB with the index, ${without.toFixed(0)} MB when it was dropped ` +
      `(${(((held - without) * 1e6) / servers).toFixed(0)} bytes a server), ${heldAfter.toFixed(0)} MB in the end with the whole list`,
  );
  agent.destroy();
}

function quantiles(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 100) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1), times: values.length };
}
