// One statement: who signed it and why, and what it did to the list on this node.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ApiError, get } from '../../api/client.ts';
import type { ServersDiff, StatementEffect, StatementJson } from '../../api/types.ts';
import { shown as printed, shownUpTo } from '../../lib/format.ts';
import { reasonOf } from '../../lib/statement-reason.ts';
import { hasView } from '../../lib/view-names.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { Failed, Loading } from '../../ui/state.tsx';
import { Ago } from '../../ui/time.tsx';
import { Denied } from './denied.tsx';
import { Losses, Names } from './losses.tsx';
import { play } from './playback.ts';
import { timeline } from './timeline-state.ts';
import { span } from './travel.ts';
import { words } from './words.ts';

/** A whole statement is not longer. */
const reasonLineMax = 16_384;

export function Effect({ statement }: { statement: StatementJson }) {
  const { digest, kind, sequence } = statement;
  const text = words.value;
  const effect = useSignal<StatementEffect | null>(null);
  const error = useSignal<ApiError | null>(null);
  const load = async () => {
    error.value = null;
    try {
      effect.value = await get<StatementEffect>(`/statements/${digest}`);
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      error.value = fault;
    }
  };
  useEffect(() => void load(), [digest, statement.state]);
  const { moments, places } = timeline.value;
  return (
    <article class={`effect statement-${kind}`} aria-labelledby="effect-title">
      <header>
        <Icon name={kind === 'rollback' ? 'undo' : 'shield'} />
        <h2 id="effect-title">{text.named(text.kinds[kind]!, formats.value.number(sequence))}</h2>
        <span class={`tag state-${statement.state}`}>{text.states[statement.state]}</span>
      </header>
      <blockquote dir="auto">
        {reasonOf(statement)
          .split('\n')
          .map(line => shownUpTo(reasonLineMax, line))
          .join('\n')}
      </blockquote>
      <Facts statement={statement} />
      {places.has(statement.oid) && moments.length > 1 && (
        <p class="effect-links">
          <button
            type="button"
            class="primary"
            onClick={() => {
              document.querySelector('.machine')?.scrollIntoView();
              play(span.peek().from);
            }}
          >
            <Icon name="play" filled /> {kind === 'rollback' ? text.playAttack : text.playCheckpoint}
          </button>
          <Links effect={effect.value} statement={statement} />
        </p>
      )}
      {error.value && <Failed error={error.value} onAgain={load} />}
      {!effect.value && !error.value && <Loading />}
      {effect.value && <Did effect={effect.value} />}
    </article>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Facts({ statement }: { statement: StatementJson }) {
  const { signer, fingerprint, atMs, state, reason, trusted, equivocation } = statement;
  const text = words.value;
  return (
    <dl class="facts">
      <Fact name={text.by}>
        <span dir="auto">{printed(signer)}</span>
      </Fact>
      <Fact name={text.fingerprint}>
        <code>{fingerprint.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </Fact>
      <Fact name={text.said}>
        <Ago atMs={atMs} />, {formats.value.utc(atMs)}
      </Fact>
      <Fact name={text.state}>
        {text.states[state]}
        {(state === 'pending' || state === 'refused') && <span lang="en">{`: ${printed(reason)}`}</span>}
        {!trusted && `; ${text.notTrusted}`}
        {equivocation !== null && `; ${text.equivocation}`}
      </Fact>
    </dl>
  );
}

function Links({ effect, statement: { oid } }: { effect: StatementEffect | null; statement: StatementJson }) {
  const text = words.value;
  return (
    <>
      {effect?.before && effect.after && hasView('compare') && (
        <a href={`/compare/${effect.before}...${effect.after}`}>{text.compare}</a>
      )}
      {hasView('commit') && <a href={`/commit/${oid}`}>{text.openCommit}</a>}
    </>
  );
}

function Did({ effect }: { effect: StatementEffect }) {
  const text = words.value;
  const { number } = formats.value;
  const back = useBack(effect);
  if (effect.after === null) return <p class="note">{text.neverHere}</p>;
  return (
    <>
      <h3 class="visually-hidden">{text.did}</h3>
      <dl class="effect-counts">
        {(['lost', 'returned', 'joined', 'denied'] as const).map(name => (
          <div key={name} class={effect.counts[name] > 0 ? name : 'none'}>
            <dt>{text.counts[name]}</dt>
            <dd class="number">{number(effect.counts[name])}</dd>
          </div>
        ))}
      </dl>
      <Losses effect={effect} back={back} />
      {effect.returned.length > 0 && (
        <Names title={text.returned} servers={effect.returned} total={effect.counts.returned} />
      )}
      {effect.joined.length > 0 && <Names title={text.joined} servers={effect.joined} total={effect.counts.joined} />}
      <Denied rules={effect.denied} />
    </>
  );
}

/** Who of those that left is listed again by the newest commit: what was added between the two. */
function useBack({ after, lost }: StatementEffect): ReadonlySet<string> {
  const back = useSignal<ReadonlySet<string>>(new Set());
  const head = timeline.value.moments.at(-1)?.oid;
  useEffect(() => {
    if (after === null || head === undefined || lost.length === 0 || after === head) return;
    const wanted = new AbortController();
    get<ServersDiff>(`/compare/${after}...${head}`, wanted.signal)
      .then(({ added }) => {
        back.value = new Set(added.map(({ id }) => id));
      })
      .catch(() => {
        // Told beside what could be loaded by the list of the time, which asks the same node.
      });
    return () => wanted.abort();
  }, [after, head]);
  return back.value;
}
