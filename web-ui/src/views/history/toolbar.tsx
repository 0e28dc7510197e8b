// Jump to a commit, filters, and the way to a comparison.
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { ApiError, get } from '../../api/client.ts';
import type { CommitDetail } from '../../api/types.ts';
import { shortId, shown } from '../../lib/format.ts';
import { initialHistory, isFiltered, kindNames } from '../../lib/history-view.ts';
import { text } from '../../state/locale.ts';
import { go } from '../../state/place.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { commits, filtered, statements, view } from './commits.ts';
import { change, commitAddress, compareAddress } from './moves.ts';
import { words } from './words.ts';

export function Toolbar() {
  const { history, kinds } = words.value;
  const { base, kind } = view.value;
  return (
    <div class="toolbar">
      <Jump />
      <select
        aria-label={history.kind}
        value={kind ?? ''}
        onChange={({ currentTarget }) => change({ kind: kindNames.find(name => name === currentTarget.value) ?? null })}
      >
        <option value="">{history.allKinds}</option>
        {kindNames.map(name => (
          <option key={name} value={name}>
            {kinds[name]}
          </option>
        ))}
      </select>
      <Filters />
      <a class="button" href="/compare">
        <Icon name="compare" /> {history.compare}
      </a>
      {isFiltered(view.value) && (
        <button type="button" onClick={() => change({ ...initialHistory, base })}>
          {text.value.servers.reset}
        </button>
      )}
      <Chips />
    </div>
  );
}

/** Shows a commit among the others, or by itself when it is not there. */
function Jump() {
  const { history } = words.value;
  const fault = useSignal('');
  const jump = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('hash') ?? '').trim();
    fault.value = '';
    if (typed === '') return;
    if (/^[0-9a-f]{4,40}$/i.test(typed) && !filtered.peek()) {
      const here = commits.peek().filter(({ oid }) => oid.startsWith(typed.toLowerCase()));
      if (here.length === 1) return change({ at: here[0]!.oid });
    }
    try {
      const { oid } = await get<CommitDetail>(`/commits/${encodeURIComponent(typed)}`);
      go(commitAddress(oid));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = error.message;
    }
  };
  return (
    <search class="search">
      <form onSubmit={jump}>
        <Icon name="search" />
        <input
          type="search"
          name="hash"
          aria-label={history.jump}
          placeholder={history.jumpHint}
          title="/"
          spellcheck={false}
          autocomplete="off"
          maxLength={64}
          aria-invalid={fault.value !== ''}
          aria-describedby={fault.value === '' ? undefined : 'jump-fault'}
        />
        {fault.value !== '' && (
          <p id="jump-fault" class="fault" role="status">
            {shown(fault.value)}
          </p>
        )}
      </form>
    </search>
  );
}

function Filters() {
  const { history } = words.value;
  const signers = new Map([...statements.value.values()].map(({ fingerprint, signer }) => [fingerprint, signer]));
  const { signer } = view.value;
  if (signer !== '' && !signers.has(signer)) signers.set(signer, shortId(signer));
  return (
    <Menu
      label={history.filters}
      button={
        <>
          <Icon name="sliders" /> {history.filters}
        </>
      }
    >
      {(['server', 'announcer'] as const).map(name => (
        <label key={name} class="field">
          <span>{history.fields[name]}</span>
          <input
            value={view.value[name]}
            spellcheck={false}
            maxLength={128}
            onChange={({ currentTarget }) => change({ [name]: currentTarget.value.trim() })}
          />
        </label>
      ))}
      {(['since', 'until'] as const).map(name => (
        <label key={name} class="field">
          <span>{history.fields[name]}</span>
          <input
            type="date"
            value={view.value[name]}
            onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
          />
        </label>
      ))}
      <label class="field">
        <span>{history.fields.signer}</span>
        <select value={signer} onChange={({ currentTarget }) => change({ signer: currentTarget.value })}>
          <option value="">{history.allSigners}</option>
          {[...signers].map(([fingerprint, name]) => (
            <option key={fingerprint} value={fingerprint}>
              {shown(name)}
            </option>
          ))}
        </select>
      </label>
    </Menu>
  );
}

/** What is chosen, each with a way to take it back. */
function Chips() {
  const { history } = words.value;
  const names = ['server', 'announcer', 'signer', 'since', 'until'] as const;
  const { base } = view.value;
  return (
    <>
      {names.flatMap(name => {
        const value = view.value[name];
        return value === ''
          ? []
          : [
              <Chip
                key={name}
                label={`${history.fields[name]}: ${shortId(shown(value), 8, 8)}`}
                onClear={() => change({ [name]: '' })}
              />,
            ];
      })}
      {base !== '' && (
        <span class="chip base-chip">
          {history.base(base.slice(0, 8))} <a href={compareAddress(base, 'HEAD')}>{history.withHead}</a>
          <ClearButton onClear={() => change({ base: '' }, { replace: true })} />
        </span>
      )}
    </>
  );
}

const Chip = ({ label, onClear }: { label: string; onClear: () => void }) => (
  <span class="chip">
    {label} <ClearButton onClear={onClear} />
  </span>
);

const ClearButton = ({ onClear }: { onClear: () => void }) => (
  <button type="button" class="quiet" aria-label={words.value.history.clear} onClick={onClear}>
    <Icon name="cross" />
  </button>
);
