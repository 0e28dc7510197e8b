// What maintainers signed, the latest first, and what came of it here.
import type { StatementJson } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { hasView } from '../../lib/view-names.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Ago } from '../../ui/time.tsx';
import { text } from './text.ts';

/** Of the 64 that are kept. */
const statementsShown = 10;

export function Statements({ statements }: { statements: readonly StatementJson[] }) {
  const { statements: words } = text.value;
  const more = statements.length - statementsShown;
  return (
    <section class="card card-wide">
      <h2>{words.title}</h2>
      {statements.length === 0 && <p class="note">{words.none}</p>}
      {statements.length > 0 && (
        <PlainTable label={words.title} columns={Object.values(words.columns)}>
          <tbody>
            {statements.slice(0, statementsShown).map(statement => (
              <Row key={statement.digest} statement={statement} />
            ))}
          </tbody>
        </PlainTable>
      )}
      {more > 0 && <p class="note">{words.more(formats.value.number(more))}</p>}
      {hasView('rollbacks') && <a href="/rollbacks">{words.rollbacks}</a>}
    </section>
  );
}

function Row({ statement }: { statement: StatementJson }) {
  const { statements: words, kinds } = text.value;
  const { sequence, kind, subject, signer, fingerprint, atMs, state, reason, trusted, equivocation } = statement;
  return (
    <tr>
      <td>{formats.value.number(sequence)}</td>
      <td>{kinds[kind]}</td>
      <td class="plain-name" dir="auto">
        {printed(subject)}
      </td>
      <td class="plain-name" title={fingerprint}>
        {printed(signer)}
      </td>
      <td>
        <span title={words.dated}>
          <Ago atMs={atMs} />
        </span>
      </td>
      <td class="plain-note">
        <span class={state === 'adopted' ? 'mark endorsed' : state === 'refused' ? 'mark denied' : 'mark'}>
          {state === 'adopted' && <Icon name="shield" />}
          {words.states[state]}
        </span>
        {/* Of the others the state says all. */}
        {(state === 'pending' || state === 'refused') && (
          <div class="note" lang="en">
            {printed(reason)}
          </div>
        )}
        {!trusted && <div class="flagged">{words.untrusted}</div>}
        {equivocation !== null && <div class="flagged">{words.equivocation}</div>}
      </td>
    </tr>
  );
}
