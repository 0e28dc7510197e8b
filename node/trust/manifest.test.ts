import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { fileSizeMax, filesMax, formatManifest, manifestBytesMax, parseManifest } from './manifest.ts';

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const file = (path: unknown, size: unknown = 1) => ({ path, size, sha256 });
const print = (raw: unknown) => utf8(`${JSON.stringify(raw, null, 2)}\n`);

test('what is formatted is read back, sorted, and formatted the same', t => {
  const paths = ['maps/complex.ogz', 'DM-Deck16][.unr', 'карты/a b (1).pk3', 'z'];
  const bytes = formatManifest({ files: paths.map(path => ({ path, size: fileSizeMax, sha256 })) });
  const read = parseManifest(bytes);
  t.true(read.ok);
  if (!read.ok) return;
  t.deepEqual(read.value.files.map(({ path }) => path).toSorted(), paths.toSorted());
  t.deepEqual(formatManifest(read.value), bytes);
});

for (const [title, bytes, code] of [
  ['too large', new Uint8Array(manifestBytesMax + 1), 'TOO_LARGE'],
  ['not UTF-8', new Uint8Array([0xff]), 'NOT_UTF8'],
  ['not JSON', utf8(''), 'NOT_JSON'],
  ['null', print(null), 'BAD_FIELD'],
  ['of too many files', print({ files: Array.from({ length: filesMax + 1 }, () => 0) }), 'BAD_FIELD'],
  ['out of order', print({ files: [file('b'), file('a')] }), 'NOT_CANONICAL'],
  ['with another key', print({ files: [], more: 1 }), 'NOT_CANONICAL'],
  ['in one line', utf8('{"files":[]}\n'), 'NOT_CANONICAL'],
  ['with one path twice', print({ files: [file('a'), file('a')] }), 'BAD_FIELD'],
  ['with two paths that differ in case', print({ files: [file('A'), file('a')] }), 'BAD_FIELD'],
  ['with a file that is a folder too', print({ files: [file('a'), file('a/b/c')] }), 'BAD_FIELD'],
  ['with a file that is null', print({ files: [null] }), 'BAD_FIELD'],
  ['with a field that nobody knows', print({ files: [{ ...file('a'), url: '' }] }), 'BAD_FIELD'],
  ['with a path that is a number', print({ files: [file(7)] }), 'BAD_FIELD'],
  ['with a size below zero', print({ files: [file('a', -1)] }), 'BAD_FIELD'],
  ['with a size of half a byte', print({ files: [file('a', 0.5)] }), 'BAD_FIELD'],
  ['with a size past the limit', print({ files: [file('a', fileSizeMax + 1)] }), 'BAD_FIELD'],
  ['with a short hash', print({ files: [{ ...file('a'), sha256: 'abc' }] }), 'BAD_FIELD'],
] as const) {
  test(`a manifest ${title} is refused: ${code}`, t => {
    t.like(parseManifest(bytes), { ok: false, code });
  });
}

for (const path of [
  '',
  '/etc/passwd',
  '../a',
  'a/../b',
  './a',
  'a//b',
  'a/',
  '.git/config',
  'a\\b',
  'c:a',
  'a?',
  'a.',
  'a ',
  'con',
  'maps/NUL.ogz',
  'a\nb',
  'a\u202eb',
  'e\u0301',
  'x'.repeat(256),
  `${'a/'.repeat(16)}b`,
  `${'語'.repeat(80)}/${'語'.repeat(80)}/${'語'.repeat(80)}/${'語'.repeat(80)}/${'語'.repeat(80)}`,
]) {
  test(`the path ${JSON.stringify(path.slice(0, 20))} is refused`, t => {
    t.like(parseManifest(print({ files: [file(path)] })), { ok: false, code: 'BAD_FIELD', field: 'files[0]' });
  });
}
