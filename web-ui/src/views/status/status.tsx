// Whether this page can be believed, and on whose word: the node, its keys, statements, gateways and deny rules.
import '../../styles/write.css';
import './status.css';
import { useEffect } from 'preact/hooks';
import { now } from '../../state/clock.ts';
import { formats } from '../../state/locale.ts';
import { status, statusAtMs } from '../../state/status.ts';
import { Failed, Loading } from '../../ui/state.tsx';
import { fault, followStatus, known, reload } from './data.ts';
import { DenyRules } from './deny.tsx';
import { Gateways } from './gateways.tsx';
import { Keys } from './keys.tsx';
import { NodeFacts } from './node-facts.tsx';
import { Statements } from './statements.tsx';
import { text } from './text.ts';
import { Trust } from './trust.tsx';

export function StatusView() {
  useEffect(followStatus, []);
  const { ago, utc } = formats.value;
  const atMs = statusAtMs.value;
  return (
    <div class="status-view" tabIndex={0} role="region" aria-label={text.value.title}>
      <div class="status-columns">
        <header class="status-head">
          <h1>{text.value.title}</h1>
          {atMs > 0 && (
            <p class="note" title={utc(atMs)}>
              {text.value.asOf(ago(atMs, Math.max(now.value, atMs)))}
            </p>
          )}
        </header>
        {status.value === null && !fault.value && <Loading />}
        {known.value === null && fault.value && <Failed error={fault.value} onAgain={reload} />}
        {status.value && <Trust status={status.value} />}
        {status.value && <NodeFacts status={status.value} />}
        {known.value && (
          <>
            <Keys keys={known.value.keys} statements={known.value.statements} />
            <Statements statements={known.value.statements} />
            <DenyRules rules={known.value.rules} />
            <Gateways gateways={known.value.gateways} />
          </>
        )}
      </div>
    </div>
  );
}
