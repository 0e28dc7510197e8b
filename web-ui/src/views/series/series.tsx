// Servers, players and changes over a day, a week or a month: of the whole list, or of one server.
import type { Series as Counted } from '../../api/types.ts';
import { shown as printed, shortId } from '../../lib/format.ts';
import {
  formatSeriesPlace,
  knownPoints,
  type Point,
  parseSeriesPlace,
  pointsOf,
  type SeriesPlace,
  spans,
} from '../../lib/series.ts';
import { beat, catalogue } from '../../state/catalogue.ts';
import { formats } from '../../state/locale.ts';
import { address, go, place } from '../../state/place.ts';
import { Segments } from '../../ui/choices.tsx';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { Charts } from './charts.tsx';
import { useSeries } from './load.ts';
import { words } from './words.ts';

const addressOf = (place: SeriesPlace): string => address(['series'], formatSeriesPlace(place));

export function Series() {
  const wanted = parseSeriesPlace(place.value.query);
  const { of, span } = wanted;
  const { series, error, load } = useSeries(wanted);
  const text = words.value;
  return (
    <div class="series-view">
      <header>
        <h1>{of === 'list' ? text.ofList : <ServerName id={of} />}</h1>
        <Segments
          title={text.spanTitle}
          names={spans}
          chosen={span}
          label={name => text.spans[name]}
          onChoose={span => go(addressOf({ of, span }))}
        />
        <span class="note">{text.steps[span]}</span>
        {of !== 'list' && (
          <>
            <a href={address(['servers', of])}>{text.toServer}</a>
            <a href={addressOf({ of: 'list', span })}>{text.toList}</a>
          </>
        )}
      </header>
      {error.value && !series.value && <Failed error={error.value} onAgain={load} />}
      {!error.value && !series.value && <Loading />}
      {series.value && <Counts series={series.value} />}
    </div>
  );
}

function ServerName({ id }: { id: string }) {
  beat.value;
  const name = printed(catalogue.get(id)?.name ?? '');
  return <span dir="auto">{name || `${words.value.ofServer} ${shortId(id)}`}</span>;
}

function Counts({ series }: { series: Counted }) {
  const text = words.value;
  const points = knownPoints(pointsOf(series));
  if (points.length === 0) {
    return (
      <Empty title={text.nothing}>
        <p>{text.nothingHint}</p>
      </Empty>
    );
  }
  return (
    <>
      <Charts series={series} />
      <p class="note">{text.running}</p>
      <Table points={points.toReversed()} single={series.of !== 'list'} />
    </>
  );
}

function Table({ points, single }: { points: readonly Point[]; single: boolean }) {
  const text = words.value;
  const { utc, date, number } = formats.value;
  const cell = (value: number | null) => (value === null ? text.unknown : number(Math.round(value * 10) / 10));
  return (
    <details class="series-table">
      <summary>{text.table}</summary>
      <div class="series-table-place" tabIndex={0} role="group" aria-label={text.table}>
        <table>
          <thead>
            <tr>
              {[text.time, text.local, single ? text.answers : text.servers, text.players].map(name => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {[text.joined, text.left, text.changed].map(name => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ atMs, servers, players, joined, left, changed }) => (
              <tr key={atMs}>
                <th scope="row">{utc(atMs)}</th>
                <td>{date(atMs)}</td>
                <td>{cell(servers)}</td>
                <td>{cell(players)}</td>
                <td>{number(joined)}</td>
                <td>{number(left)}</td>
                <td>{number(changed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
