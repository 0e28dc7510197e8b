// What maintainers said, the newest first, each with its reason and what it changed here.
import type { StatementJson } from '../../api/types.ts';
import { shown as printed } from '../../lib/format.ts';
import { formatRollbacksView, initialRollbacksView } from '../../lib/rollbacks-view.ts';
import { reasonOf } from '../../lib/statement-reason.ts';
import { formats } from '../../state/locale.ts';
import { address } from '../../state/place.ts';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Loading } from '../../ui/state.tsx';
import { Ago } from '../../ui/time.tsx';
import { statements, timeline, timelineError } from './timeline-state.ts';
import { chosen } from './travel.ts';
import { words } from './words.ts';

export function StatementList() {
  const text = words.value;
  return (
    <nav class="statements" aria-labelledby="statements-title">
      <h2 id="statements-title">{text.statements}</h2>
      {statements.value === null && !timelineError.value && <Loading />}
      {statements.value?.length === 0 && (
        <Empty title={text.none}>
          <p>{text.noneHint}</p>
        </Empty>
      )}
      <ol>
        {(statements.value ?? []).map(statement => (
          <li key={statement.digest}>
            <Entry statement={statement} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** At the moment when it came into force: the way there and back lies around it. */
export const statementAddress = ({ digest, oid }: Pick<StatementJson, 'digest' | 'oid'>): string =>
  address(['rollbacks', digest.slice(0, 16)], formatRollbacksView({ ...initialRollbacksView, at: oid }));

function Entry({ statement }: { statement: StatementJson }) {
  const { kind, sequence, oid, atMs, state, trusted, digest } = statement;
  const text = words.value;
  const { number } = formats.value;
  const { moments, places } = timeline.value;
  const merge = moments[places.get(oid) ?? -1];
  return (
    <a
      class={`statement statement-${kind}`}
      href={statementAddress(statement)}
      aria-current={chosen.value?.digest === digest ? 'page' : undefined}
    >
      <span class="statement-head">
        <Icon name={kind === 'rollback' ? 'undo' : 'shield'} />
        <strong>{text.named(text.kinds[kind]!, number(sequence))}</strong>
        <span class="grow" />
        <Ago atMs={atMs} />
      </span>
      <span class="statement-reason" dir="auto">
        {printed(reasonOf(statement).replaceAll('\n', ' · '))}
      </span>
      <span class="statement-marks">
        {merge && merge.left > 0 && <span class="step left">{text.steps.left(number(merge.left))}</span>}
        {merge && merge.joined > 0 && <span class="step joined">{text.steps.joined(number(merge.joined))}</span>}
        {state !== 'superseded' && <span class={`tag state-${state}`}>{text.states[state]}</span>}
        {!trusted && <span class="tag">{text.notTrusted}</span>}
      </span>
    </a>
  );
}
