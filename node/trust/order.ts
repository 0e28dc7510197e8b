// Which statement is in force. A pure function of the statements kept and of whom this node trusts: never of the order in
// which they came, nor of any date.
import { day, second } from '../base/time.ts';
import type { IsTrusted } from './keyring.ts';
import type { VerifiedStatement } from './verified.ts';

/** Statements kept of each key, by sequence: when a key falls, the latest is worked out from what others said before. */
export const keptMax = 64;
/** A slip of the pen or a stolen key must not use up the numbers: 2^53 is 8 × 10^12 such leaps away. */
export const sequenceLeapMax = 1_024;
/** Two prove that a key said two things at once; more prove nothing more. */
const perSequenceMax = 2;
/** As long as an announcement lives: after that nothing from before a rollback can come back. */
export const rollbackInForceMs = day;

/** Two statements of one key with one sequence: the better one first. Either is the other's proof. */
export type Equivocation = readonly [VerifiedStatement, VerifiedStatement];

export class Statements {
  /** By fingerprint of the signer, best first. */
  readonly #kept = new Map<string, VerifiedStatement[]>();
  #highest = 0;

  /** With what the store kept, in any order. */
  constructor(kept: Iterable<VerifiedStatement> = []) {
    // The highest first: what was dropped in between would look like a leap.
    for (const verified of [...kept].sort(byRank)) this.add(verified);
  }

  /** All that is kept, in no particular order. */
  *[Symbol.iterator](): Generator<VerifiedStatement> {
    for (const kept of this.#kept.values()) yield* kept;
  }

  /** By payload digest: asked before a signature is checked again. */
  get(digest: string): VerifiedStatement | undefined {
    for (const verified of this) if (verified.statement.digest === digest) return verified;
    return undefined;
  }

  /** The highest sequence ever taken in, trusted or not. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * `known` also means that it adds nothing: a third statement with one sequence, or one in another armor. `TOO_OLD` is
   * below all that is kept of its key; `SEQUENCE_JUMP` is too far above all that is known, unless nothing is.
   */
  add(verified: VerifiedStatement, leapMax = sequenceLeapMax): 'new' | 'known' | 'SEQUENCE_JUMP' | 'TOO_OLD' {
    const { sequence, digest } = verified.statement;
    if (this.#highest > 0 && sequence > this.#highest + leapMax) return 'SEQUENCE_JUMP';
    const before = this.#kept.get(verified.fingerprint) ?? [];
    if (before.some(({ statement }) => statement.digest === digest)) return 'known';
    const after = pruned([...before, verified].sort(byRank));
    if (!after.includes(verified)) {
      return before.some(({ statement }) => statement.sequence === sequence) ? 'known' : 'TOO_OLD';
    }
    this.#kept.set(verified.fingerprint, after);
    this.#highest = Math.max(this.#highest, sequence);
    return 'new';
  }

  /**
   * How far above the highest the next one may be at `now`: a node that was away for weeks must not be left behind by
   * checkpoints of every ten minutes, so each day since the newest statement here allows as many again.
   */
  leapMax(now: number): number {
    const newest = Math.max(0, ...[...this].map(statedAt));
    return sequenceLeapMax * (1 + Math.max(0, Math.floor((now - newest) / day)));
  }

  /** The statement in force: the highest sequence; then a rollback before a checkpoint; then the smaller digest. */
  latest(isTrusted: IsTrusted): VerifiedStatement | undefined {
    return this.#trusted(isTrusted)[0];
  }

  /** The rollback that bounds the list now: until its day is over, what was not issued after it stays out. */
  rollbackInForce(isTrusted: IsTrusted, now: number): VerifiedStatement | undefined {
    const rollback = this.#trusted(isTrusted).find(({ statement }) => statement.kind === 'rollback');
    return rollback && now < statedAt(rollback) + rollbackInForceMs ? rollback : undefined;
  }

  /** Of trusted and other signers alike: what a key did stays true after it was removed. */
  equivocations(): Equivocation[] {
    return [...this.#kept.values()].flatMap(kept =>
      kept.flatMap((one, i): Equivocation[] => {
        const other = kept[i + 1];
        return other?.statement.sequence === one.statement.sequence ? [[one, other]] : [];
      }),
    );
  }

  #trusted(isTrusted: IsTrusted): VerifiedStatement[] {
    return [...this].filter(isTrusted).sort(byRank);
  }
}

/** When a statement says that it was made, in Unix milliseconds. The verifier sees to it that this is not the future. */
export const statedAt = ({ statement }: VerifiedStatement): number => statement.committer.atSeconds * second;

/** Sorts the best first. */
export function byRank({ statement: a }: VerifiedStatement, { statement: b }: VerifiedStatement): number {
  if (a.sequence !== b.sequence) return b.sequence - a.sequence;
  if (a.kind !== b.kind) return a.kind === 'rollback' ? -1 : 1;
  return a.digest < b.digest ? -1 : 1;
}

/** The best two of each sequence, of the highest sequences. Takes them best first. */
function pruned(sorted: readonly VerifiedStatement[]): VerifiedStatement[] {
  const counts = new Map<number, number>();
  return sorted.filter(({ statement: { sequence } }) => {
    const count = (counts.get(sequence) ?? 0) + 1;
    counts.set(sequence, count);
    return count <= perSequenceMax && counts.size <= keptMax;
  });
}
