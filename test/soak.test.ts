// A short soak, where nothing is judged by its growth; test/heavy/soak.ts runs for as long as one likes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { judge } from './heavy/soak-judge.ts';
import type { SoakResult } from './heavy/soak-run.ts';
import type { Sample } from './heavy/soak-samples.ts';
import { growthOf, lowsOf, medianOf, slopeOf } from './heavy/soak-verdict.ts';

const soak = fileURLToPath(new URL('heavy/soak.ts', import.meta.url));

test('a network in which nodes are killed and stopped, and servers come and go, has one sound list in the end', async t => {
  const args = [soak, '--minutes', '0.3', '--nodes', '4', '--servers', '120', '--hurry', '0.1', '--lab', 'loopback'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  t.regex(stdout, /ok {3}trees equal/);
  t.log(stdout.split('\n').findLast(line => line.startsWith('announced ')));
});

test('the slope of a series is not moved by single samples that are far off', t => {
  const points = Array.from({ length: 21 }, (_, x) => ({ x, y: x % 5 === 0 ? 1_000 : 3 * x + (x % 2) }));
  t.true(Math.abs(slopeOf(points) - 3) < 0.5);
  t.is(slopeOf([]), 0);
  t.is(medianOf([4, 1, 3, 2]), 2.5);
});

test('what is only in flight does not raise the lows', t => {
  const points = Array.from({ length: 60 }, (_, x) => ({ x, y: 3 * x + (x % 5 === 2 ? 0 : 40) }));
  const lows = lowsOf(points, 10);
  t.is(lows.length, 6);
  t.true(lows.every(({ x, y }) => y === 3 * x));
  // The beginning of a stretch is no low.
  t.is(lowsOf([...points, { x: 60, y: 999 }], 10).length, 6);
});

test('growth is told with the bounds between which it lies', t => {
  const points = Array.from({ length: 30 }, (_, x) => ({ x, y: 3 * x + ((x * 7) % 5) }));
  const { slope, least, most } = growthOf(points);
  t.true(2.9 < least && least < slope && slope < most && most < 3.1, `${least} ${slope} ${most}`);
  // Of three points any order is likely enough.
  t.deepEqual(growthOf(points.slice(0, 3)), {
    slope: 5,
    least: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
  });
});

test('several series that grow alike tell more of it together, wherever each begins', t => {
  const series = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 15 }, (_, x) => ({ x, y: 100 * i + 3 * x + 10 * noise(x, 31 * i) })),
  );
  const [alone, together] = [growthOf(series[0]!), growthOf(...series)];
  t.true(together.least < 3 && 3 < together.most, `${together.least} to ${together.most}`);
  t.true(together.most - together.least < 0.6 * (alone.most - alone.least));
});

/** Up to one, by no rule that the eye sees, and the same in each run. */
const noise = (n: number, seed: number): number => (((n + seed) * 7_919) % 101) / 100;

const steady: Sample[] = Array.from({ length: 181 }, (_, n) => ({
  ...{
    atS: n * 10,
    node: 0,
    starts: 1,
    rssBytes: 2e8,
    pssBytes: 2e8,
    anonBytes: 1e8 + noise(n, 1) * 1e7,
    heapBytes: 6e7,
    externalBytes: 1e6,
    heapPagesBytes: 7e7,
    liveBuffersBytes: 1e7 + noise(n, 2) * 8e6,
  },
  ...{
    liveBytes: 6e7 + noise(n, 2) * 8e6 + noise(n, 3) * 1e6,
    storeBytes: 1e6 + n * 50_000,
    files: 60,
    cpuS: n,
    delayP99Ms: 20,
    delayMaxMs: 80,
    peers: 7,
  },
  ...{ servers: 2_000, commits: n, uncommitted: 0, announced: n * 100, tree: '', head: '', resources: '' },
}));
const good: SoakResult = {
  samples: steady,
  faults: [],
  warnings: new Map(),
  counts: {},
  settledMs: 2_000,
  verified: [{ ok: true, faults: [] }] as unknown as SoakResult['verified'],
  missing: [],
  steady: [0],
  givingBack: [0],
};
const failing = (result: Partial<SoakResult>): string[] =>
  judge({ ...good, ...result }, 60_000).flatMap(({ ok, what }) => (ok ? [] : [what]));
const grown = (perSample: number, ...fields: (keyof Sample)[]): Sample[] =>
  steady.map((sample, n) => ({
    ...sample,
    ...Object.fromEntries(fields.map(field => [field, (sample[field] as number) + n * perSample])),
  }));
/** Announcements of 1,000 bytes that are kept by mistake, one for each of the hundred changes between two samples. */
const keptBytes = 100_000;

for (const [title, result, expected] of [
  ['in which nothing grows is as it should be', {}, []],
  ['without an end of differences', { settledMs: Number.POSITIVE_INFINITY }, ['trees equal, after the last change']],
  ['that lost something', { missing: ['s1'] }, ['what was acknowledged is there']],
  ['with an error in a log', { faults: ['node 1 logged: …'] }, ['no errors']],
  ['that verified nothing', { verified: [] }, ['verify --full finds every store sound']],
  ['whose heap grows by 9 MB an hour', { samples: grown(25_000, 'liveBytes') }, ['node 0: live heap']],
  [
    'whose buffers grow by 18 MB an hour',
    { samples: grown(50_000, 'liveBytes', 'liveBuffersBytes') },
    ['node 0: live buffers'],
  ],
  [
    'that keeps an announcement for each change',
    { samples: grown(keptBytes, 'liveBytes', 'anonBytes') },
    ['node 0: live heap', 'node 0: memory of its own', 'all nodes: memory of their own'],
  ],
  [
    'that keeps one for each change, and lasts 26 minutes only',
    { samples: grown(keptBytes, 'liveBytes', 'anonBytes').slice(0, 157) },
    ['node 0: live heap', 'node 0: memory of its own', 'all nodes: memory of their own'],
  ],
  [
    'that keeps an announcement for each change outside of the heap',
    { samples: grown(keptBytes, 'anonBytes') },
    ['node 0: memory of its own', 'all nodes: memory of their own'],
  ],
  ['whose memory grows where it is not given back', { samples: grown(keptBytes, 'anonBytes'), givingBack: [] }, []],
  [
    'of too few changes to tell a leak from none',
    { samples: steady.map((sample, n) => ({ ...sample, announced: n })) },
    ['node 0: live heap', 'node 0: live buffers', 'all nodes: memory of their own'],
  ],
  [
    'in which a peak is given back',
    { samples: steady.map((sample, n) => ({ ...sample, anonBytes: sample.anonBytes + (n % 50 < 9 ? 8e7 : 0) })) },
    [],
  ],
  [
    'in which each peak leaves a step',
    { samples: steady.map((sample, n) => ({ ...sample, anonBytes: sample.anonBytes + Math.floor(n / 30) * 1e7 })) },
    ['node 0: memory of its own', 'all nodes: memory of their own'],
  ],
  ['that leaves a socket open each minute', { samples: grown(1 / 6, 'files') }, ['node 0: open files']],
  [
    'whose store takes more and more for a change',
    { samples: steady.map((sample, n) => ({ ...sample, storeBytes: n * n * 500 })) },
    ['node 0: store, a change'],
  ],
] as const) {
  test(`a soak ${title}`, t => t.deepEqual(failing(result), expected));
}
