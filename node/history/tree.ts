// Git tree objects: `<mode> <name>\0<20 bytes>` for each entry, in git's order.
import { fromHex, hex, utf8 } from '../base/bytes.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

export type TreeEntry = { readonly mode: '100644' | '40000'; readonly name: string; readonly oid: string };

/** What a root holds beside `servers`: folders of these files, one of them at least, which change through statements only. */
export const attachments = { content: ['manifest.json'], policy: ['deny.json', 'quotas.json'] } as const;
export type Attachment = keyof typeof attachments;
export type AttachedFile = (typeof attachments)[Attachment][number];

/** The tree that holds nothing. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Entries must come in git's order: by bytes, directories as if their names ended in `/`. */
export function formatTree(entries: readonly TreeEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { mode, name, oid } of entries) parts.push(utf8(`${mode} ${name}\0`), fromHex(oid));
  return Buffer.concat(parts);
}

/** Whether these are what such a folder may hold. */
export const areAttached = (
  folder: Attachment,
  entries: readonly TreeEntry[],
): entries is readonly (TreeEntry & { readonly name: AttachedFile })[] => {
  const names: readonly string[] = attachments[folder];
  return entries.length > 0 && entries.every(({ mode, name }) => mode === '100644' && names.includes(name));
};

/** A leaf tree holds the servers of one three-digit prefix; at a million servers that is 244. */
export const treeEntriesMax = 8_192;

/** Strict: only plain files and directories with harmless names, sorted, none twice. */
export function parseTree(body: Uint8Array): Parsed<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  // A file and a directory of one name are not neighbours in git's order: `a`, `a-`, `a/`.
  const names = new Set<string>();
  const text = Buffer.from(body.buffer, body.byteOffset, body.length);
  let previous = '';
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(0, at);
    const head = /^(100644|40000) ([a-z0-9][a-z0-9.-]{0,63})$/.exec(end < 0 ? '' : text.toString('latin1', at, end));
    if (!head || end + 21 > text.length) return fault('BAD_TREE', `byte ${at}`, 'is no valid tree entry');
    const mode = head[1] as TreeEntry['mode'];
    const name = head[2]!;
    const order = mode === '40000' ? `${name}/` : name;
    if (order <= previous || names.has(name)) return fault('BAD_TREE', name, 'is out of order or twice there');
    if (entries.length >= treeEntriesMax) return fault('BAD_TREE', name, `is past the ${treeEntriesMax}th entry`);
    names.add(name);
    entries.push({ mode, name, oid: hex(text.subarray(end + 1, end + 21)) });
    previous = order;
    at = end + 21;
  }
  return parsed(entries);
}
