// Peers and announcers: as a table or as a graph, with one of them beside it when the address names one.
import '../servers/servers.css';
import '../servers/detail.css';
import '../servers/narrow.css';
import '../../styles/write.css';
import './nodes.css';
import './graph.css';
import { useEffect } from 'preact/hooks';
import { isNodesNarrowed } from '../../lib/nodes-view.ts';
import { formats } from '../../state/locale.ts';
import { place } from '../../state/place.ts';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { announcersTotal, count, followNodes, loading, reload, shown, sources, view } from './data.ts';
import { Detail } from './detail.tsx';
import { Graph } from './graph.tsx';
import { resetView } from './moves.ts';
import { Table } from './table.tsx';
import { text } from './text.ts';
import { Toolbar } from './toolbar.tsx';

export function Nodes() {
  const peer = place.value.path[1];
  useEffect(followNodes, []);
  return (
    <div class={peer === undefined ? 'nodes' : 'nodes with-detail'}>
      <h1 class="visually-hidden">{text.value.title}</h1>
      <Toolbar />
      <section class="servers-list" aria-label={text.value.title}>
        <Summary />
        {sources.value !== null && view.value.graph ? <Graph /> : <Rows />}
      </section>
      {peer !== undefined && <Detail key={peer} peer={peer} />}
    </div>
  );
}

function Summary() {
  const { found, cut } = text.value;
  const { number } = formats.value;
  const announcers = sources.value?.announcers.length ?? 0;
  return (
    <div class="summary">
      <p role="status" class="summary-count">
        {sources.value && found(number(shown.value.length), number(count.value), shown.value.length)}
      </p>
      {announcers < announcersTotal.value && (
        <p class="note">{cut(number(announcers), number(announcersTotal.value))}</p>
      )}
    </div>
  );
}

function Rows() {
  const { state, error } = loading.value;
  if (state === 'failed' && error) return <Failed error={error} onAgain={reload} />;
  if (sources.value === null) return <Loading />;
  if (shown.value.length > 0) return <Table />;
  return (
    <Empty title={text.value.none}>
      {isNodesNarrowed(view.value) && (
        <button type="button" class="primary" onClick={resetView}>
          {text.value.reset}
        </button>
      )}
    </Empty>
  );
}
