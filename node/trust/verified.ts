// Only this file makes a `VerifiedStatement`: one whose signature was checked against a key that was good at that moment.
import { type Parsed, parsed } from '../base/verdict.ts';
import { type CheckSignature, type FindKeys, judgeSignature, type Signer } from './check.ts';
import { parseStatement, type Statement } from './statement.ts';

export { type CheckSignature, checkSignature, signersOf, statementSkewMaxMs } from './check.ts';

declare const checked: unique symbol;

/** A statement that is known to be a maintainer's own word. Whether that maintainer is trusted still may change. */
export type VerifiedStatement = Signer & {
  readonly statement: Statement;
  readonly [checked]: true;
};

/** By a key that is good now; cheap checks first. */
export async function verifyStatement(
  statement: Statement,
  now: number,
  find: FindKeys,
  check?: CheckSignature,
): Promise<Parsed<VerifiedStatement>> {
  const signer = await judgeSignature(statement, now, find, check);
  return signer.ok ? parsed({ statement, ...signer.value } as VerifiedStatement) : signer;
}

/**
 * A statement from this node's own store, where only verified ones are written: its key may be gone from the keyring since.
 * Undefined when the bytes are no statement: the store is damaged.
 */
export function restoredStatement(bytes: Uint8Array, names: Signer): VerifiedStatement | undefined {
  const read = parseStatement(bytes);
  return read.ok ? ({ statement: read.value, ...names } as VerifiedStatement) : undefined;
}
