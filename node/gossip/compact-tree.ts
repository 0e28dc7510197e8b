// The trees of a list as they travel: git names entries in text, and half of a tree is the same in all. Lossless, for what
// is expanded is held against the tree's hash; a tree of any other form travels as it is.

/** `40000 <digit>\0<hash>`, and `100644 <id>.json\0<hash>`. */
const folderWidth = 28;
const leafWidth = 73;
const folderMode = Buffer.from('40000 ');
const leafMode = Buffer.from('100644 ');
const leafEnd = Buffer.from('.json\0');
const digits = '0123456789abcdef';
const oidBytes = 20;
const idBytes = 20;
const idForm = /^[0-9a-f]{40}$/;

/** `folder`: which of the 16 digits are there, 2 bytes, then a hash each. `leaf`: an id and a hash each. */
export type CompactForm = 'folder' | 'leaf';
export type Compact = { readonly form: CompactForm; readonly bytes: Uint8Array };

/** Undefined for a tree that is not in one of the two forms. */
export function compact(tree: Uint8Array): Compact | undefined {
  const body = Buffer.from(tree.buffer, tree.byteOffset, tree.length);
  if (body.length === 0) return undefined;
  return (body[0] === folderMode[0] ? compactFolder(body) : undefined) ?? compactLeaf(body);
}

/** The tree, or undefined when the bytes are not in that form. */
export function expand({ form, bytes }: Compact): Uint8Array | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return form === 'folder' ? expandFolder(body) : expandLeaf(body);
}

function compactFolder(body: Buffer): Compact | undefined {
  const count = body.length / folderWidth;
  if (!Number.isInteger(count) || count > digits.length) return undefined;
  const bytes = Buffer.alloc(2 + count * oidBytes);
  let present = 0;
  for (let i = 0; i < count; i++) {
    const at = i * folderWidth;
    const digit = digits.indexOf(String.fromCharCode(body[at + folderMode.length]!));
    const fits = body.compare(folderMode, 0, folderMode.length, at, at + folderMode.length) === 0;
    // In order, each once: else it could not be told from the bits.
    if (!fits || digit < 0 || present >> digit !== 0 || body[at + folderMode.length + 1] !== 0) return undefined;
    present |= 1 << digit;
    body.copy(bytes, 2 + i * oidBytes, at + folderWidth - oidBytes, at + folderWidth);
  }
  bytes.writeUInt16BE(present);
  return { form: 'folder', bytes };
}

function expandFolder(bytes: Buffer): Uint8Array | undefined {
  if (bytes.length < 2 + oidBytes) return undefined;
  const present = [...digits].filter((_, digit) => (bytes.readUInt16BE() >> digit) & 1);
  if (bytes.length !== 2 + present.length * oidBytes) return undefined;
  const body = Buffer.alloc(present.length * folderWidth);
  for (const [i, digit] of present.entries()) {
    const at = i * folderWidth;
    folderMode.copy(body, at);
    body.write(digit, at + folderMode.length, 'latin1');
    bytes.copy(body, at + folderWidth - oidBytes, 2 + i * oidBytes, 2 + (i + 1) * oidBytes);
  }
  return body;
}

function compactLeaf(body: Buffer): Compact | undefined {
  const count = body.length / leafWidth;
  if (!Number.isInteger(count)) return undefined;
  const bytes = Buffer.alloc(count * (idBytes + oidBytes));
  for (let i = 0; i < count; i++) {
    const [at, to] = [i * leafWidth, i * (idBytes + oidBytes)];
    const id = body.toString('latin1', at + leafMode.length, at + leafMode.length + 2 * idBytes);
    const end = at + leafMode.length + 2 * idBytes;
    const fits =
      body.compare(leafMode, 0, leafMode.length, at, at + leafMode.length) === 0 &&
      body.compare(leafEnd, 0, leafEnd.length, end, end + leafEnd.length) === 0;
    if (!fits || !idForm.test(id)) return undefined;
    bytes.write(id, to, 'hex');
    body.copy(bytes, to + idBytes, at + leafWidth - oidBytes, at + leafWidth);
  }
  return { form: 'leaf', bytes };
}

function expandLeaf(bytes: Buffer): Uint8Array | undefined {
  const count = bytes.length / (idBytes + oidBytes);
  if (count === 0 || !Number.isInteger(count)) return undefined;
  const body = Buffer.alloc(count * leafWidth);
  for (let i = 0; i < count; i++) {
    const [at, from] = [i * leafWidth, i * (idBytes + oidBytes)];
    leafMode.copy(body, at);
    body.write(bytes.toString('hex', from, from + idBytes), at + leafMode.length, 'latin1');
    leafEnd.copy(body, at + leafMode.length + 2 * idBytes);
    bytes.copy(body, at + leafWidth - oidBytes, from + idBytes, from + idBytes + oidBytes);
  }
  return body;
}
