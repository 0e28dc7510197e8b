// The last day of one server, small, beside what else is known of it.
import { formatSeriesPlace, knownPoints, pointsOf } from '../../lib/series.ts';
import { address } from '../../state/place.ts';
import { Failed, Loading } from '../../ui/state.tsx';
import { Charts } from './charts.tsx';
import { useSeries } from './load.ts';
import { words } from './words.ts';

export function ServerSeries({ id }: { id: string }) {
  const { series, error, load } = useSeries({ of: id, span: 'day' });
  const text = words.value;
  if (error.value) return <Failed error={error.value} onAgain={load} />;
  if (!series.value) return <Loading />;
  if (knownPoints(pointsOf(series.value)).length === 0) return <p class="note">{text.nothing}</p>;
  return (
    <>
      <Charts series={series.value} small />
      <a href={address(['series'], formatSeriesPlace({ of: id, span: 'day' }))}>{text.more}</a>
    </>
  );
}
