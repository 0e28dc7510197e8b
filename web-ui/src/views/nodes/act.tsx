// What can be done about a node: the command, ready to copy, and what the API can do at once for those who have the token.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { get, post } from '../../api/client.ts';
import type { CommitSummary, DenyRuleJson, KarmaJson } from '../../api/types.ts';
import { actions, denyCommand, endAfter, rateCommand, rollbackCommand, type Span, spans } from '../../lib/commands.ts';
import { formats } from '../../state/locale.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Write } from '../../ui/token.tsx';
import { reload } from './data.ts';
import { text } from './text.ts';
import { hundredths } from './words.ts';

type ActProps = { readonly peer: string; readonly onChanged: () => void };

export function Act({ peer, onChanged }: ActProps) {
  const { act } = text.value;
  const open = useSignal<'deny' | 'rate' | 'rollback' | null>(null);
  const close = () => {
    open.value = null;
  };
  const changed = () => {
    reload();
    onChanged();
  };
  return (
    <section>
      <h3>{act.title}</h3>
      <div class="share-buttons">
        {(['deny', 'rate', 'rollback'] as const).map(name => (
          <button key={name} type="button" onClick={() => (open.value = name)}>
            {act[name]}
          </button>
        ))}
      </div>
      {open.value === 'deny' && (
        <Dialog title={act.denyTitle} onClose={close}>
          <Deny peer={peer} onChanged={changed} />
        </Dialog>
      )}
      {open.value === 'rate' && (
        <Dialog title={act.rateTitle} onClose={close}>
          <Rate peer={peer} onChanged={changed} />
        </Dialog>
      )}
      {open.value === 'rollback' && (
        <Dialog title={act.rollbackTitle} onClose={close}>
          <Rollback peer={peer} />
        </Dialog>
      )}
    </section>
  );
}

/** Notes and reasons are a line; the node says which are too long. */
const textLengthMax = 200;

type FieldProps = { readonly label: string; readonly children: (id: string) => ComponentChildren };

function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {children(id)}
    </p>
  );
}

const Prepared = ({ command }: { command: string }) => (
  <div class="command">
    <h3>{text.value.act.command}</h3>
    <Copyable what={text.value.act.command} value={command} />
  </div>
);

function Deny({ peer, onChanged }: ActProps) {
  const { act } = text.value;
  const reason = useSignal(act.reasonUsual);
  const span = useSignal<Span>('');
  const deny = async (token: string) => {
    const until = endAfter(span.peek(), Date.now());
    const request = { announcers: [peer], reason: reason.peek().trim(), ...(until === undefined ? {} : { until }) };
    const { left } = await post<{ rules: DenyRuleJson[]; left: number }>('/deny', token, request);
    onChanged();
    return act.denied(formats.peek().number(left), left);
  };
  const empty = reason.value.trim() === '';
  return (
    <>
      <p class="note">{act.denyHint}</p>
      <Field label={act.reason}>
        {id => (
          <input
            id={id}
            type="text"
            required
            maxLength={textLengthMax}
            value={reason.value}
            onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
          />
        )}
      </Field>
      <Field label={act.until}>
        {id => (
          <select
            id={id}
            value={span.value}
            onChange={({ currentTarget }) => (span.value = currentTarget.value as Span)}
          >
            {spans.map(name => (
              <option key={name} value={name}>
                {act.spans[name]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Prepared command={denyCommand(peer, reason.value.trim(), span.value)} />
      <div class="command">
        <h3>{act.now}</h3>
        <Write label={act.denyNow} disabled={empty} write={deny} />
      </div>
    </>
  );
}

function Rate({ peer, onChanged }: ActProps) {
  const { act } = text.value;
  const action = useSignal<string>('kicked');
  const note = useSignal('');
  const rate = async (token: string) => {
    const said = note.peek().trim();
    const request = { subject: peer, action: action.peek(), source: 'player', ...(said === '' ? {} : { note: said }) };
    const { value } = await post<KarmaJson>('/karma/events', token, request);
    onChanged();
    return act.rated(hundredths(value));
  };
  return (
    <>
      <p class="note">{act.rateHint}</p>
      <Field label={act.action}>
        {id => (
          <select id={id} value={action.value} onChange={({ currentTarget }) => (action.value = currentTarget.value)}>
            {actions.map(name => (
              <option key={name} value={name}>
                {`${name}: ${act.actions[name]}`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={act.note}>
        {id => (
          <input
            id={id}
            type="text"
            maxLength={textLengthMax}
            value={note.value}
            onInput={({ currentTarget }) => (note.value = currentTarget.value)}
          />
        )}
      </Field>
      <Prepared command={rateCommand(peer, action.value, note.value.trim())} />
      <div class="command">
        <h3>{act.now}</h3>
        <Write label={act.rateNow} write={rate} />
      </div>
    </>
  );
}

/** As many as the node reads in one go. */
const commitsAsked = 1_000;

/** The commit before the first that a node's servers appear in, as far as one page goes back. */
async function commitBefore(peer: string): Promise<string> {
  const query = `announcer=${encodeURIComponent(peer)}&limit=${commitsAsked}`;
  const { commits } = await get<{ commits: CommitSummary[] }>(`/history?${query}`);
  return commits.at(-1)?.parents[0] ?? '';
}

function Rollback({ peer }: { peer: string }) {
  const { act } = text.value;
  const reason = useSignal(act.reasonUsual);
  const commit = useSignal('');
  const found = useSignal<string | null>(null);
  const dryRun = useSignal(true);
  useEffect(() => {
    void commitBefore(peer)
      .catch(() => '')
      .then(oid => {
        found.value = oid;
        if (commit.peek() === '') commit.value = oid;
      });
  }, [peer]);
  return (
    <>
      <p class="note">{act.rollbackHint}</p>
      <Field label={act.commit}>
        {id => (
          <input
            id={id}
            type="text"
            class="mono"
            spellcheck={false}
            maxLength={64}
            value={commit.value}
            onInput={({ currentTarget }) => (commit.value = currentTarget.value.trim())}
          />
        )}
      </Field>
      <p class="note" role="status">
        {found.value === '' ? act.commitNone : found.value === null ? '' : act.commitHint}
      </p>
      <Field label={act.reason}>
        {id => (
          <input
            id={id}
            type="text"
            maxLength={textLengthMax}
            value={reason.value}
            onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
          />
        )}
      </Field>
      <label class="check">
        <input
          type="checkbox"
          checked={dryRun.value}
          onChange={({ currentTarget }) => (dryRun.value = currentTarget.checked)}
        />
        {act.dryRun}
      </label>
      {commit.value !== '' && (
        <Prepared command={rollbackCommand(commit.value, peer, reason.value.trim(), dryRun.value)} />
      )}
    </>
  );
}
