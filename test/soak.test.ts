// A short soak, where nothing is judged by its growth; test/heavy/soak.ts runs for as long as one likes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { judge } from './heavy/soak-judge.ts';
import type { SoakResult } from './heavy/soak-run.ts';
import type { Sample } from './heavy/soak-samples.ts';
import { lowsOf, medianOf, slopeOf } from './heavy/soak-verdict.ts';

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
});

const steady: Sample[] = Array.from({ length: 181 }, (_, n) => ({
  ...{
    atS: n * 10,
    node: 0,
    starts: 1,
    rssBytes: 2e8,
    pssBytes: 2e8,
    anonBytes: 1e8,
    heapBytes: 6e7,
    externalBytes: 1e6,
    heapPagesBytes: 7e7,
    liveBuffersBytes: 1e6,
  },
  ...{ liveBytes: 5e7, storeBytes: 1e6 + n * 50_000, files: 60, cpuS: n, delayP99Ms: 20, delayMaxMs: 80, peers: 7 },
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
const grown = (field: keyof Sample, perSample: number): Sample[] =>
  steady.map((sample, n) => ({ ...sample, [field]: (sample[field] as number) + n * perSample }));

for (const [title, result, expected] of [
  ['in which nothing grows is as it should be', {}, []],
  ['without an end of differences', { settledMs: Number.POSITIVE_INFINITY }, ['trees equal, after the last change']],
  ['that lost something', { missing: ['s1'] }, ['what was acknowledged is there']],
  ['with an error in a log', { faults: ['node 1 logged: …'] }, ['no errors']],
  ['that verified nothing', { verified: [] }, ['verify --full finds every store sound']],
  ['whose heap grows by 9 MB an hour', { samples: grown('liveBytes', 25_000) }, ['node 0: live heap']],
  ['whose memory grows by 36 MB an hour', { samples: grown('anonBytes', 100_000) }, ['node 0: memory of its own']],
  ['whose memory grows where it is not given back', { samples: grown('anonBytes', 100_000), givingBack: [] }, []],
  ['that leaves a socket open each minute', { samples: grown('files', 1 / 6) }, ['node 0: open files']],
  [
    'whose store takes more and more for a change',
    { samples: steady.map((sample, n) => ({ ...sample, storeBytes: n * n * 500 })) },
    ['node 0: store, a change'],
  ],
] as const) {
  test(`a soak ${title}`, t => t.deepEqual(failing(result), expected));
}
