import test from 'ava';
import fc from 'fast-check';
import { formatTree } from '../history/tree.ts';
import { compact, expand } from './compact-tree.ts';

const oid = (n: number) => n.toString(16).padStart(40, '0');
const folder = (digits: string) => formatTree([...digits].map((name, i) => ({ mode: '40000', name, oid: oid(i + 7) })));
const leaf = (count: number) =>
  formatTree(
    Array.from({ length: count }, (_, i) => ({ mode: '100644', name: `${oid(i * 9)}.json`, oid: oid(i + 3) })),
  );

for (const [title, tree, form, bytes] of [
  ['of one digit', folder('f'), 'folder', 22],
  ['of some digits', folder('09bf'), 'folder', 82],
  ['of all digits', folder('0123456789abcdef'), 'folder', 322],
  ['of one server', leaf(1), 'leaf', 40],
  ['of 25 servers', leaf(25), 'leaf', 1_000],
] as const) {
  test(`a tree ${title} comes back as it was, from half of the bytes or a little more`, t => {
    const short = compact(tree)!;
    t.like(short, { form });
    t.is(short.bytes.length, bytes);
    t.deepEqual(Buffer.from(expand(short)!), Buffer.from(tree));
  });
}

for (const [title, tree] of [
  ['nothing', new Uint8Array()],
  ['folders out of order', Buffer.concat([folder('b'), folder('a')])],
  ['one folder twice', Buffer.concat([folder('a'), folder('a')])],
  ['a folder of another name', formatTree([{ mode: '40000', name: 'g', oid: oid(1) }])],
  ['the root of a statement', formatTree([{ mode: '40000', name: 'servers', oid: oid(1) }])],
  ['a file of another name', formatTree([{ mode: '100644', name: 'deny.json', oid: oid(1) }])],
  ['an executable file', Buffer.concat([Buffer.from(`100755 ${oid(1)}.json\0`), Buffer.alloc(20)])],
  ['an id in capitals', formatTree([{ mode: '100644', name: `${'A'.repeat(40)}.json`, oid: oid(1) }])],
  ['half an entry', leaf(2).subarray(0, 100)],
] as const) {
  test(`a tree with ${title} travels as it is`, t => t.is(compact(tree), undefined));
}

for (const [title, form, length] of [
  ['no folder at all', 'folder', 2],
  ['half a hash', 'folder', 12],
  ['no server at all', 'leaf', 0],
  ['half a server', 'leaf', 60],
] as const) {
  test(`bytes of ${title} are no tree`, t => t.is(expand({ form, bytes: new Uint8Array(length) }), undefined));
}

const hash = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(bytes => Buffer.from(bytes).toString('hex'));
const name = fc.constantFrom(...'0123456789abcdef');

test('any tree of the two forms comes back as it was', t => {
  const entries = fc.oneof(
    fc.uniqueArray(fc.record({ mode: fc.constant('40000'), name, oid: hash }), {
      minLength: 1,
      selector: it => it.name,
    }),
    fc.array(fc.record({ mode: fc.constant('100644'), name: hash.map(id => `${id}.json`), oid: hash }), {
      minLength: 1,
    }),
  );
  fc.assert(
    fc.property(entries, some => {
      const tree = formatTree(some.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
      return Buffer.compare(expand(compact(tree)!)!, tree) === 0;
    }),
  );
  t.pass();
});
