// The list as it was: whose servers, and each of them; who came and who went in that very commit.
import { useMemo } from 'preact/hooks';
import { shown as printed, shortId } from '../../lib/format.ts';
import { byAnnouncer, type RowThen, rowsThen, type Share, showNames } from '../../lib/then.ts';
import { text as common, formats } from '../../state/locale.ts';
import { address, go } from '../../state/place.ts';
import { narrow } from '../../state/screen.ts';
import { Segments } from '../../ui/choices.tsx';
import { Grid } from '../../ui/grid.tsx';
import { Failed, Loading } from '../../ui/state.tsx';
import { choose, loaded, moment, past, pastError, tryAgain, view } from './travel.ts';
import { words } from './words.ts';

const rowHeightPx = 36;
const narrowRowHeightPx = 56;
/** More bars say nothing more; the table finds the others. */
const announcersShown = 12;

export function ListThen() {
  const here = past.value;
  const text = words.value;
  const { announcer, show } = view.value;
  if (pastError.value) return <Failed error={pastError.value} onAgain={tryAgain} />;
  if (!here) return <Loading />;
  return (
    <section class="then" aria-labelledby="then-title">
      <header>
        <h2 id="then-title">{text.listThen}</h2>
        <Segments
          title={text.show}
          names={showNames}
          chosen={show}
          label={name => text.shows[name]}
          onChoose={show => choose({ show })}
        />
      </header>
      {here.whole ? <Announcers /> : <More />}
      <Rows key={`${announcer} ${show}`} />
    </section>
  );
}

/** Apart, for it is drawn anew with each piece that comes. */
function More() {
  const { number } = formats.value;
  return (
    <p class="note then-more">
      <span class="spinner" aria-hidden="true" />
      {words.value.loadingList(number(loaded.value), number(moment.value?.servers ?? loaded.value))}
    </p>
  );
}

function Announcers() {
  const here = past.value!;
  const text = words.value;
  const { number } = formats.value;
  const { announcer } = view.value;
  const shares = useMemo(() => byAnnouncer(here.listed, here.step), [here]);
  const inSight = shares.filter((share, i) => i < announcersShown || share.announcer === announcer);
  const most = Math.max(1, ...shares.map(({ count, left }) => count + left));
  if (shares.length === 0) return null;
  return (
    <section class="shares" aria-labelledby="shares-title">
      <h3 id="shares-title">{text.announcers}</h3>
      <ul>
        {inSight.map(share => (
          <li key={share.announcer}>
            <button
              type="button"
              class="quiet share-row"
              aria-pressed={share.announcer === announcer}
              title={share.announcer}
              onClick={() => choose({ announcer: share.announcer === announcer ? null : share.announcer })}
            >
              <code>{shortId(share.announcer, 6, 6)}</code>
              <Bar share={share} most={most} />
              <span class="number">{number(share.count)}</span>
              <span class="number">
                {share.joined > 0 && <span class="step joined">+{number(share.joined)}</span>}{' '}
                {share.left > 0 && <span class="step left">−{number(share.left)}</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {shares.length > inSight.length && <p class="note">{text.others(number(shares.length - inSight.length))}</p>}
    </section>
  );
}

const Bar = ({ share: { count, joined, left }, most }: { share: Share; most: number }) => (
  <span class="share-bar" aria-hidden="true">
    <span class="was" style={{ width: `${(100 * (count - joined)) / most}%` }} />
    <span class="joined" style={{ width: `${(100 * joined) / most}%` }} />
    <span class="left" style={{ width: `${(100 * left) / most}%` }} />
  </span>
);

function Rows() {
  const here = past.value!;
  const text = words.value;
  const { announcer, show } = view.value;
  const rows = useMemo(() => rowsThen(here.listed, here.step, show, announcer), [here, show, announcer]);
  // What is not here yet may be among what comes.
  if (rows.length === 0 && !here.whole) return null;
  if (rows.length === 0) return <p class="note then-none">{here.listed.size === 0 ? text.nothing : text.nothingSo}</p>;
  return (
    <div class="then-rows">
      <Grid<RowThen>
        label={text.listThen}
        rows={rows}
        idOf={({ server }) => server.id}
        rowHeight={narrow.value ? narrowRowHeightPx : rowHeightPx}
        header={<Header />}
        cells={row => <Cells {...row} />}
        rowClass={({ change }) => change ?? ''}
        selected={undefined}
        question={`${show} ${announcer}`}
        onOpen={({ server }) => go(address(['servers', server.id]))}
      />
    </div>
  );
}

const columns = ['change', 'name', 'game', 'address', 'announcer'] as const;

const Header = () => (
  <>
    {columns.map(name => (
      <span key={name} role="columnheader" class={`c-${name}`}>
        {words.value.columns[name]}
      </span>
    ))}
  </>
);

const signs = { joined: '+', left: '−', changed: '~' } as const;

function Cells({ server, change }: RowThen) {
  return (
    <>
      <span role="gridcell" class="c-change">
        {change && (
          <span class={`step ${change}`}>
            <span aria-hidden="true">{signs[change]}</span> {words.value.changes[change]}
          </span>
        )}
      </span>
      <span role="gridcell" class="c-name">
        <a href={address(['servers', server.id])} tabIndex={-1} dir="auto" title={printed(server.name)}>
          {printed(server.name) || common.value.servers.noName}
        </a>
      </span>
      <span role="gridcell" class="c-game">
        {printed(server.game)}
      </span>
      <span role="gridcell" class="c-address">
        {printed(server.addresses[0] ?? '')}
      </span>
      <span role="gridcell" class="c-announcer">
        <code title={server.announcer}>{shortId(server.announcer, 4, 6)}</code>
      </span>
    </>
  );
}
