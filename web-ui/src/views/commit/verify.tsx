// "Verify here": the signature and the announcements of a statement, checked in this browser, step by step.
import { useSignal } from '@preact/signals';
import { ApiError, get, getBody } from '../../api/client.ts';
import type { KeyJson, Status } from '../../api/types.ts';
import { shown } from '../../lib/format.ts';
import type { Fault, Step, Verified } from '../../lib/verify.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { Failed } from '../../ui/state.tsx';
import { words } from '../history/words.ts';
import { Fingerprint } from './fingerprint.tsx';

export function Verify({ oid }: { oid: string }) {
  const state = useSignal<Verified | ApiError | 'checking' | null>(null);
  const { verify: says } = words.value;
  const run = async () => {
    state.value = 'checking';
    try {
      state.value = await verifyCommit(oid);
    } catch (error) {
      state.value = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
    }
  };
  const { value } = state;
  const insecure = !window.isSecureContext;
  return (
    <section class="verify" aria-live="polite">
      <h3>{words.value.commit.verify}</h3>
      <p class="note">{insecure ? says.insecure : says.intro}</p>
      {!insecure && (
        <p>
          <button type="button" class="primary" disabled={value === 'checking'} onClick={run}>
            <Icon name="shield" />
            {value === 'checking' ? says.running : value === null ? says.run : says.again}
          </button>
        </p>
      )}
      {value instanceof ApiError && <Failed error={value} onAgain={run} />}
      {value !== null && typeof value === 'object' && 'steps' in value && <Result verified={value} />}
    </section>
  );
}

/** OpenPGP comes with this, and only when somebody asks. */
async function verifyCommit(oid: string): Promise<Verified> {
  const [{ verifyHere }, { list }] = await Promise.all([import('../../lib/verify.ts'), get<Status>('/status')]);
  return verifyHere({
    ...{ oid, list, nowMs: Date.now() },
    raw: async () => new Uint8Array(await (await getBody(`/commits/${oid}/raw`)).arrayBuffer()),
    keys: async () => (await get<{ keys: KeyJson[] }>('/keys')).keys.map(({ armored }) => armored),
    records: async () => (await getBody(`/commits/${oid}/records`)).text(),
  });
}

function Result({ verified: { steps, fingerprint } }: { verified: Verified }) {
  const { verify: says } = words.value;
  const good = steps.every(({ result }) => result === 'ok');
  const bad = steps.some(({ result }) => result === 'failed');
  return (
    <>
      <ol class="steps">
        {steps.map(step => (
          <li key={step.name} class={step.result}>
            <Icon name={step.result === 'ok' ? 'check' : step.result === 'failed' ? 'cross' : 'ring'} />
            <span>
              {says.steps[step.name]}: <strong>{says.results[step.result]}</strong>
              <br />
              <span class="note">{detailOf(step)}</span>
            </span>
          </li>
        ))}
      </ol>
      <p class={good ? 'verdict ok' : 'verdict failed'}>{good ? says.allGood : bad ? says.notAll : says.notChecked}</p>
      {fingerprint !== null && (
        <p>
          {says.fingerprint} <Fingerprint text={fingerprint} />
        </p>
      )}
      <details>
        <summary>{says.limits}</summary>
        <ul class="reasons">
          {says.notShown.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

function detailOf(step: Step): string {
  const { details } = words.value.verify;
  if (step.result !== 'ok') return faultOf(step.fault);
  const [first = '', second = ''] = step.said;
  const { number } = formats.value;
  if (step.name === 'bytes') return details.bytes(first, number(Number(second)));
  if (step.name === 'records') return details.records(number(Number(first)), second);
  return details[step.name](shown(first));
}

function faultOf(fault: Fault): string {
  const { faults } = words.value.verify;
  switch (fault.kind) {
    case 'words':
      return shown(fault.words);
    case 'bytes':
      return faults.bytes(fault.got);
    case 'list':
      return faults.list(shown(fault.said), shown(fault.here));
    case 'records':
      return faults.records(fault.got, fault.said);
    case 'noAnswer':
      return faults.noAnswer(shown(fault.why));
    default:
      return faults[fault.kind];
  }
}
