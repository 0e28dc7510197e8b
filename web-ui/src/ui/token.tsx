// Asks for the token of the node, and does what needs it; what went wrong is said where it was asked.
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { enterToken, forgetToken, token, withToken } from '../state/token.ts';
import { viewTexts } from '../state/view-texts.ts';
import { token as en } from '../texts/en/token.ts';

const text = viewTexts(en, async () => (await import('../texts/de/token.ts')).token);

export type WriteProps = {
  /** What stands on the button. */
  readonly label: string;
  readonly disabled?: boolean;
  /** Answers what was done, in words. @throws ApiError */
  readonly write: (token: string) => Promise<string>;
};

/** A button that writes to the node, below a field for the token while there is none. */
export function Write({ label, disabled = false, write }: WriteProps) {
  const said = useSignal<{ fault: boolean; words: ComponentChildren } | null>(null);
  const busy = useSignal(false);
  const go = async () => {
    if (busy.peek()) return;
    busy.value = true;
    said.value = null;
    try {
      said.value = { fault: false, words: await withToken(write) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      said.value = { fault: true, words: wordsOf(error) };
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="write">
      {token.value === null && <TokenForm said={said} />}
      {token.value !== null && (
        <p class="write-row">
          <button type="button" class="primary" disabled={disabled} aria-busy={busy.value} onClick={go}>
            {label}
          </button>
          <span class="note">{text.value.held}</span>
          <button type="button" class="quiet" onClick={forgetToken}>
            {text.value.forget}
          </button>
        </p>
      )}
      <div role={said.value?.fault ? 'alert' : 'status'} class={said.value?.fault ? 'write-fault' : 'write-done'}>
        {said.value?.words}
      </div>
    </div>
  );
}

function TokenForm({ said }: { said: Signal<{ fault: boolean; words: ComponentChildren } | null> }) {
  const id = useId();
  const { label, hint, use, badForm } = text.value;
  return (
    <form
      class="token-form"
      onSubmit={event => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('token') as HTMLInputElement;
        said.value = enterToken(field.value) ? null : { fault: true, words: badForm };
      }}
    >
      <label for={id}>{label}</label>
      <div class="write-row">
        <input id={id} name="token" type="password" autocomplete="off" required aria-describedby={`${id}-hint`} />
        <button type="submit">{use}</button>
      </div>
      <p class="note" id={`${id}-hint`}>
        {hint}
      </p>
    </form>
  );
}

function wordsOf(error: ApiError): string {
  if (error.status === 401) return text.value.wrong;
  if (error.status === 0) return text.value.offline;
  return text.value.failed(error.message);
}
