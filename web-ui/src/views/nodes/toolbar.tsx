// Search, whom to show, and as what.
import { nodeOnlyNames, nodeSortNames, tiers } from '../../lib/nodes-view.ts';
import { text as shared } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { view } from './data.ts';
import { change } from './moves.ts';
import { text } from './text.ts';

export function Toolbar() {
  const words = text.value;
  const { search, only, tiers: chosen, sort, graph } = view.value;
  return (
    <search class="toolbar">
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={words.search}
          placeholder={words.searchHint}
          title="/"
          spellcheck={false}
          autocomplete="off"
          value={search}
          onInput={({ currentTarget }) => change({ search: currentTarget.value }, { typing: true })}
        />
      </div>
      <div class="toolbar-row">
        <fieldset class="segments">
          <legend class="visually-hidden">{words.asTitle}</legend>
          <button type="button" aria-pressed={!graph} onClick={() => change({ graph: false })}>
            {words.asTable}
          </button>
          <button type="button" aria-pressed={graph} onClick={() => change({ graph: true })}>
            {words.asGraph}
          </button>
        </fieldset>
        <fieldset class="segments">
          <legend class="visually-hidden">{words.onlyTitle}</legend>
          {nodeOnlyNames.map(name => (
            <button key={name} type="button" aria-pressed={only === name} onClick={() => change({ only: name })}>
              {words.only[name]}
            </button>
          ))}
        </fieldset>
        <fieldset class="chips">
          <legend>{words.karmaTitle}</legend>
          {tiers.map(tier => {
            const pressed = chosen.includes(tier);
            const others = chosen.filter(other => other !== tier);
            return (
              <button
                key={tier}
                type="button"
                aria-pressed={pressed}
                onClick={() => change({ tiers: pressed ? others : [...others, tier] })}
              >
                {pressed && <Icon name="check" />}
                {shared.value.servers.karma[tier]}
              </button>
            );
          })}
        </fieldset>
        <select
          class="sort-select"
          aria-label={words.sortBy}
          value={sort.by}
          onChange={({ currentTarget }) =>
            change({ sort: { by: nodeSortNames.find(name => name === currentTarget.value)!, down: false } })
          }
        >
          {nodeSortNames.map(name => (
            <option key={name} value={name}>
              {words.columns[name]}
            </option>
          ))}
        </select>
      </div>
    </search>
  );
}
