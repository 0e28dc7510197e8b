// Trees whose entries have heads of one length: looked up and changed as the very bytes that git hashes, without parsing.
// A change gives new bytes, so whoever holds the old ones still has the tree as it was; who alone holds them may have them changed.
import { damaged } from './damaged.ts';

/** SHA-1. */
const oidBytes = 20;

/** The hash behind a head such as `100644 <name>\0`, in hex. */
export function entryIn(tree: Buffer, head: string): string | undefined {
  const at = placeOf(tree, head);
  return compareHead(tree, at, head) === 0
    ? tree.toString('hex', at + head.length, at + head.length + oidBytes)
    : undefined;
}

/** Gives an entry that is there another hash, in these very bytes; false where there is no such entry. */
export function setEntry(tree: Buffer, head: string, oid: string): boolean {
  const at = placeOf(tree, head);
  if (compareHead(tree, at, head) !== 0) return false;
  tree.write(oid, at + head.length, 'hex');
  return true;
}

/** The tree with that entry, or without it; the same bytes when that changes nothing. */
export function withEntry(tree: Buffer, head: string, oid: string | undefined): Buffer {
  const at = placeOf(tree, head);
  const width = head.length + oidBytes;
  const held = compareHead(tree, at, head) === 0 ? width : 0;
  if (oid === undefined && held === 0) return tree;
  if (oid !== undefined && held > 0 && tree.toString('hex', at + head.length, at + width) === oid) return tree;
  const added = oid === undefined ? 0 : width;
  // Not from Node's pool, of which a small tree would keep 8 KiB.
  const changed = Buffer.allocUnsafeSlow(tree.length - held + added);
  tree.copy(changed, 0, 0, at);
  if (oid !== undefined) {
    changed.write(head, at, 'latin1');
    changed.write(oid, at + head.length, 'hex');
  }
  tree.copy(changed, at + added, at + held);
  return changed;
}

/** Where the first entry begins that is not before this one. */
function placeOf(tree: Buffer, head: string): number {
  const width = head.length + oidBytes;
  let low = 0;
  let high = tree.length / width;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareHead(tree, middle * width, head) < 0) low = middle + 1;
    else high = middle;
  }
  return low * width;
}

/** Below 0 when the head that begins there comes before this one, 0 when it is this one; at the end there is none. */
function compareHead(tree: Buffer, at: number, head: string): number {
  if (at === tree.length) return 1;
  for (let i = 0; i < head.length; i++) {
    const difference = tree[at + i]! - head.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** An entry of a tree that was checked before it was stored. */
export type Child = { readonly name: string; readonly oid: string; readonly isTree: boolean };

export function childrenIn(tree: Buffer): Child[] {
  const children: Child[] = [];
  for (let at = 0; at < tree.length; at = endOf(tree, at)) children.push(childAt(tree, at));
  return children;
}

const fileHead = '100644 ';
const idDigits = 2 * oidBytes;
const leafEntryBytes = fileHead.length + idDigits + '.json\0'.length + oidBytes;

/** `<id><blob>` in bytes for each entry `100644 <id>.json` of a leaf, in its order. @throws RollcallError STORE_DAMAGED */
export function leafRows(leaf: Buffer): Buffer {
  if (leaf.length % leafEntryBytes !== 0) throw damaged('a tree of servers holds something else');
  const rows = Buffer.allocUnsafe((leaf.length / leafEntryBytes) * 2 * oidBytes);
  let to = 0;
  for (let end = leafEntryBytes; end <= leaf.length; end += leafEntryBytes) {
    const id = end - leafEntryBytes + fileHead.length;
    to += rows.write(leaf.toString('latin1', id, id + idDigits), to, 'hex');
    to += leaf.copy(rows, to, end - oidBytes, end);
  }
  return rows;
}

/** Calls `differs` for each name whose entries are not the same on both sides, in the order of names; only those are decoded. */
export function compareTrees(
  before: Buffer,
  after: Buffer,
  differs: (before: Child | undefined, after: Child | undefined) => void,
): void {
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    const [leftEnd, rightEnd] = [endOf(before, left), endOf(after, right)];
    const order = orderOf(before, left, leftEnd, after, right, rightEnd);
    if (order !== 0 || before.compare(after, right, rightEnd, left, leftEnd) !== 0) {
      differs(order > 0 ? undefined : childAt(before, left), order < 0 ? undefined : childAt(after, right));
    }
    if (order <= 0) left = leftEnd;
    if (order >= 0) right = rightEnd;
  }
}

/** Below 0 when the entry of the left tree comes first, 0 when both have one name; where one ends, the other is next. */
function orderOf(left: Buffer, a: number, aEnd: number, right: Buffer, b: number, bEnd: number): number {
  if (a === aEnd) return 1;
  if (b === bEnd) return -1;
  return left.compare(right, b, bEnd - oidBytes, a, aEnd - oidBytes);
}

function childAt(tree: Buffer, at: number): Child {
  const space = tree.indexOf(32, at);
  const end = endOf(tree, at) - oidBytes;
  return {
    name: tree.toString('latin1', space + 1, end - 1),
    oid: tree.toString('hex', end, end + oidBytes),
    isTree: space - at === '40000'.length,
  };
}

/** Where the next entry begins. @throws RollcallError STORE_DAMAGED */
function endOf(tree: Buffer, at: number): number {
  if (at === tree.length) return at;
  const nul = tree.indexOf(0, at);
  const end = nul + 1 + oidBytes;
  if (nul < 0 || end > tree.length) throw damaged(`a tree ends within an entry, at byte ${at}`);
  return end;
}
