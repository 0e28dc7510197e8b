// The deny rules that a statement added.
import type { DenyRuleJson } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { formats } from '../../state/locale.ts';
import { words } from './words.ts';

export function Denied({ rules }: { rules: readonly DenyRuleJson[] }) {
  const text = words.value;
  return (
    <section>
      <h3>{text.denied}</h3>
      {rules.length === 0 && <p class="note">{text.deniedNobody}</p>}
      {rules.length > 0 && (
        <div class="table-place" tabIndex={0} role="group" aria-label={text.denied}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.deniedWhat}</th>
                <th scope="col">{text.deniedWhy}</th>
                <th scope="col">{text.deniedUntil}</th>
              </tr>
            </thead>
            <tbody>
              {rules.map(rule => (
                <tr key={`${rule.announcer} ${rule.address} ${rule.game}`}>
                  <td>
                    {text.rule[kindOf(rule)]} <code>{printed(rule.announcer ?? rule.address ?? rule.game ?? '')}</code>
                  </td>
                  <td dir="auto">{printed(rule.reason)}</td>
                  <td>{rule.until === null ? text.noEnd : formats.value.utc(rule.until)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const kindOf = ({ announcer, address }: DenyRuleJson) =>
  announcer !== null ? 'announcer' : address !== null ? 'address' : 'game';
