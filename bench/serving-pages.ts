// How long filtered pages of a large list take while it changes: questions at a steady rate, whether or not those before are
// answered, from the request to its last byte, and what those that took long waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServersPage } from '../node/api/port.ts';
import { Asker } from './serving-asker.ts';
import { cpuMs, residentMb, startNode } from './serving-process.ts';
import { announcers, questions, sorts } from './serving-questions.ts';
import { type Answered, ownMs, slowOnes, Threads } from './serving-waits.ts';
import type { Stalls } from './stalls.ts';

/** What a page is to take at most. */
const targetMs = 5;
export async function measurePages(servers: number, changes: number, asks: number, rate: number): Promise<void> {
  await using node = await startNode(servers);
  using threads = new Threads(node.pid, process.pid);
  using asker = new Asker(node.http, threads);
  const ask = (path: string): Promise<Answered> => asker.ask(path);
  const memory = await residentMb(node.pid);
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
  const pages = new Map<string, Answered[]>(Object.keys(questions).map(what => [what, []]));
  const health: Answered[] = [];
  const lateMs: number[] = [];
  const answers: Promise<void>[] = [];
  const [cpuBefore, begin] = [await cpuMs(node.pid), performance.now()];
  const askAt = async (dueMs: number, into: Answered[], path: string): Promise<void> => {
    await sleep(Math.max(0, dueMs - performance.now()));
    lateMs.push(performance.now() - dueMs);
    answers.push(ask(path).then(answer => void into.push(answer)));
  };
  for (let n = 0; n < asks; n++) {
    for (const [at, [what, query]] of Object.entries(questions).entries()) {
      const dueMs = begin + ((n * pages.size + at) * 1_000) / rate;
      await askAt(dueMs, pages.get(what)!, `/api/v1/servers?${new URLSearchParams({ limit: '100', ...query() })}`);
      await askAt(dueMs + 500 / rate, health, '/healthz');
    }
  }
  await Promise.all(answers);
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (await cpuMs(node.pid)) - cpuBefore;
  const all = [...pages.values()].flat();
  const clock = (answered: readonly Answered[]) => quantiles(answered.map(({ tookMs }) => tookMs));
  console.table({
    ...Object.fromEntries([...pages].map(([what, some]) => [what, clock(some)])),
    'all pages': clock(all),
    '… without waiting for a core': quantiles(all.map(ownMs)),
    '… main thread worked': quantiles(all.map(page => page.node.workedMs)),
    '(/healthz)': clock(health),
    '(/healthz) without waiting for a core': quantiles(health.map(ownMs)),
    '(asked later than was due by)': quantiles(lateMs),
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
}

function quantiles(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 100) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1), times: values.length };
}
