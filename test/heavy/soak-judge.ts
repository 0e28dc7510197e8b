// Whether a soak was as it should be: a line for each thing that has to hold, with its figure and its bound.
import type { SoakResult } from './soak-run.ts';
import type { Sample } from './soak-samples.ts';
import {
  atMost,
  type Check,
  growsAtMost,
  growthOf,
  holds,
  lowsOf,
  medianOf,
  type Point,
  slopeOf,
} from './soak-verdict.ts';

const hourS = 3_600;
const megabyte = 1_000_000;
/** What a node's memory may grow by, in an hour of such a network; in MB. */
const growthMax = { heap: 6, buffers: 6, anon: 30 } as const;
/**
 * What one announcement takes at least that is kept by mistake (100,000 on a list take 1,650 of heap each): a run that cannot tell
 * whether each change left one has shown nothing.
 */
const announcementBytes = 1_000;
/** Answers, packs and events on their way take up to 15 MB for a while; of two collections one finds few of them. */
const lowsS = 60;
/** Files and sockets, in an hour. */
const filesGrowthMax = 20;
/** What a change adds to the store in the second half may be so many times what it adds in the first. */
const storeRatioMax = 1.5;
/** Below it a slope says nothing: pauses, kills and the first load of pages weigh more. */
const judgedFromS = 600;
/** Until then each store fills its cache of 8 MB and its write buffers, twice 4 MB, as it should. */
const filledS = 900;
/** Below it too little is left behind that to tell a leak from none. */
const memoryFromS = 1_500;

type Kept = Pick<SoakResult, 'steady' | 'givingBack'>;
type Figure = (sample: Sample) => number;

export function judge({ samples, ...result }: SoakResult, settleMs: number): Check[] {
  const endS = Math.max(...samples.map(({ atS }) => atS));
  const unsound = result.verified.filter(({ ok }) => !ok);
  const checks = [
    atMost('trees equal, after the last change', result.settledMs / 1_000, settleMs / 1_000, 's'),
    holds('what was acknowledged is there', result.missing.length === 0, `${result.missing.length} missing`),
    holds(
      'verify --full finds every store sound',
      unsound.length === 0 && result.verified.length > 0,
      `${unsound.length} of ${result.verified.length} not`,
    ),
    holds('no errors', result.faults.length === 0, `${result.faults.length}`),
  ];
  return endS < judgedFromS
    ? checks
    : [
        ...checks,
        ...(endS < memoryFromS ? [] : memories(result, samples, endS)),
        ...result.steady.flatMap(node => growing(node, samples, endS)),
      ];
}

function memories({ steady, ...result }: Kept, samples: readonly Sample[], endS: number): Check[] {
  const lateOf = (node: number) => samples.filter(sample => sample.node === node && sample.atS >= endS / 2);
  const lows = (node: number, of: Figure) => {
    const points = lateOf(node).flatMap(it => (it.atS >= filledS ? [{ x: it.atS / hourS, y: of(it) / megabyte }] : []));
    return lowsOf(points, lowsS / hourS);
  };
  const leak = (node: number) => (hourly(lateOf(node), it => it.announced) * announcementBytes) / megabyte;
  const check = (node: number, what: string, of: Figure, bound: number, leak?: number) =>
    growsAtMost(`node ${node}: ${what}`, growthOf(lows(node, of)), bound, leak, 'MB/h');
  const own: Figure = it => it.anonBytes;
  // What the others take is what they once held at most.
  const givingBack = steady.filter(node => result.givingBack.includes(node));
  return [
    ...steady.flatMap(node => [
      // Apart: buffers are in flight, so that they vary by ten times what the heap does.
      check(node, 'live heap', it => it.liveBytes - it.liveBuffersBytes, growthMax.heap, leak(node)),
      check(node, 'live buffers', it => it.liveBuffersBytes, growthMax.buffers, leak(node)),
    ]),
    ...givingBack.map(node => check(node, 'memory of its own', own, growthMax.anon)),
    // V8 takes and gives back 10 MB at a time, so that one node alone would have to run for hours to tell a leak from none.
    ...(givingBack.length === 0
      ? []
      : [
          growsAtMost(
            'all nodes: memory of their own',
            growthOf(...givingBack.map(node => lows(node, own))),
            growthMax.anon,
            Math.min(...givingBack.map(leak)),
            'MB/h',
          ),
        ]),
  ];
}

const hourly = (samples: readonly Sample[], of: Figure): number =>
  slopeOf(samples.map(it => ({ x: it.atS / hourS, y: of(it) })));

function growing(node: number, samples: readonly Sample[], endS: number): Check[] {
  const ours = samples.filter(sample => sample.node === node);
  const late = ours.filter(({ atS }) => atS >= endS / 2);
  const early = ours.filter(({ atS }) => atS >= endS / 6 && atS < endS / 2);
  const perChange = (part: readonly Sample[]) =>
    slopeOf(part.map((it): Point => ({ x: it.announced, y: it.storeBytes })));
  return [
    atMost(
      `node ${node}: open files`,
      hourly(late, it => it.files),
      filesGrowthMax,
      '/h',
    ),
    atMost(`node ${node}: store, a change`, perChange(late) / perChange(early), storeRatioMax, '× the first half'),
  ];
}

/** What each node took, one line each: in the middle of the run and at its end. */
export function tableOf({ samples }: Pick<SoakResult, 'samples'>): string[] {
  const endS = Math.max(...samples.map(({ atS }) => atS));
  const nodes = [...new Set(samples.map(({ node }) => node))].toSorted((a, b) => a - b);
  const heads = ['node', 'RSS MB', 'Pss', 'own', 'live', 'store MB', 'files', 'peers', 'CPU %', 'delay p99', 'max ms'];
  const rows = nodes.map(node => {
    const ours = samples.filter(sample => sample.node === node);
    const last = ours.at(-1)!;
    const of = (pick: (sample: Sample) => number) => {
      const at = (from: number, to: number) => {
        const part = ours.filter(({ atS }) => atS >= from * endS && atS <= to * endS);
        return medianOf(part.map(pick)).toFixed(0);
      };
      return `${at(0.45, 0.55)}→${at(0.9, 1)}`;
    };
    const sameRun = ours.filter(({ starts }) => starts === last.starts);
    const took = (last.cpuS - sameRun[0]!.cpuS) / Math.max(1, last.atS - sameRun[0]!.atS);
    return [
      `${node}`,
      of(it => it.rssBytes / megabyte),
      of(it => it.pssBytes / megabyte),
      of(it => it.anonBytes / megabyte),
      of(it => it.liveBytes / megabyte),
      of(it => it.storeBytes / megabyte),
      of(it => it.files),
      of(it => it.peers),
      (took * 100).toFixed(1),
      medianOf(ours.map(it => it.delayP99Ms)).toFixed(0),
      Math.max(...ours.map(it => it.delayMaxMs)).toFixed(0),
    ];
  });
  return [heads, ...rows].map(row => row.map(cell => cell.padStart(10)).join(''));
}
