// What changed between two commits, whichever they are: each pair has its own address.
import '../commit/commit.css';
import '../commit/diff.css';
import type { TargetedSubmitEvent } from 'preact';
import type { ServersDiff } from '../../api/types.ts';
import { shown } from '../../lib/format.ts';
import { address, go, place } from '../../state/place.ts';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Failed, Loading } from '../../ui/state.tsx';
import { useAsk } from '../commit/ask.ts';
import { Diff } from '../commit/diff.tsx';
import { historyAddress } from '../history/moves.ts';
import { words } from '../history/words.ts';

export function Compare() {
  const { compare } = words.value;
  const range = place.value.path[1] ?? '';
  const [a = '', b = ''] = range.split('...');
  const { value, error, again } = useAsk<ServersDiff>(
    a === '' ? null : `/compare/${encodeURIComponent(rangeOf(a, b))}`,
  );
  return (
    <div class="page">
      <article class="commit">
        <header>
          <p class="crumbs">
            <a href={historyAddress({})}>
              <Icon name="back" /> {words.value.commit.back}
            </a>
          </p>
          <h1>{a === '' ? compare.title : compare.range(shortOf(a), b === '' ? compare.today : shortOf(b))}</h1>
        </header>
        <Ends key={range} a={a} b={b} />
        {a === '' && <p class="note">{compare.choose}</p>}
        {error && <Failed error={error} onAgain={again} />}
        {a !== '' && !value && !error && <Loading />}
        {value && (
          <div class="diff">
            <Diff key={range} diff={value} />
          </div>
        )}
      </article>
    </div>
  );
}

/** Over one commit alone, the list as it stands is the other end. */
const rangeOf = (a: string, b: string): string => (b === '' ? a : `${a}...${b}`);

const shortOf = (revision: string): string =>
  /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : shown(revision);

/** Both ends as they can be typed, and the other way round. */
function Ends({ a, b }: { a: string; b: string }) {
  const { compare } = words.value;
  const show = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const [from, to] = ['from', 'to'].map(name => String(data.get(name) ?? '').trim()) as [string, string];
    if (from !== '') go(address(['compare', rangeOf(from, to)]));
  };
  return (
    <form class="ends" onSubmit={show}>
      <label class="field">
        <span>{compare.from}</span>
        <input name="from" value={a} placeholder={compare.hint} maxLength={64} spellcheck={false} autocomplete="off" />
      </label>
      <label class="field">
        <span>{compare.to}</span>
        <input name="to" value={b} placeholder={compare.toHint} maxLength={64} spellcheck={false} autocomplete="off" />
      </label>
      <button type="submit" class="primary">
        {compare.show}
      </button>
      {b !== '' && (
        <a class="button" href={address(['compare', rangeOf(b, a)])}>
          <Icon name="compare" /> {compare.swap}
        </a>
      )}
      {a !== '' && <Copy what={compare.copyLink} value={location.origin + address(['compare', rangeOf(a, b)])} />}
    </form>
  );
}
