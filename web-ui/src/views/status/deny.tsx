// Whom this node bars, and whose word each rule is; its own can be taken back here.
import { useSignal } from '@preact/signals';
import { remove } from '../../api/client.ts';
import type { DenyRuleJson } from '../../api/types.ts';
import { denySubject, takeBackCommand } from '../../lib/commands.ts';
import { shown as printed } from '../../lib/format.ts';
import { formats } from '../../state/locale.ts';
import { Copyable } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Ago } from '../../ui/time.tsx';
import { Write } from '../../ui/token.tsx';
import { reload } from './data.ts';
import { text } from './text.ts';

/** There may be ten thousand; whoever wants them all asks the command line. */
const rulesShown = 200;

export function DenyRules({ rules }: { rules: readonly DenyRuleJson[] }) {
  const { deny } = text.value;
  const { number } = formats.value;
  const chosen = useSignal<DenyRuleJson | null>(null);
  return (
    <section class="card card-wide">
      <h2>{deny.title}</h2>
      {rules.length === 0 ? (
        <p class="note">{deny.none}</p>
      ) : (
        <PlainTable label={deny.title} columns={Object.values(deny.columns)}>
          <tbody>
            {rules.slice(0, rulesShown).map(rule => (
              <Row
                key={`${rule.origin} ${Object.values(denySubject(rule)).join()}`}
                rule={rule}
                onTakeBack={() => (chosen.value = rule)}
              />
            ))}
          </tbody>
        </PlainTable>
      )}
      {rules.length > rulesShown && (
        <>
          <p class="note">{deny.more(number(rulesShown), number(rules.length))}</p>
          <Copyable what="rollcall deny list" value="rollcall deny list" />
        </>
      )}
      {chosen.value && (
        <Dialog title={deny.takeBackTitle} onClose={() => (chosen.value = null)}>
          <TakeBack rule={chosen.value} />
        </Dialog>
      )}
    </section>
  );
}

function Row({ rule, onTakeBack }: { rule: DenyRuleJson; onTakeBack: () => void }) {
  const { deny } = text.value;
  const { announcer, address, game, reason, until, origin, from } = rule;
  return (
    <tr>
      <td class="plain-name">
        <span class="dim">
          {announcer !== null ? deny.kinds.announcer : address !== null ? deny.kinds.address : deny.kinds.game}
        </span>{' '}
        {announcer !== null ? (
          <a href={`/nodes/${encodeURIComponent(announcer)}`}>
            <code>{printed(announcer)}</code>
          </a>
        ) : (
          <code>{printed(address ?? game ?? '')}</code>
        )}
      </td>
      <td class="plain-note" dir="auto">
        {printed(reason)}
      </td>
      <td>{until === null ? deny.noEnd : <Ago atMs={until} />}</td>
      <td class="plain-note">
        {deny.origins[origin]}
        <div class="note" lang="en">
          {printed(from)}
        </div>
        {origin === 'node' && (
          <button type="button" class="quiet take-back" onClick={onTakeBack}>
            {deny.takeBack}
          </button>
        )}
      </td>
    </tr>
  );
}

function TakeBack({ rule }: { rule: DenyRuleJson }) {
  const { deny } = text.value;
  const takeBack = async (token: string) => {
    await remove(`/deny?${new URLSearchParams(denySubject(rule))}`, token);
    reload();
    return deny.takenBack;
  };
  return (
    <>
      <p dir="auto">{printed(rule.reason)}</p>
      <div class="command">
        <h3>{deny.command}</h3>
        <Copyable what={deny.command} value={takeBackCommand(rule)} />
      </div>
      <div class="command">
        <h3>{deny.now}</h3>
        <Write label={deny.takeBackNow} write={takeBack} />
      </div>
    </>
  );
}
