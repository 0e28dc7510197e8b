// One adoption in a process of its own: `rollback-measure.ts <folder of the node> <public key> <statement> <now>`.
// Prints what it took as JSON.
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { keepHeapSmall } from '../node/app/heap.ts';
import { openNode } from './rollback-node.ts';

export type Measured = {
  readonly servers: number;
  readonly tree: string;
  readonly tookMs: number;
  readonly cpuMs: number;
  /** The longest time in which the event loop did not turn, and the most that this process itself had to do in one. */
  readonly stallMs: number;
  readonly ownStallMs: number;
  readonly rssMb: number;
};

/** A timer that is late tells of a stall; it cannot tell a shorter one from none. */
const resolutionMs = 5;

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
// The timer that was kept waiting last has to go off.
await wait(3 * resolutionMs);
const measured: Measured = {
  ...stalls(),
  servers: node.live.up,
  tree: node.live.tree.root(),
  tookMs,
  cpuMs: (user + system) / 1_000,
  rssMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);

/** Begins to watch; the result ends it. */
function watchStalls(): () => Pick<Measured, 'stallMs' | 'ownStallMs'> {
  const worked = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let [stallMs, ownStallMs] = [0, 0];
  let [turnedAtMs, workedMs] = [performance.now(), worked()];
  const timer = setInterval(() => {
    const [now, work] = [performance.now(), worked()];
    stallMs = Math.max(stallMs, now - turnedAtMs);
    ownStallMs = Math.max(ownStallMs, work - workedMs);
    [turnedAtMs, workedMs] = [now, work];
  }, resolutionMs);
  return () => {
    clearInterval(timer);
    return { stallMs, ownStallMs };
  };
}
