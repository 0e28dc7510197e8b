// A million mutated messages at each family's gateway: see README.md.
import { parseArgs } from 'node:util';
import { fuzz } from '../gateway-fuzz.ts';
import { fuzzTargets } from '../gateway-targets.ts';

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
/** What a million more may leave behind: garbage that was not collected yet. */
const growthBytesMax = 16 * 1024 * 1024;

for (const [family, target] of Object.entries(fuzzTargets)) {
  const it = target();
  const packets = Number(values.packets);
  // Tables fill up first, to their bounds.
  await fuzz(it, Math.ceil(packets / 10), Number(values.seed) + 1);
  const before = heap();
  const begin = process.hrtime.bigint();
  const report = await fuzz(it, packets, Number(values.seed));
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const grown = heap() - before;
  const { larger, overtold, announced } = report;
  const sound = larger === 0 && overtold === 0 && announced === 0 && grown < growthBytesMax;
  process.stdout.write(
    `${family}: ${JSON.stringify(report)}, ${Math.round(packets / seconds)} a second, heap ${(grown / 1e6).toFixed(1)} MB ${
      sound ? 'more: as it should be' : 'more: FAILED'
    }\n`,
  );
  if (!sound) process.exitCode = 1;
}

/** After a collection, where the flag allows one. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
