// What the node says of a signature: a shape, a word, and the reason.
import './marks.css';
import { shown } from '../../lib/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

export function Signature({ status, reason }: { status: string; reason: string }) {
  const { statuses } = words.value;
  const good = status === 'good';
  return (
    <span class={good ? 'mark endorsed' : 'mark denied'} title={shown(reason)}>
      <Icon name={good ? 'shield' : 'warning'} />
      {statuses[status] ?? shown(status)}
      <span class="reason">{shown(reason)}</span>
    </span>
  );
}
