// The list of servers, with one of them beside it when the address names one.
import './servers.css';
import './table.css';
import './detail.css';
import './narrow.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isNarrowed } from '../../lib/view-state.ts';
import { catalogue, loading, page, reload, total } from '../../state/catalogue.ts';
import { formats, text } from '../../state/locale.ts';
import { place } from '../../state/place.ts';
import { held, shown, view } from '../../state/servers.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Empty, Failed, Loading } from '../../ui/state.tsx';
import { Detail } from './detail.tsx';
import { Facets } from './facets.tsx';
import { ShowHidden } from './hidden.tsx';
import { resetView } from './moves.ts';
import { Summary } from './summary.tsx';
import { Table } from './table.tsx';
import { Toolbar } from './toolbar.tsx';

export function Servers() {
  const facetsOpen = useSignal(false);
  const id = place.value.path[1];
  useEffect(
    () => () => {
      held.value = false;
    },
    [],
  );
  return (
    <div class={id === undefined ? 'servers' : 'servers with-detail'}>
      <h1 class="visually-hidden">{text.value.servers.title}</h1>
      <Toolbar facetsOpen={facetsOpen} />
      <Facets open={facetsOpen} />
      <section class="servers-list" aria-label={text.value.servers.title}>
        <Summary />
        <Rows />
      </section>
      {id !== undefined && <Detail key={id} id={id} known={catalogue.get(id)} />}
    </div>
  );
}

function Rows() {
  const { servers } = text.value;
  const { state, error } = loading.value;
  if (shown.value.length > 0) return <Table />;
  if (state === 'loading') return <Loading />;
  if (state === 'failed' && error) return <Failed error={error} onAgain={reload} />;
  const hidden = view.value.everything ? 0 : (page.value?.hidden.total ?? 0);
  const count = formats.value.number(hidden);
  if (isNarrowed(view.value) || (total.value > 0 && hidden === 0)) {
    return (
      <Empty title={servers.none(formats.value.number(total.value))}>
        <button type="button" class="primary" onClick={resetView}>
          {servers.reset}
        </button>
        {hidden > 0 && (
          <>
            <p>{servers.hiddenNotSearched(count)}</p>
            <ShowHidden />
          </>
        )}
      </Empty>
    );
  }
  if (hidden > 0) {
    return (
      <Empty title={servers.allHidden(count)}>
        <p class="state-words">{servers.hiddenWhy}</p>
        <ShowHidden />
      </Empty>
    );
  }
  return (
    <Empty title={servers.noneAtAll}>
      <p>{servers.noneAtAllHint}</p>
      <Copyable
        what="rollcall announce"
        value="rollcall announce --game openarena --name 'My server' --address play.example.org:27960"
      />
    </Empty>
  );
}
