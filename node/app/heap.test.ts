import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { growingPercentOf } from './heap.ts';

const heap = new URL('heap.ts', import.meta.url).href;

/** Tells what a process takes at a peak of 110 MB and ten collections later, of which it made all by itself: it is never idle. */
const restless = (afterwards: string) => `
  import { PerformanceObserver } from 'node:perf_hooks';
  import { giveBack, keepHeapSmall } from '${heap}';
  keepHeapSmall();
  let collections = 0;
  const count = ({ detail }) => detail.kind === 4 && collections++;
  new PerformanceObserver(seen => seen.getEntries().forEach(count)).observe({ entryTypes: ['gc'] });
  const takes = () => process.memoryUsage.rss() / 1e6;
  const turn = () => new Promise(setImmediate);
  const held = [];
  const work = () => held.push(Array.from({ length: 1_000 }, (_, n) => ({ n, list: [n] })));
  while (held.length < 1_000) work();
  const peak = takes();
  held.length = 0;
  await turn();
  ${afterwards}
  for (const until = collections + 10; collections < until; await turn()) {
    work();
    if (held.length > 50) held.shift();
  }
  console.log(JSON.stringify({ peak, rest: takes() }));
`;

test('what a peak took goes back to the system though the process is never idle', async t => {
  const run = async (afterwards: string) => {
    const args = ['--input-type=module', '--eval', restless(afterwards)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as { peak: number; rest: number };
  };
  const [without, given] = [await run(''), await run('giveBack();')];
  t.log({ without, given });
  // Else there is nothing to test: V8 does it by itself.
  t.true(without.rest > without.peak - 30);
  t.true(given.rest < given.peak - 60);
});

const mb = 1_048_576;
for (const [usedBytes, percent] of [
  [4 * mb, 100],
  [20 * mb, 80],
  [40 * mb, 40],
  [80 * mb, 20],
  [300 * mb, 20],
] as const) {
  test(`a heap of ${usedBytes / mb} MB may grow by ${percent} % before it is collected`, t => {
    t.is(growingPercentOf(usedBytes), percent);
  });
}
