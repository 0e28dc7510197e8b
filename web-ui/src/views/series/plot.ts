// How uPlot is to draw: colours of the page, times and numbers in the reader's language, gaps where nothing is known.
import uPlot from 'uplot';
import type { SeriesSpan } from '../../api/types.ts';
import type { Point } from '../../lib/series.ts';

export type What = 'servers' | 'players' | 'changes';

export type PlotDeps = {
  readonly what: What;
  readonly points: readonly Point[];
  readonly stepMs: number;
  readonly span: SeriesSpan;
  readonly language: string;
  /** Of one server there is 0 or 1. */
  readonly single: boolean;
  readonly width: number;
  readonly height: number;
  /** A place in `points` that somebody points at, or none, and where that is in the picture. */
  readonly onPoint: (index: number | null, left: number) => void;
};

const secondMs = 1_000;
const daySeconds = 86_400;
/** Charts with one key show the pointer at the same time. */
const together = 'rollcall-series';

/** `light-dark()` and variables mean nothing to a canvas: the page says what they are here and now. */
function colourOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export function draw(place: HTMLElement, deps: PlotDeps): uPlot {
  const { what, points, stepMs, single, width, height, onPoint } = deps;
  const colour = (name: string) => colourOf(place, name);
  const number = new Intl.NumberFormat(deps.language);
  const axis = { stroke: colour('dim'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } };
  return new uPlot(
    {
      width,
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: together } },
      // The last step has a width too.
      scales: {
        x: { range: (_, first, last) => [first, last + stepMs / secondMs] },
        y: { range: (_, least, most) => rangeOf(what, single, least, most) },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: 70,
          ...(deps.span === 'day' ? {} : { incrs: [1, 2, 3, 7].map(days => days * daySeconds) }),
          values: (_, splits) => splits.map(timesOf(deps)),
        },
        {
          ...axis,
          size: 52,
          space: 22,
          incrs: single && what === 'servers' ? [1] : wholeSteps,
          values: (_, splits) => splits.map(value => number.format(Math.abs(value))),
        },
      ],
      series: [{}, ...seriesOf(what, single, colour)],
      hooks: {
        setCursor: [({ cursor: { idx, left } }) => onPoint(idx ?? null, left ?? 0)],
      },
    },
    dataOf(what, points),
    place,
  );
}

/** Nobody is half a server. */
const wholeSteps = [1, 2, 5]
  .flatMap(step => Array.from({ length: 7 }, (_, power) => step * 10 ** power))
  .sort((a, b) => a - b);

export function dataOf(what: What, points: readonly Point[]): uPlot.AlignedData {
  const times = points.map(({ atMs }) => atMs / secondMs);
  if (what !== 'changes') return [times, points.map(point => point[what])];
  return [
    times,
    points.map(({ joined }) => joined || null),
    points.map(({ left }) => -left || null),
    points.map(({ changed }) => changed || null),
  ];
}

function rangeOf(what: What, single: boolean, least: number | null, most: number | null): [number, number] {
  if (what === 'servers' && single) return [0, 1];
  const room = Math.max(1, most ?? 1) * 1.08;
  return [what === 'changes' ? Math.min(0, least ?? 0) * 1.08 : 0, room];
}

/** A value between two that are unknown is on no line: it gets a dot. */
function lonely({ data }: uPlot, series: number): number[] {
  const values = data[series]!;
  const known = (index: number): boolean => values[index] != null;
  return [...values.keys()].filter(index => known(index) && !known(index - 1) && !known(index + 1));
}

function seriesOf(what: What, single: boolean, colour: (name: string) => string): uPlot.Series[] {
  const line = { stroke: colour('accent'), width: 1.75, points: { show: true, size: 4, filter: lonely } };
  const fill = colour('chosen');
  const bars = uPlot.paths.bars!({ size: [0.7, 24], align: 1 });
  if (what === 'players') return [{ ...line, fill }];
  if (what === 'servers') return [{ ...line, ...(single ? { fill } : {}), paths: uPlot.paths.stepped!({ align: 1 }) }];
  return [
    { stroke: colour('good'), fill: colour('good'), width: 0, paths: bars, points: { show: false } },
    { stroke: colour('bad'), fill: colour('bad'), width: 0, paths: bars, points: { show: false } },
    { stroke: colour('fair'), width: 0, paths: () => null, points: { show: true, size: 5, fill: colour('fair') } },
  ];
}

function timesOf({ span, language }: PlotDeps): (seconds: number) => string {
  const options: Intl.DateTimeFormatOptions =
    span === 'day' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' };
  const format = new Intl.DateTimeFormat(language, options);
  return seconds => format.format(seconds * secondMs);
}
