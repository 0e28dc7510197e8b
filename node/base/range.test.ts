import test from 'ava';
import { parseRange } from './range.ts';

for (const [text, range, all] of [
  ['203.0.113.0/24', '203.0.113.0/24', false],
  ['203.0.113.7', '203.0.113.7/32', false],
  ['203.0.113.7/32', '203.0.113.7/32', false],
  ['2001:DB8:0::/32', '2001:db8::/32', false],
  ['2001:db8::7', '2001:db8::7/128', false],
  ['0.0.0.0/0', '0.0.0.0/0', true],
  ['::/0', '::/0', true],
] as const) {
  test(`${text} goes into a rule as ${range}`, t => {
    t.deepEqual(parseRange(text), { ok: true, value: { text: range, all } });
  });
}

for (const [text, ...meant] of [
  ['1.2.3.4/24', '1.2.3.0/24', '1.2.3.4'],
  ['1.2.3.4/0', '0.0.0.0/0', '1.2.3.4'],
  ['2001:DB8::7/48', '2001:db8::/48', '2001:db8::7'],
] as const) {
  test(`${text} may mean a range or an address: it is refused, and both are named`, t => {
    const read = parseRange(text);
    t.like(read, { ok: false, code: 'BAD_RANGE' });
    for (const form of meant) t.true(!read.ok && read.message.includes(`"${form}"`), form);
  });
}

test('what is no range stays none', t => {
  t.like(parseRange('1.2.3/24'), { ok: false, code: 'BAD_RANGE' });
});
