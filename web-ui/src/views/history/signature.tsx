// What the node says of a signature: a shape, a word, and the reason.
import './marks.css';
import type { Why } from '../../api/types.ts';
import { shown } from '../../lib/format.ts';
import { reasonIn } from '../../lib/reasons.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

type SignatureProps = { readonly status: string; readonly reason: string; readonly why: Why };

export function Signature({ status, reason: own, why }: SignatureProps) {
  const { statuses, reasons } = words.value;
  const good = status === 'good';
  const reason = reasonIn({ reason: own, why }, reasons, formats.value);
  return (
    <span class={good ? 'mark endorsed' : 'mark denied'} title={shown(reason.words)}>
      <Icon name={good ? 'shield' : 'warning'} />
      {statuses[status] ?? shown(status)}
      <span class="reason" lang={reason.lang}>
        {shown(reason.words)}
      </span>
    </span>
  );
}
