// What happened to an announcer's servers, day by day: what came stands above the line, what went below it.
import type { Days } from '../../lib/nodes.ts';
import { formats } from '../../state/locale.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { text } from './text.ts';

const dayMs = 86_400_000;
const barPx = 9;
const gapPx = 1;
const halfPx = 44;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** As large as a word; the number beside it says it in digits. */
export function Spark({ days }: { days: Days }) {
  const totals = days.joined.map((joined, at) => joined + days.left[at]! + days.changed[at]!);
  const most = Math.max(...totals, 1);
  const points = totals.map((total, at) => `${2 * at} ${(14 - (12 * total) / most).toFixed(1)}`);
  return (
    <svg class="spark" viewBox="0 0 60 16" width="60" height="16" aria-hidden="true">
      <path d={`M${points.join('L')}`} />
    </svg>
  );
}

export function Changes({ days }: { days: Days }) {
  const { detail } = text.value;
  const { number, utc } = formats.value;
  const { joined, left, changed, from } = days;
  const totals = [joined, left, changed].map(sum);
  if (sum(totals) === 0) return <p class="note">{detail.changesNone}</p>;
  const most = Math.max(...joined.map((count, at) => count + changed[at]!), ...left, 1);
  const high = (count: number) => (halfPx * count) / most;
  const width = joined.length * (barPx + gapPx);
  const dayOf = (at: number) => utc(from + at * dayMs).slice(0, 10);
  const [j, l, c] = totals.map(number);
  return (
    <figure class="changes">
      <svg viewBox={`0 0 ${width} ${2 * halfPx + 2}`} role="img" aria-label={detail.chart(j!, l!, c!)}>
        <path class="axis" d={`M0 ${halfPx + 1}h${width}`} />
        {joined.map((count, at) => {
          const x = at * (barPx + gapPx);
          const up = high(count);
          const over = high(changed[at]!);
          const words = `${dayOf(at)}: ${count} ${detail.joined}, ${left[at]} ${detail.left}, ${changed[at]} ${detail.changed}`;
          return (
            <g key={x}>
              <title>{words}</title>
              <rect class="nothing" x={x} y="0" width={barPx} height={2 * halfPx} />
              <rect class="joined" x={x} y={halfPx - up} width={barPx} height={up} />
              <rect class="changed" x={x} y={halfPx - up - over} width={barPx} height={over} />
              <rect class="left" x={x} y={halfPx + 2} width={barPx} height={high(left[at]!)} />
            </g>
          );
        })}
      </svg>
      <figcaption class="note changes-legend">
        <span class="joined">{`${j} ${detail.joined}`}</span>
        <span class="changed">{`${c} ${detail.changed}`}</span>
        <span class="left">{`${l} ${detail.left}`}</span>
        <span>{detail.most(number(most))}</span>
      </figcaption>
      <details>
        <summary>{detail.asTable}</summary>
        <PlainTable label={detail.asTable} columns={[detail.day, detail.joined, detail.left, detail.changed]}>
          <tbody>
            {joined.map((count, at) => (
              <tr key={at}>
                <th scope="row">{dayOf(at)}</th>
                <td>{number(count)}</td>
                <td>{number(left[at]!)}</td>
                <td>{number(changed[at]!)}</td>
              </tr>
            ))}
          </tbody>
        </PlainTable>
      </details>
    </figure>
  );
}
