// A button that copies, and says that it did.
import { useSignal } from '@preact/signals';
import { text } from '../state/locale.ts';
import { Icon } from './icon.tsx';

const saidForMs = 2_000;

export function Copy({ what, value, label }: { what: string; value: string; label?: string }) {
  const done = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    done.value = true;
    setTimeout(() => {
      done.value = false;
    }, saidForMs);
  };
  const { copied, copyWhat } = text.value.shell;
  return (
    <button
      type="button"
      class="quiet copy"
      aria-label={label === undefined ? copyWhat(what) : undefined}
      title={copyWhat(what)}
      onClick={copy}
    >
      <Icon name={done.value ? 'check' : 'copy'} />
      {label && <span>{label}</span>}
      <span role="status">{done.value ? copied : ''}</span>
    </button>
  );
}

/** Something to paste into a terminal or a page. */
export const Copyable = ({ what, value }: { what: string; value: string }) => (
  <div class="copyable">
    <code tabIndex={0}>{value}</code>
    <Copy what={what} value={value} />
  </div>
);
