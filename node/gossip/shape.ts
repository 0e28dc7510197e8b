// The only shapes that trees of a list have. Whatever a peer sends is held against them before anything is followed.
import {
  type AttachedFile,
  type Attachment,
  areAttached,
  attachments,
  emptyTree,
  parseTree,
  type TreeEntry,
} from '../history/tree.ts';

/** Three digits lead to a leaf; the fourth step is the blob. */
export const leafDepth = 3;

/** The entries of the tree at some digits below `servers`, or what is wrong with them. */
export function childrenOf(body: Uint8Array, digits: readonly string[]): TreeEntry[] | string {
  const tree = parseTree(body);
  if (!tree.ok) return tree.message;
  // Where nothing is, git has no folder: one list would have several hashes.
  if (tree.value.length === 0) return `nothing in tree ${digits.join('')}`;
  const leaf = digits.length === leafDepth;
  const [mode, form, path] = leaf ? ['100644', fileForm, digits.join('')] : ['40000', digitForm, ''];
  const wrong = tree.value.find(entry => entry.mode !== mode || !form.test(entry.name) || !entry.name.startsWith(path));
  return wrong ? `${wrong.name} in tree ${digits.join('')}` : tree.value;
}

const digitForm = /^[0-9a-f]$/;
const fileForm = /^[0-9a-f]{40}\.json$/;

/** The root of a statement: `servers`, and `content` and `policy` where there is any; or what is wrong with it. */
export function rootOf(body: Uint8Array): Partial<Record<Attachment | 'servers', string>> | string {
  const tree = parseTree(body);
  if (!tree.ok) return tree.message;
  const wrong = tree.value.find(
    ({ mode, name, oid }) =>
      mode !== '40000' || oid === emptyTree || (name !== 'servers' && !Object.hasOwn(attachments, name)),
  );
  return wrong ? `${wrong.name} at the root` : Object.fromEntries(tree.value.map(({ name, oid }) => [name, oid]));
}

/** The files of such a folder, or what is wrong with it. */
export function filesOf(
  body: Uint8Array,
  folder: Attachment,
): readonly { readonly name: AttachedFile; readonly oid: string }[] | string {
  const tree = parseTree(body);
  if (!tree.ok) return tree.message;
  if (areAttached(folder, tree.value)) return tree.value;
  return `${folder} holds something other than ${attachments[folder].join(' and ')}`;
}
