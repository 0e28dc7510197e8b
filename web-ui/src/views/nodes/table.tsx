// Nodes in rows: what is odd stands beside each, in words.
import { shown as printed, shortId } from '../../lib/format.ts';
import { changesOf, type NodeRow } from '../../lib/nodes.ts';
import type { NodeSort } from '../../lib/nodes-view.ts';
import { formats } from '../../state/locale.ts';
import { go, place } from '../../state/place.ts';
import { narrow } from '../../state/screen.ts';
import { Grid } from '../../ui/grid.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Karma } from '../../ui/marks.tsx';
import { Ago } from '../../ui/time.tsx';
import { Spark } from './chart.tsx';
import { held, question, shown, view } from './data.ts';
import { addressOf, change } from './moves.ts';
import { text } from './text.ts';
import { suspicionWords } from './words.ts';

const rowHeightPx = 36;
/** Two lines on a phone. */
const narrowRowHeightPx = 60;

export const Table = () => (
  <Grid<NodeRow>
    label={text.value.title}
    rows={shown.value}
    idOf={row => row.peer}
    rowHeight={narrow.value ? narrowRowHeightPx : rowHeightPx}
    header={<Header />}
    cells={row => <Cells row={row} />}
    rowClass={row => (row.suspicions.length > 0 ? 'odd' : '')}
    selected={place.value.path[1]}
    question={question.value}
    onOpen={row => go(addressOf(row.peer))}
    onHeld={isHeld => {
      held.value = isHeld;
    }}
  />
);

const columns: readonly { name: NodeSort; class: string }[] = [
  { name: 'node', class: 'n-node' },
  { name: 'servers', class: 'n-servers number' },
  { name: 'players', class: 'n-players number' },
  { name: 'games', class: 'n-games' },
  { name: 'karma', class: 'n-karma' },
  { name: 'changes', class: 'n-changes number' },
  { name: 'connection', class: 'n-connection' },
  { name: 'since', class: 'n-since number' },
  { name: 'suspicions', class: 'n-odd' },
];

function Header() {
  const words = text.value;
  const { sort } = view.value;
  const titles: Partial<Record<NodeSort, string>> = {
    servers: words.serversTitle,
    changes: words.changesTitle,
    since: words.sinceTitle,
  };
  return (
    <>
      {columns.map(({ name, class: columnClass }) => {
        const sorted = sort.by === name;
        return (
          <span
            key={name}
            role="columnheader"
            class={columnClass}
            aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : undefined}
            title={titles[name]}
          >
            <button type="button" onClick={() => change({ sort: { by: name, down: sorted && !sort.down } })}>
              {words.columns[name]}
              {sorted && <span aria-hidden="true">{sort.down ? ' ↑' : ' ↓'}</span>}
            </button>
          </span>
        );
      })}
    </>
  );
}

function Cells({ row }: { row: NodeRow }) {
  const words = text.value;
  const { number } = formats.value;
  const changes = changesOf(row);
  const { connection } = row;
  return (
    <>
      <span role="gridcell" class="n-node">
        <a href={addressOf(row.peer)} tabIndex={-1} title={row.peer}>
          <code>{shortId(printed(row.peer), row.self ? 0 : 8, 8)}</code>
        </a>
        {row.self && <span class="tag">{words.self}</span>}
      </span>
      <span role="gridcell" class="n-servers number">
        <span class={row.servers === 0 ? 'dim' : ''}>{number(row.servers)}</span>
        {row.servers > 0 && <span class="dim n-endorsed"> · {words.endorsed(number(row.endorsed))}</span>}
      </span>
      <span role="gridcell" class="n-players number">
        <span class={row.players === 0 ? 'dim' : ''}>{number(row.players)}</span>
      </span>
      <span role="gridcell" class="n-games">
        {row.games.map(game => printed(game)).join(', ')}
      </span>
      <span role="gridcell" class="n-karma">
        <Karma karma={row.karma} />
      </span>
      <span role="gridcell" class="n-changes number">
        {row.days && <Spark days={row.days} />}
        {changes !== null && <span class={changes === 0 ? 'dim' : ''}>{number(changes)}</span>}
      </span>
      <span role="gridcell" class="n-connection">
        {connection && (
          <>
            {words.directions[connection.direction]}
            {connection.rttMs !== null && (
              <span class="dim number"> · {words.ms(number(Math.round(connection.rttMs)))}</span>
            )}
          </>
        )}
      </span>
      <span role="gridcell" class="n-since number">
        {row.since !== null && <Ago atMs={row.since} short />}
      </span>
      <span role="gridcell" class="n-odd">
        {row.suspicions.length > 0 && (
          <span class="mark flagged" title={row.suspicions.map(suspicionWords).join('; ')}>
            <Icon name="warning" />
            <span class="n-odd-words">{row.suspicions.map(suspicionWords).join('; ')}</span>
          </span>
        )}
      </span>
    </>
  );
}
