// One adoption in a process of its own: `rollback-measure.ts <folder of the node> <public key> <statement> <now>`.
// Prints what it took as JSON.
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { keepHeapSmall } from '../node/app/heap.ts';
import { openNode } from './rollback-node.ts';
import { type Stalls, watchStalls } from './stalls.ts';

export type Measured = Stalls & {
  readonly servers: number;
  readonly tree: string;
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
};

keepHeapSmall();
const [folder, key, statement, now] = process.argv.slice(2) as [string, string, string, string];
await using node = await openNode(folder, await readFile(key), Number(now));
const bytes = await readFile(statement);
// What loading left behind is not the adoption's.
await wait(1_000);
const stalls = watchStalls();
const cpu = process.cpuUsage();
const start = performance.now();
await node.adopt(bytes);
const tookMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const measured: Measured = {
  ...(await stalls()),
  servers: node.live.up,
  tree: node.live.tree.root(),
  tookMs,
  cpuMs: (user + system) / 1_000,
  rssMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
