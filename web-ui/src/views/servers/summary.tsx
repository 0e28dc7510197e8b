// How many there are, how old that is, and a way to what has changed meanwhile.
import { sortNames } from '../../lib/view-state.ts';
import { knownAtMs, loaded, loading, page, total } from '../../state/catalogue.ts';
import { now } from '../../state/clock.ts';
import { formats, text } from '../../state/locale.ts';
import { address, place } from '../../state/place.ts';
import { arrange, pending, shown, view } from '../../state/servers.ts';
import { status } from '../../state/status.ts';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Export } from './export.tsx';
import { Hidden } from './hidden.tsx';
import { change } from './moves.ts';

export function Summary() {
  const { servers } = text.value;
  const { number, ago, utc } = formats.value;
  const { state } = loading.value;
  const all = Math.max(total.value, loaded.value);
  // The clock ticks seldom: what has just come is not from the future.
  const nowMs = Math.max(now.value, knownAtMs.value);
  const statement = page.value?.statement ?? null;
  return (
    <div class="summary">
      <p role="status" class="summary-count">
        {state !== 'ready' && loaded.value === 0
          ? ''
          : servers.found(number(shown.value.length), number(all), shown.value.length)}
      </p>
      <Hidden />
      {status.value?.sync.partial && (
        <p class="note" title={servers.partialHint}>
          {servers.partial}
        </p>
      )}
      {loaded.value < total.value && state === 'loading' && (
        <p class="note">
          <progress max={total.value} value={loaded.value} aria-label={servers.title} />{' '}
          {servers.loadingRest(number(loaded.value), number(total.value))}
        </p>
      )}
      {pending.value > 0 && (
        <button type="button" class="pending" onClick={arrange}>
          <Icon name="sliders" /> {servers.pending(number(pending.value), pending.value)}
        </button>
      )}
      <span class="grow" />
      {page.value && knownAtMs.value > 0 && (
        <p class="note summary-trust">
          {statement
            ? servers.statement(number(statement.sequence), ago(knownAtMs.value - statement.ageMs, nowMs))
            : servers.noStatement}
          {' · '}
          <span title={utc(knownAtMs.value)}>{servers.asOf(ago(knownAtMs.value, nowMs))}</span>
          {' · '}
          <code title={page.value.tree}>{servers.tree(page.value.tree.slice(0, 10))}</code>
        </p>
      )}
      <Sort />
      <Copy what={servers.copyLink} value={location.origin + address(place.value.path, place.value.query)} />
      <Export />
    </div>
  );
}

/** Where there is no header to click on. */
function Sort() {
  const { servers } = text.value;
  return (
    <select
      class="sort-select"
      aria-label={servers.sortBy}
      value={view.value.sort.by}
      onChange={({ currentTarget }) => {
        const by = sortNames.find(name => name === currentTarget.value)!;
        change({ sort: { by, down: false } });
      }}
    >
      {sortNames.map(name => (
        <option key={name} value={name}>
          {servers.columns[name]}
        </option>
      ))}
    </select>
  );
}
