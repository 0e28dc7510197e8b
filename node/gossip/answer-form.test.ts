import { deflateSync } from 'node:zlib';
import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { formatAnswer, parseAnswer } from './answer-form.ts';

const text = utf8('the same again and again, '.repeat(100));
const deflated = Buffer.concat([Uint8Array.of(1), deflateSync(text)]);

test('text travels deflated, hashes as they are, and both come back whole', t => {
  t.true(formatAnswer(text, true).length < text.length / 10);
  t.is(formatAnswer(text, false).length, text.length + 1);
  for (const isText of [true, false]) {
    const read = parseAnswer(formatAnswer(text, isText), text.length);
    t.deepEqual(read.ok && Buffer.from(read.value), Buffer.from(text));
  }
});

test('what deflating makes no shorter travels as it is', t => {
  t.deepEqual([...formatAnswer(utf8('xy'), true)], [0, ...utf8('xy')]);
});

for (const [title, bytes, bytesMax] of [
  ['nothing', new Uint8Array(), 10],
  ['an unknown form', Uint8Array.of(2, 1, 2), 10],
  ['more than it may hold', Buffer.concat([Uint8Array.of(0), text]), text.length - 1],
  ['more than it may hold, deflated', deflated, text.length - 1],
  ['64 MiB of zeros in 64 KB', Buffer.concat([Uint8Array.of(1), deflateSync(Buffer.alloc(64 * 1024 * 1024))]), 1_024],
  ['no end', deflated.subarray(0, -1), text.length],
  ['something behind it', Buffer.concat([deflated, Uint8Array.of(0)]), text.length],
] as const) {
  test(`an answer of ${title} is refused`, t => {
    t.like(parseAnswer(bytes, bytesMax), { ok: false, code: 'BAD_ANSWER' });
  });
}
