import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { growingPercentOf } from './heap.ts';

const heap = new URL('heap.ts', import.meta.url).href;

/** Tells what a process takes at a peak and ten collections later, of which it made all by itself: it is never idle. */
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
  while (held.length < 2_000) work();
  const peak = takes();
  held.length = 0;
  await turn();
  ${afterwards}
  for (const until = collections + 10; collections < until; await turn()) {
    work();
    if (held.length > 200) held.shift();
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
  // Without, V8 keeps it, unless the machine is so busy that the process looks idle: so that is told, and not held against it.
  t.true(given.rest < given.peak - 100);
});

/** Tells how many MB the young heap has, as it begins, while much is kept, when it was given back and while much is kept again. */
const young = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { PerformanceObserver } from 'node:perf_hooks';
  import { giveBack, keepHeapSmall } from '${heap}';
  keepHeapSmall();
  const size = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 1_048_576;
  const turn = () => new Promise(setImmediate);
  const keep = async () => {
    const held = [];
    while (held.length < 4_000) {
      held.push(Array.from({ length: 100 }, (_, n) => ({ n, list: [n] })));
      await turn();
    }
    return size();
  };
  const begins = size();
  const grown = await keep();
  let least = grown;
  new PerformanceObserver(() => { least = Math.min(least, size()); }).observe({ entryTypes: ['gc'] });
  giveBack();
  for (let held; least >= grown; await turn()) held = Array.from({ length: 50_000 }, (_, n) => ({ n, list: [n] }));
  console.log(JSON.stringify({ begins, grown, least, again: await keep() }));
`;

test('the young heap grows up to a bound while much is kept, and does so again after it was given back', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', young]);
  const { begins, grown, least, again } = JSON.parse(stdout);
  t.log({ begins, grown, least, again });
  t.true(begins <= 4);
  for (const size of [grown, again]) {
    t.true(size >= 16, 'else 8 MB are collected at a time');
    t.true(size < 32, 'V8 would let it grow to 64');
  }
});

const mb = 1_048_576;
for (const [usedBytes, percent, busyPercent] of [
  [4 * mb, 100, 100],
  [20 * mb, 80, 100],
  [40 * mb, 40, 80],
  [80 * mb, 20, 40],
  [300 * mb, 20, 20],
] as const) {
  test(`a heap of ${usedBytes / mb} MB may grow by ${percent} % before it is collected, ${busyPercent} % while much comes in`, t => {
    t.is(growingPercentOf(usedBytes, false), percent);
    t.is(growingPercentOf(usedBytes, true), busyPercent);
  });
}
