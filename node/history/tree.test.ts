import test from 'ava';
import fc from 'fast-check';
import { git, gitFed, temporaryFolder } from '../../test/stock-git.ts';
import { gitHash } from '../base/bytes.ts';
import { perBeginningMax } from '../list/server-list.ts';
import { emptyTree, formatTree, parseTree, type TreeEntry, treeEntriesMax } from './tree.ts';

const oid = '89e6c98d92887913cadf06b2adb97f26cde4849b';
const entry = (mode: string, name: string) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]);

for (const [title, ...entries] of [
  ['the folder above', entry('40000', '..')],
  ['its own folder', entry('40000', '.')],
  ["git's own folder", entry('40000', '.git')],
  ["git's own folder as Windows spells it", entry('40000', 'git~1')],
  ['upper case', entry('100644', 'README.md')],
  ['a path', entry('100644', 'a/b')],
  ['a path for Windows', entry('100644', 'a\\b')],
  ['no name', entry('100644', '')],
  ['letters beyond ASCII', entry('100644', 'a\xad')],
  ['a name of 65 letters', entry('100644', 'a'.repeat(65))],
  ['a line feed', entry('100644', 'a\n')],
  ['a symbolic link', entry('120000', 'a')],
  ['a submodule', entry('160000', 'a')],
  ['an executable file', entry('100755', 'a')],
  ['a directory with a padded mode', entry('040000', 'a')],
  ['names out of order', entry('100644', 'b'), entry('100644', 'a')],
  ['a directory before a name that git sorts first', entry('40000', 'a'), entry('100644', 'a-')],
  ['a name twice', entry('100644', 'a'), entry('100644', 'a')],
  ['a file and a directory of one name', entry('100644', 'a'), entry('40000', 'a')],
  ['the same with another between them', entry('100644', 'a'), entry('100644', 'a-'), entry('40000', 'a')],
  ['an entry cut short', entry('100644', 'a').subarray(0, -1)],
  ['an entry without an end', Buffer.from('100644 a')],
  ['something behind the last entry', entry('100644', 'a'), Buffer.from([0])],
] as const) {
  test(`a tree with ${title} is refused`, t => {
    const read = parseTree(Buffer.concat(entries));
    t.like(read, { ok: false, code: 'BAD_TREE' });
  });
}

test('a tree holds so many entries and not one more', t => {
  const names = Array.from({ length: treeEntriesMax + 1 }, (_, i) => String(i).padStart(6, '0'));
  const entries = names.map((name): TreeEntry => ({ mode: '100644', name, oid }));
  t.true(parseTree(formatTree(entries.slice(1))).ok);
  t.like(parseTree(formatTree(entries)), { ok: false, field: '008192' });
  t.true(perBeginningMax <= treeEntriesMax, 'the list lets in more than a tree may hold');
});

const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,63}$/);
const order = ({ mode, name }: TreeEntry) => (mode === '40000' ? `${name}/` : name);
const trees = fc
  .uniqueArray(
    fc.record({
      mode: fc.constantFrom('100644' as const, '40000' as const),
      name,
      oid: fc.stringMatching(/^[0-9a-f]{40}$/),
    }),
    { selector: entry => entry.name, maxLength: 20 },
  )
  .map(entries => entries.sort((a, b) => (order(a) < order(b) ? -1 : 1)));

test('what is formatted is read back', t => {
  fc.assert(
    fc.property(trees, entries => {
      t.deepEqual(parseTree(formatTree(entries)), { ok: true, value: entries });
    }),
  );
});

test('of any bytes that are read, formatting gives the same bytes', t => {
  const mutated = fc.tuple(trees, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([entries, at, byte]) => {
    const bytes = formatTree(entries);
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(mutated, bytes => {
      const read = parseTree(bytes);
      if (read.ok) t.deepEqual(Buffer.from(formatTree(read.value)), Buffer.from(bytes));
      else t.is(read.code, 'BAD_TREE');
    }),
    { numRuns: 1_000 },
  );
});

test('a tree is the one that stock git makes of the same entries', async t => {
  const entries: TreeEntry[] = [
    { mode: '100644', name: 'a', oid },
    { mode: '100644', name: 'a-', oid },
    { mode: '40000', name: 'b', oid: emptyTree },
    { mode: '100644', name: 'b0', oid },
  ];
  const folder = await temporaryFolder(t);
  await git(folder, 'init', '--quiet', '--bare');
  const lines = entries.map(
    it => `${it.mode.padStart(6, '0')} ${it.mode === '40000' ? 'tree' : 'blob'} ${it.oid}\t${it.name}\n`,
  );
  const made = await gitFed(folder, lines.toReversed().join(''), 'mktree', '--missing');
  t.is(gitHash('tree', formatTree(entries)), made);
  t.is(gitHash('tree', formatTree([])), emptyTree);
});
