// Checks a statement in the browser by the very code that nodes judge by. What it needs is handed in; loaded when asked for.
import { hexOf, utf8 } from '../../../node/base/encoding.ts';
import { judgeSignature, signersOf } from '../../../node/trust/check.ts';
import { type PublicKey, readPublicKeys } from '../../../node/trust/key.ts';
import { parseForm, type StatementForm } from '../../../node/trust/statement-form.ts';

export const stepNames = ['bytes', 'form', 'list', 'signature', 'records'] as const;
export type StepName = (typeof stepNames)[number];

/** `said`: what the step computed, for its words. `skipped`: a step before it failed, or its data could not be had. */
export type Step =
  | { readonly name: StepName; readonly result: 'ok'; readonly said: readonly string[] }
  | { readonly name: StepName; readonly result: 'failed'; readonly fault: Fault }
  | { readonly name: StepName; readonly result: 'skipped'; readonly fault: Fault };

/** `words`: the parser's or the check's own, in English as everywhere; else what the words of the view are filled with. */
export type Fault =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'bytes'; readonly got: string }
  | { readonly kind: 'list'; readonly said: string; readonly here: string }
  | { readonly kind: 'records'; readonly got: string; readonly said: string }
  | { readonly kind: 'noAnswer'; readonly why: string }
  | { readonly kind: 'before' };

export type Verified = {
  readonly steps: readonly Step[];
  /** Of the key that made the signature, when it holds. */
  readonly fingerprint: string | null;
};

export type VerifyDeps = {
  readonly oid: string;
  readonly list: string;
  readonly nowMs: number;
  readonly raw: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Armored. */
  readonly keys: () => Promise<readonly string[]>;
  /** The announcements one after the other. */
  readonly records: () => Promise<Uint8Array<ArrayBuffer>>;
  /** What stands by now, after each step. */
  readonly onStep: (verified: Verified) => void;
};

/** What the steps found so far. */
type Found = { raw?: Uint8Array<ArrayBuffer>; form?: StatementForm; fingerprint?: string };
type Check = (deps: VerifyDeps, found: Found) => Promise<Step>;

/** Each step stands on those before it, so nothing is checked behind the first that does not hold. */
export async function verifyHere(deps: VerifyDeps): Promise<void> {
  const found: Found = {};
  const steps: Step[] = [];
  for (const name of stepNames) {
    const sound = steps.every(({ result }) => result === 'ok');
    steps.push(sound ? await checks[name](deps, found) : { name, result: 'skipped', fault: { kind: 'before' } });
    deps.onStep({ steps: [...steps], fingerprint: found.fingerprint ?? null });
  }
}

const checks: Readonly<Record<StepName, Check>> = {
  async bytes({ oid, raw }, found) {
    const bytes = await fetched(raw);
    if ('fault' in bytes) return skipped('bytes', bytes.fault);
    found.raw = bytes.value;
    const got = await gitHash(found.raw);
    return got === oid ? ok('bytes', got, String(found.raw.length)) : failed('bytes', { kind: 'bytes', got });
  },
  async form(_, found) {
    const form = parseForm(found.raw!);
    if (!form.ok) return failed('form', { kind: 'words', words: form.message });
    found.form = form.value;
    return ok('form', await digest('SHA-256', new Uint8Array(form.value.payload)));
  },
  async list({ list }, found) {
    const said = found.form!.list;
    return said === list ? ok('list', said) : failed('list', { kind: 'list', said, here: list });
  },
  async signature({ keys, nowMs }, found) {
    const held = await fetched(keys);
    if ('fault' in held) return skipped('signature', held.fault);
    const signer = await judge(found.form!, held.value, nowMs);
    if (!signer.ok) return failed('signature', { kind: 'words', words: signer.message });
    found.fingerprint = signer.value.fingerprint;
    return ok('signature', signer.value.signer);
  },
  async records({ records }, found) {
    const bytes = await fetched(records);
    if ('fault' in bytes) return skipped('records', bytes.fault);
    const { records: said } = found.form!;
    const got = await digest('SHA-256', bytes.value);
    if (got !== said) return failed('records', { kind: 'records', got, said });
    return ok('records', String(countIn(bytes.value)), got);
  },
};

const ok = (name: StepName, ...said: string[]): Step => ({ name, result: 'ok', said });
const failed = (name: StepName, fault: Fault): Step => ({ name, result: 'failed', fault });
const skipped = (name: StepName, fault: Fault): Step => ({ name, result: 'skipped', fault });

async function judge(form: StatementForm, armored: readonly string[], nowMs: number) {
  const read = await Promise.all(armored.map(key => readPublicKeys(utf8(key))));
  const keys: PublicKey[] = read.flatMap(key => (key.ok ? key.value : []));
  return judgeSignature(form, nowMs, (keyId, print) =>
    keys.filter(({ key }) =>
      signersOf(key, keyId).some(signer => print === undefined || signer.getFingerprint() === print),
    ),
  );
}

const [newline, brace] = [...utf8('\n}')] as [number, number];

/** How many announcements end in these bytes: with a brace at the beginning of a line. `before`: the byte before them. */
export function countIn(bytes: Uint8Array, before?: number): number {
  let count = 0;
  for (let at = bytes.indexOf(brace); at >= 0; at = bytes.indexOf(brace, at + 1)) {
    if ((at === 0 ? before : bytes[at - 1]) === newline) count++;
  }
  return count;
}

async function gitHash(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return digest('SHA-1', await new Blob([`commit ${body.length}\0`, body]).arrayBuffer());
}

const digest = async (algorithm: 'SHA-1' | 'SHA-256', bytes: BufferSource): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)));

const fetched = async <T>(ask: () => Promise<T>): Promise<{ value: T } | { fault: Fault }> =>
  ask().then(
    value => ({ value }),
    (error: Error) => ({ fault: { kind: 'noAnswer', why: error.message } }),
  );
