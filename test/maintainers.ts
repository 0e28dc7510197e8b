// Maintainers for tests: a key made on the spot, and statements signed with it.
import type { Draft } from '../node/api/port.ts';
import { sha256Hex, utf8 } from '../node/base/bytes.ts';
import { day } from '../node/base/time.ts';
import { emptyTree } from '../node/history/tree.ts';
import { type PublicKey, readPublicKeys } from '../node/trust/key.ts';
import { makeKey } from '../node/trust/make-key.ts';
import { openPrivateKey, signPayload } from '../node/trust/sign.ts';
import { formatPayload, type PayloadFields, type Statement, withSignature } from '../node/trust/statement.ts';
import { testList, testNow } from './announcements.ts';

export type Maintainer = {
  readonly name: string;
  readonly email: string;
  readonly fingerprint: string;
  readonly key: PublicKey;
  readonly publicArmored: string;
  readonly privateArmored: string;
  readonly revocationCertificate: string;
  /** Signs any payload. */
  sign(payload: Uint8Array, now?: number): Promise<Statement>;
  /** Signs a statement with these orders; for the rest it is a first checkpoint of an empty list. */
  state(fields?: Partial<PayloadFields>, now?: number): Promise<Statement>;
  /** Signs what a node drafted. */
  signDraft(draft: Pick<Draft, 'payload'>, now?: number): Promise<Statement>;
};

/** A key that was made a day before `now`. */
export async function maintainerOf(name: string, now = testNow): Promise<Maintainer> {
  const email = `${name.toLowerCase()}@example.org`;
  const made = await makeKey({ name, email }, now - day);
  const read = await readPublicKeys(utf8(made.publicArmored));
  if (!read.ok) throw new Error(read.message);
  const secret = await openPrivateKey(made.privateArmored);
  const sign = async (payload: Uint8Array, at = now) => {
    const signed = withSignature(payload, await signPayload(payload, secret, at));
    if (!signed.ok) throw new Error(signed.message);
    return signed.value;
  };
  const state = (fields: Partial<PayloadFields> = {}, at = now) => {
    const person = { name, email, atSeconds: Math.floor(at / 1_000), zone: '+0000' };
    const { sequence = 1, kind = 'checkpoint' } = fields;
    const orders = {
      ...{ subject: `${kind} ${sequence}: a test`, text: '', list: testList, sequence, kind },
      ...{ records: sha256Hex(''), previous: null, rollbackTo: kind === 'rollback' ? 'c'.repeat(40) : null },
    };
    const commit = { tree: emptyTree, parents: [], author: person, committer: person };
    return sign(formatPayload({ ...commit, ...orders, ...fields }), at);
  };
  const signDraft = ({ payload }: Pick<Draft, 'payload'>, at = now) => sign(Buffer.from(payload, 'base64'), at);
  return { ...made, name, email, key: read.value[0]!, sign, state, signDraft };
}
