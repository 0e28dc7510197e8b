// All that there is to a statement in force, gathered before anything of it has an effect, and how it is written down.
import { utf8 } from '../base/bytes.ts';
import { batches } from '../history/diff.ts';
import type { Adoption } from '../history/history.ts';
import type { Write } from '../history/store.ts';
import type { Baseline } from '../list/server-list.ts';
import { statedAt } from '../trust/order.ts';
import type { VerifiedStatement } from '../trust/verified.ts';
import { type ExamineDeps, type Examined, treeOf } from './examine.ts';
import { checkedFirstMax } from './vouched.ts';

export type Force = {
  readonly verified: VerifiedStatement | undefined;
  readonly tree: Omit<Examined, 'vouched'> | undefined;
  /** The rollback that bounds the list meanwhile: the statement itself, or one before it. */
  readonly rollback: VerifiedStatement | undefined;
  readonly baseline: Baseline | undefined;
  /** Some of its announcements are in the list on its word alone. */
  readonly isUnchecked: boolean;
};

export const noForce: Force = {
  verified: undefined,
  tree: undefined,
  rollback: undefined,
  baseline: undefined,
  isUnchecked: false,
};

/** Servers put into a table before the event loop gets a turn: 1 µs each. */
const sliceMax = 5_000;

export async function forceOf(
  verified: VerifiedStatement,
  { vouched, ...tree }: Examined,
  rollback: VerifiedStatement | undefined,
  deps: ExamineDeps,
): Promise<Force> {
  const baseline = rollback && (await baselineOf(rollback, tree, deps));
  return { verified, tree, rollback, baseline, isUnchecked: vouched.length > checkedFirstMax };
}

/** What a later statement lists is welcome too, whenever it was issued. */
async function baselineOf(
  rollback: VerifiedStatement,
  latest: Pick<Examined, 'root' | 'blobs'>,
  deps: ExamineDeps,
): Promise<Baseline> {
  const atMs = statedAt(rollback);
  if (rollback.statement.tree === latest.root) return { atMs, blobs: latest.blobs };
  const own = await treeOf(rollback.statement, deps);
  const blobs = new Map(own.ok ? own.value.blobs : []);
  for (const batch of batches([...latest.blobs], sliceMax)) {
    for (const [id, oid] of batch) blobs.set(id, oid);
    await deps.pause();
  }
  return { atMs, blobs };
}

/** By which a restart knows the statement in force, and that not all of its announcements were checked. */
export const marksOf = ({ verified, isUnchecked }: Force): Write[] => [
  verified
    ? { space: 'refs', put: 'statement', value: utf8(verified.statement.digest) }
    : { space: 'refs', del: 'statement' },
  ...(isUnchecked ? [{ space: 'refs', put: 'unchecked', value: new Uint8Array() } as const] : []),
];

/** What the merge is made of. */
export function adoptionOf({ verified, tree }: Force): Adoption {
  if (!verified || !tree) return { statement: undefined, attachments: {}, blobs: new Map() };
  const { oid, bytes, parents, digest, sequence, kind, rollbackTo, subject } = verified.statement;
  return {
    statement: {
      ...{ oid, bytes, parents, author: verified.signer, atMs: statedAt(verified), summary: subject },
      statement: { sequence, kind, rollbackTo, digest, fingerprint: verified.fingerprint },
    },
    attachments: tree.attachments,
    blobs: tree.blobs,
  };
}
