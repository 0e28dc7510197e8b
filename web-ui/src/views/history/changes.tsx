// How many joined, left and changed: `+3 −1 ~2`, with the words behind it.
import './marks.css';
import { formats } from '../../state/locale.ts';
import { words } from './words.ts';

export type Counts = { readonly added: number; readonly removed: number; readonly changed: number };

export function Changes({ added, removed, changed }: Counts) {
  const { number } = formats.value;
  const { changes } = words.value;
  const parts = [
    { sign: '+', count: added, kind: 'added' },
    { sign: '−', count: removed, kind: 'removed' },
    { sign: '~', count: changed, kind: 'changed' },
  ] as const;
  return (
    <span class="changes">
      {parts.map(({ sign, count, kind }) => (
        <span key={kind} class={count === 0 ? 'dim' : kind} title={changes[kind](number(count), count)}>
          {count === 0 ? '' : `${sign}${number(count)}`}
        </span>
      ))}
    </span>
  );
}
