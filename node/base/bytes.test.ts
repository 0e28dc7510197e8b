import { execFileSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { base64url, fromHex, fromUtf8, gitHash, hex, isOid, sameBytes, sha256Hex, utf8 } from './bytes.ts';

test('the hash of a blob is the one that stock git gives', t => {
  for (const body of [new Uint8Array(), utf8('hello\n'), utf8('日本語'), new Uint8Array(3_000).fill(255)]) {
    const theirs = execFileSync('git', ['hash-object', '--stdin'], { input: body, encoding: 'utf8' }).trim();
    t.is(gitHash('blob', body), theirs);
    t.true(isOid(theirs));
  }
});

test('the hash of nothing as a tree is the one that every git knows', t => {
  t.is(gitHash('tree', new Uint8Array()), '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test('text goes through bytes and back, hexadecimal too', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
      t.is(fromUtf8(utf8(text)), text);
      t.true(sameBytes(fromHex(hex(bytes)), bytes));
      t.deepEqual(new Uint8Array(Buffer.from(base64url(bytes), 'base64url')), bytes);
    }),
  );
});

test('a view into a larger buffer gives its own bytes only', t => {
  const view = Uint8Array.of(0, 1, 2, 3).subarray(1, 3);
  t.is(hex(view), '0102');
  t.is(base64url(view), 'AQI');
  t.is(sha256Hex(view), sha256Hex(Uint8Array.of(1, 2)));
});

for (const [title, bytes] of [
  ['a lone continuation byte', [0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a character above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a cut sequence', [0xe2, 0x82]],
] as const) {
  test(`${title} is not UTF-8`, t => {
    t.is(fromUtf8(Uint8Array.from(bytes)), undefined);
  });
}

test('a byte order mark stays in the text, where it can be refused', t => {
  t.is(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});
