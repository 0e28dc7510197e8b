import test from 'ava';
import fc from 'fast-check';
import { formatTree, type TreeEntry } from './tree.ts';
import { childrenIn, compareTrees, leafRows } from './tree-bytes.ts';

const oidOf = (n: number) => String(n).padStart(40, 'c');
/** Names by the number of what stands under them: as leaves have them, or as folders have. */
const trees = fc.dictionary(
  fc.nat(30).map(n => n.toString(16).padStart(40, '0')),
  fc.nat(2),
  { maxKeys: 20 },
);

const entriesOf = (named: Record<string, number>, mode: TreeEntry['mode']): TreeEntry[] =>
  Object.keys(named)
    .sort()
    .map(name => ({ mode, name: mode === '40000' ? name : `${name}.json`, oid: oidOf(named[name]!) }));
const bodyOf = (entries: readonly TreeEntry[]) => Buffer.from(formatTree(entries));

for (const mode of ['40000', '100644'] as const) {
  test(`what differs between two trees of ${mode} is told name by name, in order`, t => {
    fc.assert(
      fc.property(trees, trees, (left, right) => {
        const [before, after] = [entriesOf(left, mode), entriesOf(right, mode)];
        const told: (readonly [string | undefined, string | undefined, string | undefined, boolean | undefined])[] = [];
        compareTrees(bodyOf(before), bodyOf(after), (a, b) =>
          told.push([(a ?? b)?.name, a?.oid, b?.oid, (a ?? b)?.isTree]),
        );
        const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
        const find = (entries: readonly TreeEntry[], wanted: string) =>
          entries.find(({ name }) => name === wanted)?.oid;
        const expected = names
          .map(name => [name, find(before, name), find(after, name), mode === '40000'] as const)
          .filter(([, a, b]) => a !== b);
        t.deepEqual(told, expected);
        t.deepEqual(
          childrenIn(bodyOf(before)),
          before.map(({ name, oid }) => ({ name, oid, isTree: mode === '40000' })),
        );
      }),
    );
  });
}

test('a tree that ends too soon is damage, and no endless loop', t => {
  const whole = bodyOf(entriesOf({ ['a'.repeat(40)]: 1, ['b'.repeat(40)]: 2 }, '100644'));
  for (let length = 1; length < whole.length; length++) {
    const part = whole.subarray(0, length);
    if (length === whole.length / 2) t.is(childrenIn(part).length, 1);
    else {
      t.throws(() => childrenIn(part), { code: 'STORE_DAMAGED' });
      t.throws(() => compareTrees(part, whole, () => {}), { code: 'STORE_DAMAGED' });
    }
  }
});

test('the rows of a leaf are the id and the blob of each server', t => {
  fc.assert(
    fc.property(trees, named => {
      const leaf = entriesOf(named, '100644');
      const rows = leaf.map(({ name, oid }) => name.slice(0, -'.json'.length) + oid);
      t.is(leafRows(bodyOf(leaf)).toString('hex'), rows.join(''));
    }),
  );
});

test('a tree that is no leaf has no rows of servers', t => {
  const tree = bodyOf(entriesOf({ a: 1 }, '40000'));
  t.throws(() => leafRows(tree), { code: 'STORE_DAMAGED' });
});
