// Three charts below each other that show the same time: how many servers, how many players, who came and went.
import 'uplot/dist/uPlot.min.css';
import './series.css';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Series } from '../../api/types.ts';
import { type Point, peakOf, pointsOf } from '../../lib/series.ts';
import { formats } from '../../state/locale.ts';
import { language, theme } from '../../state/settings.ts';
import { draw, type What } from './plot.ts';
import { words } from './words.ts';

const whats: readonly What[] = ['servers', 'players', 'changes'];
const heightPx = 170;
const smallHeightPx = 120;

export type ChartsProps = { readonly series: Series; readonly small?: boolean };

export function Charts({ series, small = false }: ChartsProps) {
  const points = useMemo(() => pointsOf(series), [series]);
  const shown = small ? whats.slice(0, 2) : whats;
  return (
    <>
      {shown.map(what => (
        <Chart key={what} what={what} series={series} points={points} small={small} />
      ))}
    </>
  );
}

type ChartProps = {
  readonly what: What;
  readonly series: Series;
  readonly points: readonly Point[];
  readonly small: boolean;
};

function Chart({ what, series: { of, span, stepMs }, points, small }: ChartProps) {
  const height = small ? smallHeightPx : heightPx;
  const place = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const dark = useSignal(matchMedia('(prefers-color-scheme: dark)').matches);
  const pointed = useSignal<{ point: Point; left: number } | null>(null);
  const single = of !== 'list';
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const change = () => {
      dark.value = query.matches;
    };
    query.addEventListener('change', change);
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.floor(entry!.contentRect.width);
    });
    observer.observe(place.current!);
    return () => {
      query.removeEventListener('change', change);
      observer.disconnect();
    };
  }, []);
  // A canvas knows no variables: it is drawn again when what they mean has changed.
  useLayoutEffect(() => {
    if (width.value === 0) return;
    const onPoint = (index: number | null, left: number) => {
      const point = index === null ? undefined : points[index];
      pointed.value = point ? { point, left } : null;
    };
    const plot = draw(place.current!, {
      what,
      points,
      stepMs,
      span,
      language: language.value,
      single,
      width: width.value,
      height,
      onPoint,
    });
    return () => plot.destroy();
  }, [points, width.value, dark.value, theme.value, language.value, height]);
  const text = words.value;
  const { number, date } = formats.value;
  const name = single && what === 'servers' ? 'answers' : what;
  const Heading = small ? 'h4' : 'h2';
  const counted = what !== 'changes' && name !== 'answers';
  const peak = counted ? peakOf(points, what) : null;
  const most = peak ? text.peak(number(Math.round(peak.value)), date(peak.atMs)) : counted ? text.unknown : '';
  return (
    <figure class="plot">
      <figcaption>
        <Heading>{text[name]}</Heading> <span class="note">{text.hints[name]}</span>
        {most !== '' && <span class="note number">{most}</span>}
      </figcaption>
      <div class="plot-place">
        <div
          ref={place}
          role="img"
          aria-label={text.chart(text[name], text.spans[span], most || text.hints[name])}
          style={{ minHeight: `${height}px` }}
        />
        {pointed.value && <Tip what={what} single={single} width={width.value} {...pointed.value} />}
      </div>
    </figure>
  );
}

type TipProps = {
  readonly what: What;
  readonly single: boolean;
  readonly width: number;
  readonly point: Point;
  readonly left: number;
};

/** The exact time, here and in UTC. On the side where there is room. */
function Tip({ what, single, width, point, left }: TipProps) {
  const text = words.value;
  const { utc, date, number } = formats.value;
  const value = what === 'changes' ? null : point[what];
  return (
    <div class="tip" style={left > width / 2 ? { left: '56px' } : { right: '4px' }} aria-hidden="true">
      <span class="number">{utc(point.atMs)}</span>
      <span class="note">{date(point.atMs)}</span>
      {what === 'changes' ? (
        <strong class="number">
          +{number(point.joined)} −{number(point.left)} ~{number(point.changed)}
        </strong>
      ) : (
        <strong class="number">
          {value === null ? text.unknown : number(Math.round(value * 10) / 10)}{' '}
          {value !== null && text[single && what === 'servers' ? 'answers' : what]}
        </strong>
      )}
    </div>
  );
}
