// Search, and what is switched on and off most often.
import type { Signal } from '@preact/signals';
import { filterLengthMax } from '../../../../node/list/filter.ts';
import { hideNames, onlyNames } from '../../lib/view-state.ts';
import { text } from '../../state/locale.ts';
import { filter, view } from '../../state/servers.ts';
import { Chips, Segments } from '../../ui/choices.tsx';
import { Icon } from '../../ui/icon.tsx';
import { change } from './moves.ts';

export function Toolbar({ facetsOpen }: { facetsOpen: Signal<boolean> }) {
  const { servers } = text.value;
  const { filter: typed, hide, only } = view.value;
  const { fault } = filter.value;
  return (
    <search class="toolbar">
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={servers.search}
          placeholder={servers.searchHint}
          title="/"
          spellcheck={false}
          autocomplete="off"
          maxLength={filterLengthMax}
          value={typed}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : 'filter-fault'}
          onInput={({ currentTarget }) => change({ filter: currentTarget.value }, { typing: true })}
        />
        {fault !== null && (
          <p id="filter-fault" class="fault" role="status">
            {servers.filterFault(fault)}
          </p>
        )}
      </div>
      <button
        type="button"
        class="facets-toggle"
        aria-expanded={facetsOpen.value}
        aria-controls="facets"
        onClick={() => {
          facetsOpen.value = !facetsOpen.value;
        }}
      >
        <Icon name="sliders" /> {servers.filters}
      </button>
      <div class="toolbar-row">
        <Segments
          title={servers.onlyTitle}
          names={onlyNames}
          chosen={only}
          label={name => (
            <>
              {name === 'favourites' && <Icon name="star" filled={only === name} />}
              {servers.only[name]}
            </>
          )}
          onChoose={only => change({ only })}
        />
        <Chips
          title={servers.hideTitle}
          names={hideNames}
          chosen={hide}
          label={name => servers.hide[name]}
          onChoose={hide => change({ hide })}
        />
      </div>
    </search>
  );
}
