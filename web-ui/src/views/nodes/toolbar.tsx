// Search, whom to show, and as what.
import { nodeOnlyNames, nodeSortNames, tiers } from '../../lib/nodes-view.ts';
import { text as shared } from '../../state/locale.ts';
import { Chips, Segments } from '../../ui/choices.tsx';
import { Icon } from '../../ui/icon.tsx';
import { view } from './data.ts';
import { change } from './moves.ts';
import { text } from './text.ts';

const shapes = ['asTable', 'asGraph'] as const;

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
        <Segments
          title={words.asTitle}
          names={shapes}
          chosen={graph ? 'asGraph' : 'asTable'}
          label={shape => words[shape]}
          onChoose={shape => change({ graph: shape === 'asGraph' })}
        />
        <Segments
          title={words.onlyTitle}
          names={nodeOnlyNames}
          chosen={only}
          label={name => words.only[name]}
          onChoose={only => change({ only })}
        />
        <Chips
          title={words.karmaTitle}
          names={tiers}
          chosen={chosen}
          label={tier => shared.value.servers.karma[tier]}
          onChoose={tiers => change({ tiers })}
        />
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
