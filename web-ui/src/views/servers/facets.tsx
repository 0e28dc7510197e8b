// What there is, counted: each number says how many rows choosing it would show.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { shown as printed, shortId } from '../../lib/format.ts';
import { unknown } from '../../lib/rows.ts';
import { type FacetName, facetNames, isNarrowed, withFacet } from '../../lib/view-state.ts';
import { formats, text } from '../../state/locale.ts';
import { facetCounts, view } from '../../state/servers.ts';
import { change, resetView } from './moves.ts';

/** What is seen without asking, and all that anybody looks through; the search finds the rest. */
const valuesShown = 7;
const valuesMax = 200;

export function Facets({ open }: { open: Signal<boolean> }) {
  const panel = useRef<HTMLElement>(null);
  const { servers } = text.value;
  useEffect(() => {
    if (open.value) panel.current?.focus();
  }, [open.value]);
  return (
    <aside
      id="facets"
      ref={panel}
      tabIndex={-1}
      class={open.value ? 'facets open' : 'facets'}
      aria-label={servers.filters}
      onKeyDown={event => {
        if (event.key === 'Escape') open.value = false;
      }}
    >
      {facetNames.map(name => (
        <Facet key={name} name={name} />
      ))}
      <label class="everything" title={servers.everythingTitle}>
        <input
          type="checkbox"
          checked={view.value.everything}
          onChange={({ currentTarget }) => change({ everything: currentTarget.checked })}
        />
        {servers.everything}
      </label>
      {isNarrowed(view.value) && (
        <button type="button" onClick={resetView}>
          {servers.reset}
        </button>
      )}
    </aside>
  );
}

function Facet({ name }: { name: FacetName }) {
  const all = useSignal(false);
  const { servers } = text.value;
  const chosen = view.value.facets[name] ?? [];
  const counts = facetCounts.value[name];
  // What was chosen stays in sight, also when nothing has it any more.
  const values = [...new Set([...chosen, ...[...counts].sort(byCount).map(([value]) => value)])].slice(0, valuesMax);
  if (values.length === 0 || (values.length === 1 && values[0] === unknown && chosen.length === 0)) return null;
  const inSight = all.value ? values : values.slice(0, Math.max(valuesShown, chosen.length));
  return (
    <fieldset class="facet">
      <legend>{servers.facets[name]}</legend>
      {inSight.map(value => (
        <label key={value} class={value === unknown ? 'unknown' : ''}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={() => change(withFacet(view.peek(), name, value))}
          />
          <span class="facet-value" dir="auto">
            {wordsOf(name, value)}
          </span>
          <span class="facet-count">{formats.value.number(counts.get(value) ?? 0)}</span>
        </label>
      ))}
      {values.length > inSight.length && (
        <button type="button" class="quiet" onClick={() => (all.value = true)}>
          {servers.more(formats.value.number(values.length - inSight.length))}
        </button>
      )}
      {all.value && (
        <button type="button" class="quiet" onClick={() => (all.value = false)}>
          {servers.fewer}
        </button>
      )}
    </fieldset>
  );
}

const byCount = (a: [string, number], b: [string, number]) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);

function wordsOf(name: FacetName, value: string): string {
  const { servers } = text.value;
  if (value === unknown) return servers.unknown;
  if (name === 'answer') return servers.answer[value as 'up' | 'down'] ?? value;
  if (name === 'standing') return servers.standings[value as 'new'] ?? value;
  if (name === 'karma') return servers.karma[value as 'green'] ?? value;
  if (name === 'country') return formats.value.country(value);
  if (name === 'announcer') return shortId(value, 0, 8);
  return printed(value);
}
