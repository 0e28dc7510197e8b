// How many servers there were, over the commits that the slider covers, with the statements that came into force.
import type { TargetedPointerEvent } from 'preact';
import { useMemo } from 'preact/hooks';
import { stepPath } from '../../lib/step-path.ts';
import type { Moment } from '../../lib/timeline.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { stepTo } from './playback.ts';
import { timeline } from './timeline-state.ts';
import { position, span } from './travel.ts';
import { words } from './words.ts';

/** Only proportions: the picture is stretched to the width that there is. */
const [width, height] = [1_000, 100];
/** Marks closer than this cover each other: the later one is drawn, the list beside it has them all. */
const marksMax = 60;

export function Chart() {
  const { from, to } = span.value;
  const { moments } = timeline.value;
  const { date, number } = formats.value;
  // Not with each step along it: it may be of 100,000 commits.
  const { line, area, most, marks } = useMemo(() => pictureOf(moments, from, to), [moments, from, to]);
  const share = (index: number): string => `${(100 * (index - from)) / Math.max(1, to - from)}%`;
  const travel = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const { left, width: wide } = event.currentTarget.getBoundingClientRect();
    stepTo(from + Math.round(((event.clientX - left) / wide) * (to - from)));
  };
  const [first, last] = [moments[from], moments[to]];
  if (!first || !last) return null;
  return (
    <div class="chart">
      <div class="chart-plot" onPointerDown={travel} onPointerMove={travel}>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words.value.chart(date(first.atMs), date(last.atMs), number(most))}
        >
          <path class="chart-area" d={area} />
          <path class="chart-line" d={line} />
        </svg>
        {marks.map(({ statement, index }) => (
          <span
            key={statement.oid}
            class={`chart-mark ${statement.kind}`}
            style={{ left: share(index) }}
            title={words.value.named(words.value.kinds[statement.kind]!, number(statement.sequence ?? 0))}
          >
            <span class="chart-flag">
              <Icon name={statement.kind === 'rollback' ? 'undo' : 'shield'} />
              {statement.sequence}
            </span>
          </span>
        ))}
        <span class="chart-cursor" style={{ left: share(position.value) }} />
        <span class="chart-most number">{number(most)}</span>
      </div>
    </div>
  );
}

function pictureOf(moments: readonly Moment[], from: number, to: number) {
  const inSight = moments.slice(from, to + 1);
  const counts = inSight.map(({ servers }) => servers);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const marks = inSight.flatMap(({ statement }, i) => (statement ? [{ statement, index: from + i }] : []));
  return { ...stepPath(counts, width, height, most), most, marks: marks.slice(-marksMax) };
}
