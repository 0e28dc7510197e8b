// Loaded into each node of the soak before anything else (`--import`): tells what only the process itself knows, in a file
// that is written anew every so often, and sets the clock wrong if it is told to.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Figures = {
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** What is left of the heap after a full collection, the last time that there was one. */
  readonly liveBytes: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Open handles and requests, by kind. */
  readonly resources: Readonly<Record<string, number>>;
};

const tellMs = 5_000;
/** A full collection takes some 50 ms: seldom enough to leave the rest of the figures alone. */
const collectEvery = 12;

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

setInterval(() => {
  const [p99, max] = [delay.percentile(99), delay.max];
  if (told++ % collectEvery === 0) {
    collect();
    live = process.memoryUsage();
  }
  // The pause of that collection is not the node's.
  delay.reset();
  const { heapUsed, external } = process.memoryUsage();
  const figures: Figures = {
    heapBytes: heapUsed,
    externalBytes: external,
    liveBytes: live.heapUsed + live.external,
    delayP99Ms: p99 / 1e6,
    delayMaxMs: max / 1e6,
    resources: Object.fromEntries(
      [...Map.groupBy(process.getActiveResourcesInfo(), kind => kind)].map(([kind, all]) => [kind, all.length]),
    ),
  };
  // In one step, so that nobody reads half of it.
  writeFileSync(`${path}.new`, JSON.stringify(figures));
  renameSync(`${path}.new`, path!);
}, tellMs).unref();
