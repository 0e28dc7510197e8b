import test from 'ava';
import { flushPkt, formatPktLine, parsePktLines, pktLineBytesMax } from './pkt-line.ts';

test('lines are read back as they were written', t => {
  const body = Buffer.concat([
    formatPktLine('want x\n'),
    formatPktLine('no newline'),
    flushPkt,
    formatPktLine('done\n'),
  ]);
  t.is(body.toString(), '000bwant x\n000eno newline00000009done\n');
  t.deepEqual(parsePktLines(body), { ok: true, value: ['want x', 'no newline', null, 'done'] });
});

test('a line is as long as it may be and no longer', t => {
  const payload = 'x'.repeat(pktLineBytesMax - 4);
  t.deepEqual(parsePktLines(formatPktLine(payload)), { ok: true, value: [payload] });
  t.throws(() => formatPktLine(`${payload}x`), { instanceOf: RangeError });
});

for (const [title, body] of [
  ['letters that are no digits', '00zzx'],
  ['a sign', '-001'],
  ['the delimiter of version 2', '0001'],
  ['an empty line', '0004'],
  ['a line that is cut off', '0009don'],
  ['a length that is cut off', '0000000'],
  ['a length past the limit', `fff1${'x'.repeat(0xfff1 - 4)}`],
] as const) {
  test(`${title} is refused`, t => {
    t.like(parsePktLines(Buffer.from(body)), { ok: false, code: 'BAD_REQUEST' });
  });
}
