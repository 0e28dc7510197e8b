// Gateways that run on this node, and what they have done.
import type { GatewayStatus } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { formats } from '../../state/locale.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { text } from './text.ts';

export function Gateways({ gateways }: { gateways: readonly GatewayStatus[] }) {
  const { gateways: words } = text.value;
  const { number, age } = formats.value;
  return (
    <section class="card card-wide">
      <h2>{words.title}</h2>
      {gateways.length === 0 ? (
        <p class="note">{words.none}</p>
      ) : (
        <PlainTable label={words.title} columns={Object.values(words.columns)}>
          <tbody>
            {gateways.map(({ family, transport, address, registered, timeoutMs, counters }) => (
              <tr key={`${family} ${address}`}>
                <td>{printed(family)}</td>
                <td>
                  <code>
                    {transport} {printed(address)}
                  </code>
                </td>
                <td>{number(registered)}</td>
                <td title={words.timeoutTitle}>{age(0, timeoutMs)}</td>
                <td class="plain-note">
                  {Object.entries(counters)
                    .map(([name, count]) => `${printed(name)} ${number(count)}`)
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </PlainTable>
      )}
    </section>
  );
}
