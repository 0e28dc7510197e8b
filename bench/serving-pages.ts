// How long filtered pages of a large list take while it changes: one question after the other, from the request to its last byte.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { ServersPage } from '../node/api/port.ts';
import { seeded } from '../node/network/memory.ts';
import { cpuMs, residentMb, startNode } from './serving-process.ts';
import type { Stalls } from './stalls.ts';

const random = seeded(7);
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
const games = ['sauerbraten', 'openarena', 'mindustry', 'xonotic', 'teeworlds'];

/** Each asks for a page of 100. Words differ from one time to the next, so that no answer is kept from before. */
const questions: Readonly<Record<string, () => Record<string, string>>> = {
  'a game': () => ({ game: pick(games) }),
  'a game, players>n': () => ({ game: pick(games), filter: `players>${below(20)}` }),
  'players>n': () => ({ filter: `players>${below(20)}` }),
  'a number in the text': () => ({ filter: String(below(100_000)) }),
  'a word of every ninth': () => ({ filter: pick(['coop', 'ctf', 'hardcore', 'instagib']) }),
  'the beginning of an address': () => ({ filter: `${11 + below(89)}.${below(16)}.` }),
  'one letter': () => ({ filter: pick([...'abcdexyz0']) }),
  'a word that nobody has': () => ({ filter: `zz${below(1_000)}` }),
  'a tag': () => ({ filter: `tag:${pick(['sauerbraten', 'xonotic', 'instagib', 'coop'])}` }),
  'not a tag': () => ({ filter: `-tag:${pick(['sauerbraten', 'xonotic', 'instagib', 'coop'])}` }),
  'a country': () => ({ filter: `attributes.country:${pick(['de', 'fr', 'us'])}` }),
  karma: () => ({ filter: 'karma:green' }),
  'an announcer': () => ({ filter: `announcer:${pick(announcers)}` }),
  'four terms': () => ({ filter: `game:${pick(games)} players>0 ping<${100 + below(100)} -tag:coop` }),
  'players>n, most players first': () => ({ filter: `players>${below(5)}`, sort: 'players' }),
  'a game by name': () => ({ game: pick(games), sort: 'name' }),
  'all by ping': () => ({ sort: 'ping' }),
  'all, hidden ones too': () => ({ all: '1', filter: `max>${below(16)}` }),
};
const announcers: string[] = [];
/** As browsers and most programs ask. */
const headers = { 'accept-encoding': 'gzip' };

export async function measurePages(servers: number, changes: number, asks: number): Promise<void> {
  await using node = await startNode(servers);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const memory = await residentMb(node.pid);
  const ask = async (path: string): Promise<number> => {
    const start = performance.now();
    const [response] = await once(get(node.http + path, { agent, headers }), 'response');
    if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
    response.resume();
    await once(response, 'end');
    return performance.now() - start;
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
  const sorts: number[] = [];
  for (const sort of ['players', 'name', 'ping']) sorts.push(await ask(`/api/v1/servers?limit=1&sort=${sort}`));
  const ordering = await node.stalls();
  const held = await node.heapMb();
  node.tell('forget');
  const without = await node.heapMb();
  for (let n = 0; n < 2; n++) await ask('/api/v1/servers?limit=1&filter=players>1');
  await node.stalls();
  await ask('/api/v1/servers');
  const whole = await node.stalls();
  console.log(
    `${servers} servers: the first page ${unindexed.toFixed(0)} ms, index complete after ${built.toFixed(0)} ms, ` +
      `first pages by players, name and ping ${sorts.map(ms => ms.toFixed(0)).join(', ')} ms`,
  );
  node.tell(`changes ${changes}`);
  await node.spent();
  const took = new Map<string, number[]>();
  const all: number[] = [];
  const [cpuBefore, begin] = [await cpuMs(node.pid), performance.now()];
  for (let n = 0; n < asks; n++) {
    for (const [what, query] of Object.entries(questions)) {
      const ms = await ask(`/api/v1/servers?${new URLSearchParams({ limit: '100', ...query() })}`);
      took.set(what, [...(took.get(what) ?? []), ms]);
      all.push(ms);
    }
    took.set('(/healthz)', [...(took.get('(/healthz)') ?? []), await ask('/healthz')]);
  }
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (await cpuMs(node.pid)) - cpuBefore;
  took.set('all pages', all).set('… CPU time to find them', await node.spent());
  console.table(Object.fromEntries([...took].map(([what, ms]) => [what, quantiles(ms)])));
  console.log(
    `${all.length} pages in ${seconds.toFixed(0)} s with ${changes} changes a second: ` +
      `${(cpu / all.length).toFixed(2)} ms of CPU time a page`,
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
