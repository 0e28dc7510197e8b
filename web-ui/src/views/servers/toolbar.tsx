// Search, and what is switched on and off most often.
import type { Signal } from '@preact/signals';
import { filterLengthMax } from '../../../../node/list/filter.ts';
import { hideNames, onlyNames } from '../../lib/view-state.ts';
import { text } from '../../state/locale.ts';
import { filter, view } from '../../state/servers.ts';
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
        <fieldset class="segments">
          <legend class="visually-hidden">{servers.onlyTitle}</legend>
          {onlyNames.map(name => (
            <button key={name} type="button" aria-pressed={only === name} onClick={() => change({ only: name })}>
              {name === 'favourites' && <Icon name="star" filled={only === name} />}
              {servers.only[name]}
            </button>
          ))}
        </fieldset>
        <fieldset class="chips">
          <legend>{servers.hideTitle}</legend>
          {hideNames.map(name => {
            const pressed = hide.includes(name);
            const others = hide.filter(other => other !== name);
            return (
              <button
                key={name}
                type="button"
                aria-pressed={pressed}
                onClick={() => change({ hide: pressed ? others : [...others, name] })}
              >
                {pressed && <Icon name="check" />}
                {servers.hide[name]}
              </button>
            );
          })}
        </fieldset>
      </div>
    </search>
  );
}
