// Loaded into each node of the soak before anything else (`--import`): tells what only the process itself knows, in a file
// that is written anew every so often, and sets the clock wrong if it is told to.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Figures = {
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Memory that V8's heap takes, with what is free in it. */
  readonly heapPagesBytes: number;
  /** What is left of heap and buffers after full collections, the last time that there were. */
  readonly liveBytes: number;
  /** Of that, buffers. */
  readonly liveBuffersBytes: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Open handles and requests, by kind. */
  readonly resources: Readonly<Record<string, number>>;
};

const tellMs = 5_000;
/** Full collections take some 100 ms: seldom enough to leave the rest of the figures alone. */
const collectEvery = 6;
/** Until what the first collection found dead is given back. */
const sweepMs = 200;

const { SOAK_FIGURES: path, SOAK_SKEW_MS: skewMs = '0' } = process.env;
const trueNow = Date.now;
const skew = Number(skewMs);
if (skew !== 0) Date.now = () => trueNow() + skew;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const delay = monitorEventLoopDelay({ resolution: 20 });
delay.enable();
let live = { heapUsed: 0, external: 0 };
let told = 0;

/** Twice: buffers that one collection finds dead are counted until the next (of 40 MB that nothing held, all, after one). */
async function look(): Promise<void> {
  collect();
  await wait(sweepMs);
  collect();
  live = process.memoryUsage();
}

async function tell(): Promise<void> {
  const [p99, max] = [delay.percentile(99), delay.max];
  if (told++ % collectEvery === 0) await look();
  // The pauses of these collections are not the node's.
  delay.reset();
  const { heapUsed, external } = process.memoryUsage();
  const figures: Figures = {
    heapBytes: heapUsed,
    externalBytes: external,
    heapPagesBytes: getHeapStatistics().total_physical_size,
    liveBytes: live.heapUsed + live.external,
    liveBuffersBytes: live.external,
    delayP99Ms: p99 / 1e6,
    delayMaxMs: max / 1e6,
    resources: Object.fromEntries(
      [...Map.groupBy(process.getActiveResourcesInfo(), kind => kind)].map(([kind, all]) => [kind, all.length]),
    ),
  };
  // In one step, so that nobody reads half of it.
  writeFileSync(`${path}.new`, JSON.stringify(figures));
  renameSync(`${path}.new`, path!);
}

setInterval(() => void tell(), tellMs).unref();
