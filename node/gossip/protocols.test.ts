import { createCipheriv } from 'node:crypto';
import test from 'ava';
import { formatObjects } from '../../test/objects-answer.ts';
import { gitHash, utf8 } from '../base/bytes.ts';
import { formatTree } from '../history/tree.ts';
import {
  type Answered,
  formatHead,
  formatObjectsRequest,
  headBytesMax,
  objectBytesMax,
  objectsAnswerBytesMax,
  parseHead,
  parseObjects,
  parseObjectsRequest,
  requestObjectsMax,
} from './protocols.ts';

const blob = (text: string): NonNullable<Answered> => ({ type: 'blob', body: utf8(text) });
/** Bytes that cannot be deflated. */
const noise = (length: number) => {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return Uint8Array.from(cipher.update(Buffer.alloc(length)));
};
const oidOf = ({ type, body }: NonNullable<Answered>) => gitHash(type, body);

test('a head reads back as it was', t => {
  for (const head of [
    { head: null, tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904', servers: 0, statement: null },
    { head: 'a'.repeat(40), tree: 'b'.repeat(40), servers: 12, statement: { sequence: 3, digest: 'c'.repeat(64) } },
  ]) {
    t.deepEqual(parseHead(formatHead(head)), { ok: true, value: head });
  }
});

/** With all 16 digits, as any list of some size has. */
const root = formatTree(
  [...'0123456789abcdef'].map((name, i) => ({ mode: '40000', name, oid: String(i % 10).repeat(40) })),
);
const rootOid = gitHash('tree', root);

test('a head brings the tree at the top along, within its limit', t => {
  const statement = { sequence: Number.MAX_SAFE_INTEGER, digest: 'c'.repeat(64) };
  const head = { head: 'a'.repeat(40), tree: rootOid, servers: 1_000_000, statement, root };
  const bytes = formatHead(head);
  t.true(bytes.length <= headBytesMax, `${bytes.length}`);
  const read = parseHead(bytes);
  t.deepEqual(read.ok && { ...read.value, root: Buffer.from(read.value.root!) }, { ...head, root: Buffer.from(root) });
});

test('trees of a list travel compact, and come back whole', t => {
  const answer = formatObjects([{ type: 'tree', body: root }]);
  t.is(answer.length, 1 + 5 + 2 + 16 * 20);
  const read = parseObjects(answer, [rootOid]);
  t.deepEqual(read.ok && Buffer.from(read.value[0]!.body), Buffer.from(root));
});

for (const [title, text, field] of [
  [
    'a root of another tree',
    `{"head":null,"tree":"${'a'.repeat(40)}","servers":0,"statement":null,"root":"0001${'b'.repeat(40)}"}`,
    'root',
  ],
  [
    'a root that is no tree',
    `{"head":null,"tree":"${'a'.repeat(40)}","servers":0,"statement":null,"root":"ffff"}`,
    'root',
  ],
  ['a root that is no text', `{"head":null,"tree":"${'a'.repeat(40)}","servers":0,"statement":null,"root":7}`, 'root'],
  ['no JSON', 'x', 'head'],
  ['null', 'null', 'head'],
  ['a head that is no hash', '{"head":"x","tree":"","servers":0}', 'head'],
  ['a tree that is no hash', '{"head":null,"tree":"../x","servers":0}', 'tree'],
  ['a negative number of servers', `{"head":null,"tree":"${'a'.repeat(40)}","servers":-1}`, 'servers'],
  ['no word on statements', `{"head":null,"tree":"${'a'.repeat(40)}","servers":0}`, 'statement'],
  [
    'a statement without a number',
    `{"head":null,"tree":"${'a'.repeat(40)}","servers":0,"statement":{"sequence":0}}`,
    'statement',
  ],
] as const) {
  test(`a head with ${title} is refused`, t => t.like(parseHead(utf8(text)), { ok: false, code: 'BAD_HEAD', field }));
}

test('objects come back in the order asked for, missing ones as null', t => {
  const [one, two] = [blob('one'), blob('two')];
  const asked = [oidOf(one), 'f'.repeat(40), oidOf(two)];
  t.deepEqual(parseObjectsRequest(formatObjectsRequest(asked)), { ok: true, value: asked });
  t.deepEqual(parseObjects(formatObjects([one, null, two]), asked), { ok: true, value: [one, null, two] });
});

test('an answer stops once it holds enough, and a first part is a valid answer', t => {
  const objects = Array.from({ length: 600 }, (_, i) => blob(String(i).padEnd(2_048)));
  const answer = formatObjects(objects);
  t.true(answer.length <= objectsAnswerBytesMax);
  const read = parseObjects(answer, objects.map(oidOf));
  t.true(read.ok && read.value.length === Math.ceil((640 * 1024) / (2_048 + 5)));
});

test('the largest object travels, though zlib cannot make it shorter', t => {
  const largest = { type: 'blob', body: noise(objectBytesMax) } as const;
  const answer = formatObjects([largest]);
  t.is(answer.length, objectsAnswerBytesMax);
  const read = parseObjects(answer, [oidOf(largest)]);
  t.true(read.ok && Buffer.from(largest.body).equals(read.value[0]!.body));
});

for (const [title, bytes, code] of [
  ['nothing', new Uint8Array(), 'BAD_ANSWER'],
  ['another object', formatObjects([blob('other')]), 'WRONG_HASH'],
  ['the right bytes as another type', formatObjects([{ type: 'tree', body: utf8('one') }]), 'WRONG_HASH'],
  ['an unknown type', Uint8Array.of(0, 9, 0, 0, 0, 0), 'BAD_ANSWER'],
  ['a missing object with a body', Uint8Array.of(0, 0, 0, 0, 0, 1, 1), 'BAD_ANSWER'],
  ['a length past the end', Uint8Array.of(0, 3, 0xff, 0xff, 0xff, 0xff, 1), 'BAD_ANSWER'],
  ['half a head', Uint8Array.of(0, 3, 0), 'BAD_ANSWER'],
  ['a compact tree cut short', Uint8Array.of(0, 4, 0, 0, 0, 2, 255, 255), 'BAD_ANSWER'],
  ['another tree, compact', formatObjects([{ type: 'tree', body: root }]), 'WRONG_HASH'],
  ['more than was asked for', formatObjects([blob('one'), blob('one')]), 'BAD_ANSWER'],
] as const) {
  test(`an answer that holds ${title} is refused`, t => {
    t.like(parseObjects(bytes, [oidOf(blob('one'))]), { ok: false, code });
  });
}

test('a request for no hashes, for half of one or for too many is refused', t => {
  for (const length of [0, 19, 20 * (requestObjectsMax + 1)]) {
    t.like(parseObjectsRequest(new Uint8Array(length)), { ok: false, code: 'BAD_REQUEST' });
  }
});
