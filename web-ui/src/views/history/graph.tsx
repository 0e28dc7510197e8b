// One row of the graph. What a line or a commit is, is told by colour and by shape.
import type { CommitKind } from '../../api/types.ts';
import type { LaneRow, LineKind } from '../../lib/lanes.ts';

const lanePx = 14;
/** More lanes than that are drawn on one another: a phone has no room for them. */
const lanesMax = 8;

export const graphWidth = (lanes: number): number => (Math.min(Math.max(lanes, 1), lanesMax) + 0.5) * lanePx;

const x = (lane: number): number => (Math.min(lane, lanesMax - 1) + 0.75) * lanePx;

export function Graph({ lanes, kind, width, height }: GraphProps) {
  const middle = height / 2;
  const at = x(lanes?.lane ?? 0);
  return (
    <svg class="graph" width={width} height={height} aria-hidden="true">
      {lanes && linesOf(lanes, height).map(({ line, d }) => <path key={d} class={`line ${line}`} d={d} />)}
      {lanes?.stub && <path class="line stub" d={`M${at} ${middle}V${height}`} />}
      <Shape kind={kind} fallen={lanes?.fallen ?? false} x={at} y={middle} />
    </svg>
  );
}

export type GraphProps = {
  readonly lanes: LaneRow | null;
  readonly kind: CommitKind;
  readonly width: number;
  readonly height: number;
};

function linesOf({ lane, before, after, bends }: LaneRow, height: number): { line: LineKind; d: string }[] {
  const middle = height / 2;
  const above = before.flatMap((line, i) => (line ? [{ line: line.kind, d: `M${x(i)} 0V${middle}` }] : []));
  const passing = after.flatMap((line, i) =>
    line && line === before[i] && i !== lane ? [{ line: line.kind, d: `M${x(i)} ${middle}V${height}` }] : [],
  );
  const bent = bends.map(([from, to, line]) => ({
    line,
    d: `M${x(from)} ${middle}C${x(from)} ${height} ${x(to)} ${middle} ${x(to)} ${height}`,
  }));
  return [...above, ...passing, ...bent];
}

function Shape({ kind, fallen, x, y }: { kind: CommitKind; fallen: boolean; x: number; y: number }) {
  const shape = `shape ${kind} ${fallen ? 'fallen' : ''}`;
  if (kind === 'own') return <circle class={shape} cx={x} cy={y} r={3.5} />;
  if (kind === 'merge') return <circle class={shape} cx={x} cy={y} r={4.5} />;
  if (kind === 'checkpoint') return <rect class={shape} x={x - 4.5} y={y - 4.5} width={9} height={9} />;
  return <path class={shape} d={`M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z`} />;
}
