// The rows. What stands in them is changed as news comes; where they stand changes only when nobody is at them.
import { shown as printed } from '../../lib/format.ts';
import { isLocked, type Row, sinceOf } from '../../lib/rows.ts';
import { formatView, type SortName } from '../../lib/view-state.ts';
import { beat } from '../../state/catalogue.ts';
import { now } from '../../state/clock.ts';
import { formats, text } from '../../state/locale.ts';
import { go, place } from '../../state/place.ts';
import { narrow } from '../../state/screen.ts';
import { held, shown, view } from '../../state/servers.ts';
import { favourites, toggleFavourite } from '../../state/settings.ts';
import { Grid } from '../../ui/grid.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Karma, Standing } from '../../ui/marks.tsx';
import { Ago } from '../../ui/time.tsx';
import { addressOf, change } from './moves.ts';

const rowHeightPx = 36;
/** Two lines on a phone. */
const narrowRowHeightPx = 60;
/** How long a row shows that it has just changed. */
const newsMs = 4_000;

export function Table() {
  // Rows are changed in place: this is what says that they were.
  beat.value;
  const { only, everything, sort, filter, facets, hide } = view.value;
  return (
    <Grid<Row>
      label={text.value.servers.title}
      rows={shown.value}
      idOf={row => row.id}
      rowHeight={narrow.value ? narrowRowHeightPx : rowHeightPx}
      header={<Header />}
      cells={row => <Cells row={row} />}
      rowClass={row => (row.gone ? 'gone' : now.peek() - row.newsAtMs < newsMs ? 'news' : '')}
      selected={place.value.path[1]}
      question={formatView({ only, everything, sort, filter, facets, hide }).toString()}
      onOpen={row => go(addressOf(row.id))}
      onKey={(key, row) => key.toLowerCase() === 'f' && toggleFavourite(row.id)}
      onHeld={isHeld => {
        held.value = isHeld;
      }}
    />
  );
}

const columns: readonly { name: SortName | 'favourite' | 'address'; class: string }[] = [
  { name: 'favourite', class: 'c-star' },
  { name: 'name', class: 'c-name' },
  { name: 'game', class: 'c-game' },
  { name: 'players', class: 'c-players number' },
  { name: 'ping', class: 'c-ping number' },
  { name: 'map', class: 'c-map' },
  { name: 'address', class: 'c-address' },
  { name: 'age', class: 'c-age number' },
  { name: 'standing', class: 'c-standing' },
  { name: 'karma', class: 'c-karma' },
];

function Header() {
  const { servers } = text.value;
  const { sort } = view.value;
  const titles: Readonly<Record<string, string>> = { ping: servers.pingTitle, age: servers.ageTitle };
  return (
    <>
      {columns.map(({ name, class: columnClass }) => {
        const sorted = sort.by === name;
        if (name === 'favourite' || name === 'address') {
          return (
            <span key={name} role="columnheader" class={columnClass}>
              <span class={name === 'favourite' ? 'visually-hidden' : ''}>{servers.columns[name]}</span>
            </span>
          );
        }
        return (
          <span
            key={name}
            role="columnheader"
            class={columnClass}
            aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : undefined}
            title={titles[name]}
          >
            <button type="button" onClick={() => sortBy(name)}>
              {servers.columns[name]}
              {sorted && <span aria-hidden="true">{sort.down ? ' ↑' : ' ↓'}</span>}
            </button>
          </span>
        );
      })}
    </>
  );
}

/** First the usual way round, then the other, then the node's own order again. */
function sortBy(by: SortName): void {
  const { sort } = view.peek();
  if (sort.by !== by) change({ sort: { by, down: false } });
  else if (!sort.down) change({ sort: { by, down: true } });
  else change({ sort: { by: 'rank', down: false } });
}

function Cells({ row }: { row: Row }) {
  const { servers } = text.value;
  const { observed } = row;
  const favourite = favourites.value.includes(row.id);
  return (
    <>
      <span role="gridcell" class="c-star">
        <button
          type="button"
          class="quiet star"
          tabIndex={-1}
          aria-pressed={favourite}
          aria-label={servers.addFavourite}
          title={favourite ? servers.removeFavourite : servers.addFavourite}
          onClick={() => toggleFavourite(row.id)}
        >
          <Icon name="star" filled={favourite} />
        </button>
      </span>
      <span role="gridcell" class="c-name">
        <a href={addressOf(row.id)} tabIndex={-1} dir="auto" title={printed(row.name)}>
          {row.name === '' ? servers.noName : printed(row.name)}
        </a>
        {isLocked(row) && (
          <span class="lock" title={servers.locked}>
            <Icon name="lock" />
            <span class="visually-hidden">{servers.locked}</span>
          </span>
        )}
        {row.hidden !== null && (
          <span class="tag" title={servers.hidden(servers.hiding[row.hidden])}>
            {servers.hidden(servers.hidingShort[row.hidden])}
          </span>
        )}
        {row.gone && <span class="tag">{servers.gone}</span>}
      </span>
      <span role="gridcell" class="c-game">
        {printed(row.game)}
      </span>
      <span role="gridcell" class="c-players number">
        <Players row={row} />
      </span>
      <span role="gridcell" class="c-ping number">
        {observed?.up && observed.rttMs !== null ? servers.ms(formats.value.number(Math.round(observed.rttMs))) : ''}
      </span>
      <span role="gridcell" class="c-map" dir="auto">
        {printed(observed?.map ?? '')}
      </span>
      <span role="gridcell" class="c-address">
        {printed(row.addresses[0] ?? '')}
        {row.addresses.length > 1 && <span class="note"> +{row.addresses.length - 1}</span>}
      </span>
      <span role="gridcell" class="c-age number">
        <Ago atMs={sinceOf(row)} short />
      </span>
      <span role="gridcell" class="c-standing">
        <Standing standing={row.standing} />
      </span>
      <span role="gridcell" class="c-karma">
        <Karma karma={row.karma} />
      </span>
    </>
  );
}

function Players({ row: { observed } }: { row: Row }) {
  const { servers } = text.value;
  if (observed === null) return <span class="dim">{servers.unknown}</span>;
  if (!observed.up) return <span class="dim">{servers.noAnswer}</span>;
  const { players, maxPlayers } = observed;
  const share = players === null || !maxPlayers ? 0 : Math.min(1, players / maxPlayers);
  const flags = (observed.flags ?? []).map(flag => servers.flags[flag] ?? flag).join(', ');
  return (
    <>
      {flags !== '' && (
        <span class="flagged" title={flags}>
          <Icon name="warning" />
          <span class="visually-hidden">{flags}</span>
        </span>
      )}
      <span class={players === 0 ? 'dim' : ''}>
        {players ?? '?'}
        <span class="dim">/{maxPlayers ?? '?'}</span>
      </span>
      <span class="meter" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </>
  );
}
