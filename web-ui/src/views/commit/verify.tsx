// "Verify here": the signature and the announcements of a statement, checked in this browser, step by step.
import { type Signal, useSignal } from '@preact/signals';
import { ApiError, get, getBytes } from '../../api/client.ts';
import type { KeyJson, Status } from '../../api/types.ts';
import { shown } from '../../lib/format.ts';
import type { Fault, Step, Verified } from '../../lib/verify.ts';
import { formats } from '../../state/locale.ts';
import { Icon } from '../../ui/icon.tsx';
import { Failed } from '../../ui/state.tsx';
import { words } from '../history/words.ts';
import { Fingerprint } from './fingerprint.tsx';

export function Verify({ oid }: { oid: string }) {
  const state = useSignal<Verified | ApiError | null>(null);
  const checking = useSignal(false);
  const counted = useSignal(0);
  const { verify: says } = words.value;
  const run = async () => {
    state.value = null;
    checking.value = true;
    try {
      await verifyCommit(oid, verified => (state.value = verified), counted);
    } catch (error) {
      state.value = error instanceof ApiError ? error : new ApiError(0, 'BROKEN_ANSWER', String(error));
    }
    checking.value = false;
  };
  const { value } = state;
  const insecure = !window.isSecureContext;
  return (
    <section class="verify" aria-live="polite">
      <h3>{words.value.commit.verify}</h3>
      <p class="note">{insecure ? says.insecure : says.intro}</p>
      {!insecure && (
        <p>
          <button type="button" class="primary" disabled={checking.value} onClick={run}>
            <Icon name="shield" />
            {checking.value ? says.running : value === null ? says.run : says.again}
          </button>
        </p>
      )}
      {value instanceof ApiError && <Failed error={value} onAgain={run} />}
      {value !== null && 'steps' in value && <Steps steps={value.steps} />}
      {checking.value && counted.value > 0 && <Counted count={counted} />}
      {value !== null && 'steps' in value && !checking.value && <Verdict verified={value} />}
    </section>
  );
}

/** OpenPGP comes with this, and only when somebody asks. */
async function verifyCommit(oid: string, onStep: (verified: Verified) => void, counted: Signal<number>): Promise<void> {
  const [{ countIn, verifyHere }, { list }] = await Promise.all([
    import('../../lib/verify.ts'),
    get<Status>('/status'),
  ]);
  let before: number | undefined;
  counted.value = 0;
  await verifyHere({
    ...{ oid, list, nowMs: Date.now(), onStep },
    raw: () => getBytes(`/commits/${oid}/raw`),
    keys: async () => (await get<{ keys: KeyJson[] }>('/keys')).keys.map(({ armored }) => armored),
    records: () =>
      getBytes(`/commits/${oid}/records`, piece => {
        counted.value += countIn(piece, before);
        before = piece.at(-1);
      }),
  });
}

/** Not spoken: it changes many times a second. */
const Counted = ({ count }: { count: Signal<number> }) => (
  <p class="note" aria-live="off">
    <span class="spinner" aria-hidden="true" /> {words.value.verify.counted(formats.value.number(count.value))}
  </p>
);

const Steps = ({ steps }: Pick<Verified, 'steps'>) => (
  <ol class="steps">
    {steps.map(step => (
      <li key={step.name} class={step.result}>
        <Icon name={step.result === 'ok' ? 'check' : step.result === 'failed' ? 'cross' : 'ring'} />
        <span>
          {words.value.verify.steps[step.name]}: <strong>{words.value.verify.results[step.result]}</strong>
          <br />
          <span class="note">{detailOf(step)}</span>
        </span>
      </li>
    ))}
  </ol>
);

function Verdict({ verified: { steps, fingerprint } }: { verified: Verified }) {
  const { verify: says } = words.value;
  const good = steps.every(({ result }) => result === 'ok');
  const bad = steps.some(({ result }) => result === 'failed');
  return (
    <>
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
