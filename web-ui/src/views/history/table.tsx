// The rows of the history: the graph on the left, what each commit did beside it.
import { shortId, shown } from '../../lib/format.ts';
import { go } from '../../state/place.ts';
import { narrow } from '../../state/screen.ts';
import { status } from '../../state/status.ts';
import { Grid } from '../../ui/grid.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { Changes } from './changes.tsx';
import { type CommitRow, commits, filtered, held, rows, statements, view } from './commits.ts';
import { Graph, graphWidth } from './graph.tsx';
import { commitAddress, pick } from './moves.ts';
import { Signature } from './signature.tsx';
import { words } from './words.ts';

const rowHeightPx = 36;
const narrowRowHeightPx = 62;

export function Table() {
  const { history } = words.value;
  const { base, at, ...filters } = view.value;
  const height = narrow.value ? narrowRowHeightPx : rowHeightPx;
  const lanes = rows.value.reduce((most, { lanes }) => Math.max(most, lanes?.after.length ?? 1), 1);
  const width = graphWidth(lanes);
  const shownAt = at === '' ? undefined : rows.value.find(({ commit }) => commit.oid.startsWith(at))?.commit.oid;
  return (
    <div class="history-table" style={{ '--graph': `${width}px` }}>
      <Grid<CommitRow>
        label={history.title}
        rows={rows.value}
        idOf={({ commit }) => commit.oid}
        rowHeight={height}
        header={<Header />}
        cells={row => <Cells row={row} width={width} height={height} />}
        rowClass={({ commit, lanes }) =>
          `${base !== '' && commit.oid.startsWith(base) ? 'base' : ''} ${lanes?.fallen ? 'fallen' : ''}`
        }
        selected={shownAt}
        reveal={shownAt}
        question={JSON.stringify(filters)}
        onOpen={({ commit }) => go(commitAddress(commit.oid))}
        onKey={(key, { commit }) => key.toLowerCase() === 'c' && pick(commit.oid, isOlder)}
        onHeld={isHeld => {
          held.value = isHeld;
        }}
      />
    </div>
  );
}

/** By their places in what is shown: newest first. */
function isOlder(a: string, b: string): boolean {
  const place = (oid: string) => commits.peek().findIndex(commit => commit.oid.startsWith(oid));
  return place(a) > place(b);
}

function Header() {
  const { columns } = words.value.history;
  return (
    <>
      <span role="columnheader" class="h-graph">
        <span class="visually-hidden">{columns.graph}</span>
      </span>
      {(['summary', 'changes', 'author', 'signature', 'time', 'commit'] as const).map(name => (
        <span key={name} role="columnheader" class={`h-${name}`}>
          {columns[name]}
        </span>
      ))}
      <span role="columnheader" class="h-pick">
        <span class="visually-hidden">{columns.pick}</span>
      </span>
    </>
  );
}

/** What is said of the signature of a statement that the node has not kept. */
const notKept = (status: string) => ({
  reason: '',
  why: { code: status === 'good' ? 'replaced' : 'untrusted', values: {} },
});

type CellsProps = { readonly row: CommitRow; readonly width: number; readonly height: number };

function Cells({ row: { commit, lanes }, width, height }: CellsProps) {
  const { history, kinds } = words.value;
  const { oid, kind, author } = commit;
  const self = author === status.value?.peerId;
  const picked = view.value.base !== '' && oid.startsWith(view.value.base);
  const statement = statements.value.get(oid);
  return (
    <>
      <span role="gridcell" class="h-graph" aria-label={kinds[kind]}>
        <Graph lanes={filtered.value ? null : lanes} kind={kind} width={width} height={height} />
      </span>
      <span role="gridcell" class="h-summary">
        {kind !== 'own' && <span class={`tag ${kind}`}>{kinds[kind]}</span>}
        {commit.cut && commit.status === null && (
          <span class="tag" title={history.beginsTitle}>
            {history.begins}
          </span>
        )}
        {lanes?.fallen && <span class="tag fallen">{history.fallen}</span>}
        <a href={commitAddress(oid)} tabIndex={-1} dir="auto" title={shown(commit.summary)}>
          {shown(commit.summary) || history.noSummary}
        </a>
      </span>
      <span role="gridcell" class="h-changes number">
        {commit.status === null ? <Changes {...commit} /> : null}
      </span>
      <span role="gridcell" class="h-author" title={self ? history.selfTitle(author) : shown(author)}>
        {commit.status !== null
          ? shown(author).replace(/ <.*$/, '')
          : self
            ? history.self
            : shortId(shown(author), 0, 8)}
      </span>
      <span role="gridcell" class="h-signature">
        {commit.status !== null && <Signature {...(statement ?? notKept(commit.status))} status={commit.status} />}
      </span>
      <span role="gridcell" class="h-time number">
        <Ago atMs={commit.atMs} />
      </span>
      <span role="gridcell" class="h-commit">
        <code title={oid}>{oid.slice(0, 8)}</code>
      </span>
      <span role="gridcell" class="h-pick">
        <button
          type="button"
          class="quiet"
          tabIndex={-1}
          aria-pressed={picked}
          aria-label={history.pick(oid.slice(0, 8))}
          title={history.pickTitle}
          onClick={() => pick(oid, isOlder)}
        >
          <Icon name="compare" />
        </button>
      </span>
    </>
  );
}
