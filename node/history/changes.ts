// Which blobs each commit replaced, and where that was a mere renewal, one record a commit: two commits are compared by what
// was noted between them, without a look at their trees. A record that is missing or too many of them cost time alone: then
// the trees are read.
import { setImmediate as pause } from 'node:timers/promises';
import { asBuffer } from '../base/bytes.ts';
import type { ChangeKind } from '../list/change.ts';
import type { BlobDiff } from './diff.ts';
import { hashAt, writeHashes } from './hash-rows.ts';
import { keyOf } from './log.ts';
import { oidBytes } from './oid-set.ts';
import type { Steps } from './steps.ts';
import type { Store } from './store.ts';

/** A change of which it is known whether it was a mere renewal, or one of somebody whom nobody saw. */
export type NotedChange = BlobDiff & { readonly isRenewal: boolean };

/** What no comparison tells anybody. */
export const isUntold = (kind: ChangeKind): boolean => kind === 'renewed' || kind === 'gone';

const flagAt = 3 * oidBytes;
const changeBytes = flagAt + 1;

/** Changes read for one comparison: what 2,000 commits make as a rule. In a flood they are more, and trees are bounded by the list. */
const changesMax = 200_000;
/** Bytes of records read in one go: 400 commits. On a busy machine each time costs more than what it brings. */
const readBytes = 262_144;
/** Changes read before the event loop gets a turn: 5 ms. */
const turnMax = 5_000;

const noBlob = '0'.repeat(2 * oidBytes);

/** `<id><blob before><blob after><1 for a renewal>` for each server, in bytes; zeros for a blob that is not there. In any order. */
export function formatChanges(changes: readonly NotedChange[]): Buffer {
  const record = Buffer.allocUnsafe(changes.length * changeBytes);
  let at = 0;
  for (const { id, before = noBlob, after = noBlob, isRenewal } of changes) {
    at = record.writeUInt8(isRenewal ? 1 : 0, writeHashes(record, at, id, before, after));
  }
  return record;
}

/** Adds the steps from one height to another, be it older or newer. False when not all of them can be told. */
export function addChanges(steps: Steps, store: Pick<Store, 'entries'>, from: number, to: number): Promise<boolean> {
  const isBack = to < from;
  return eachChange(store, from, to, (record, at) => {
    const [before, after] = [blobAt(record, at + oidBytes), blobAt(record, at + 2 * oidBytes)];
    steps.add(hashAt(record, at), isBack ? after : before, isBack ? before : after, isRenewalAt(record, at));
  });
}

/** Who did more than renew what he said, after one height and until a later one; undefined when that cannot be told of all. */
export async function newsBetween(
  store: Pick<Store, 'entries'>,
  from: number,
  to: number,
): Promise<ReadonlySet<string> | undefined> {
  const ids = new Set<string>();
  const isWhole = await eachChange(store, from, to, (record, at) => {
    if (!isRenewalAt(record, at)) ids.add(hashAt(record, at));
  });
  return isWhole ? ids : undefined;
}

/** Looks at all changes from one height to another, in that order. False when not all are noted, or they are too many. */
async function eachChange(
  store: Pick<Store, 'entries'>,
  from: number,
  to: number,
  look: (record: Buffer, at: number) => void,
): Promise<boolean> {
  const range = {
    gt: keyOf(Math.min(from, to)),
    lte: keyOf(Math.max(from, to)),
    reverse: to < from,
    highWaterMarkBytes: readBytes,
  };
  let [commits, count, turn] = [0, 0, 0];
  for await (const [, value] of store.entries('changes', range)) {
    const record = asBuffer(value);
    count += record.length / changeBytes;
    if (!Number.isInteger(count) || count > changesMax) return false;
    commits++;
    for (let at = 0; at < record.length; at += changeBytes) {
      if (++turn % turnMax === 0) await pause();
      look(record, at);
    }
  }
  return commits === Math.abs(to - from);
}

const isRenewalAt = (record: Buffer, at: number): boolean => record[at + flagAt] === 1;

function blobAt(record: Buffer, at: number): string | undefined {
  const blob = hashAt(record, at);
  return blob === noBlob ? undefined : blob;
}

/** Whether the record of a height, if there is one, tells something else than these changes. */
export async function areWrong(
  store: Pick<Store, 'get'>,
  height: number,
  changes: readonly NotedChange[],
): Promise<boolean> {
  const value = await store.get('changes', keyOf(height));
  if (!value) return false;
  const [held, right] = [await entriesOf(asBuffer(value)), await entriesOf(formatChanges(changes))];
  return value.length !== changes.length * changeBytes || held.size !== right.size || !held.isSubsetOf(right);
}

async function entriesOf(record: Buffer): Promise<Set<string>> {
  const entries = new Set<string>();
  for (let at = 0; at < record.length; at += changeBytes) {
    entries.add(record.toString('latin1', at, at + changeBytes));
    if (entries.size % turnMax === 0) await pause();
  }
  return entries;
}
