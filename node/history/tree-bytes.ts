// Trees whose entries have heads of one length: looked up and changed as the very bytes that git hashes, without parsing.
// A change gives new bytes, so whoever holds the old ones still has the tree as it was.

/** SHA-1. */
const oidBytes = 20;

/** The hash behind a head such as `100644 <name>\0`, in hex. */
export function entryIn(tree: Buffer, head: string): string | undefined {
  const at = placeOf(tree, head);
  return headAt(tree, at, head.length) === head
    ? tree.toString('hex', at + head.length, at + head.length + oidBytes)
    : undefined;
}

/** The tree with that entry, or without it; the same bytes when that changes nothing. */
export function withEntry(tree: Buffer, head: string, oid: string | undefined): Buffer {
  const at = placeOf(tree, head);
  const width = head.length + oidBytes;
  const held = headAt(tree, at, head.length) === head ? width : 0;
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
    if (headAt(tree, middle * width, head.length) < head) low = middle + 1;
    else high = middle;
  }
  return low * width;
}

const headAt = (tree: Buffer, at: number, length: number): string => tree.toString('latin1', at, at + length);
