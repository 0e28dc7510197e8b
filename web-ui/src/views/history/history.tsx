// The history of the list: every commit that this node knows, with the lines between them.
import './history.css';
import './lines.css';
import { useEffect } from 'preact/hooks';
import { formats, text } from '../../state/locale.ts';
import { address, place } from '../../state/place.ts';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { commits, error, filtered, held, keepCommits, load, showNews, state, waiting } from './commits.ts';
import { historyAddress } from './moves.ts';
import { Table } from './table.tsx';
import { Toolbar } from './toolbar.tsx';
import { words } from './words.ts';

export function History() {
  useEffect(() => {
    const end = keepCommits();
    return () => {
      end();
      held.value = false;
    };
  }, []);
  return (
    <div class="history">
      <h1 class="visually-hidden">{words.value.history.title}</h1>
      <Toolbar />
      <Summary />
      <Rows />
    </div>
  );
}

function Summary() {
  const { history } = words.value;
  const { number } = formats.value;
  const count = commits.value.length;
  const news = waiting.value.length;
  return (
    <div class="summary">
      <p role="status" class="summary-count">
        {state.value === 'loading' ? '' : history.found(number(count), count)}
      </p>
      {state.value === 'more' && !error.value && <p class="note">{history.loadingMore}</p>}
      {error.value && count > 0 && (
        <button type="button" class="pending" onClick={load}>
          <Icon name="warning" /> {text.value.shell.failed}: {text.value.shell.again}
        </button>
      )}
      {news > 0 && (
        <button type="button" class="pending" onClick={showNews}>
          <Icon name="up" /> {history.news(number(news), news)}
        </button>
      )}
      <span class="grow" />
      {!filtered.value && <Legend />}
      <Copy what={history.copyLink} value={location.origin + address(place.value.path, place.value.query)} />
    </div>
  );
}

function Legend() {
  const { legend } = words.value.history;
  return (
    <ul class="legend" aria-label={legend.title}>
      {(['own', 'signed', 'back', 'fallen'] as const).map(kind => (
        <li key={kind}>
          <svg width="22" height="10" aria-hidden="true">
            <path class={`line ${kind}`} d="M1 5H21" />
          </svg>
          {legend[kind]}
        </li>
      ))}
    </ul>
  );
}

function Rows() {
  const { history } = words.value;
  if (commits.value.length > 0 && state.value !== 'loading') return <Table />;
  if (error.value) return <Failed error={error.value} onAgain={load} />;
  if (state.value === 'loading') return <Loading />;
  return (
    <Empty title={filtered.value ? history.noneMatch : history.none}>
      {filtered.value && <a href={historyAddress({})}>{history.showAll}</a>}
    </Empty>
  );
}
