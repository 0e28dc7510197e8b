import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { identityFromSeed } from '../identity/identity.ts';
import { type DenyRule, formatPolicy, parsePolicy, rulesMax } from './policy.ts';
import { policyBytesMax } from './policy-rules.ts';

const { peerId } = identityFromSeed(new Uint8Array(32).fill(9));
const rules: DenyRule[] = [
  { address: '2001:db8::/32', reason: 'the same' },
  { address: '203.0.113.0/24', reason: '500 fake servers', until: 1_766_000_000_000 },
  { announcer: peerId, reason: 'Боты' },
  { game: 'openarena', reason: 'moved to a list of its own' },
];
const print = (raw: unknown) => utf8(`${JSON.stringify(raw, null, 2)}\n`);

test('what is formatted is read back, sorted, and formatted the same', t => {
  const bytes = formatPolicy({ deny: [...rules].reverse() });
  const read = parsePolicy(bytes);
  t.true(read.ok);
  if (!read.ok) return;
  t.deepEqual(read.value.deny, rules);
  t.deepEqual(formatPolicy(read.value), bytes);
});

test('a policy that bars nobody is two lines of brackets', t => {
  t.is(Buffer.from(formatPolicy({ deny: [] })).toString(), '{\n  "deny": []\n}\n');
  t.true(parsePolicy(formatPolicy({ deny: [] })).ok);
});

test(`${rulesMax} rules are taken, one more is not`, t => {
  const many = (count: number) =>
    formatPolicy({ deny: Array.from({ length: count }, (_, i) => ({ game: `g${i}`, reason: 'r' })) });
  t.true(parsePolicy(many(rulesMax)).ok);
  t.like(parsePolicy(many(rulesMax + 1)), { code: 'BAD_FIELD', field: 'deny' });
});

for (const [title, bytes, code, field] of [
  ['too large', new Uint8Array(policyBytesMax + 1), 'TOO_LARGE', 'policy'],
  ['not UTF-8', new Uint8Array([0xff]), 'NOT_UTF8', 'policy'],
  ['not JSON', utf8('{'), 'NOT_JSON', 'policy'],
  ['null', print(null), 'BAD_FIELD', 'deny'],
  ['without rules', print({}), 'BAD_FIELD', 'deny'],
  ['with rules in an object', print({ deny: {} }), 'BAD_FIELD', 'deny'],
  ['with another key', print({ deny: [], allow: [] }), 'NOT_CANONICAL', 'policy'],
  ['in one line', utf8('{"deny":[]}\n'), 'NOT_CANONICAL', 'policy'],
  ['without a final newline', utf8('{\n  "deny": []\n}'), 'NOT_CANONICAL', 'policy'],
  ['with rules out of order', print({ deny: [rules[3], rules[2]] }), 'NOT_CANONICAL', 'policy'],
  ['with keys out of order', print({ deny: [{ reason: 'x', game: 'a' }] }), 'NOT_CANONICAL', 'policy'],
  ['with one range twice', print({ deny: [rules[0], rules[0]] }), 'BAD_FIELD', 'deny'],
] as const) {
  test(`a policy that is ${title} is refused: ${code}`, t => {
    t.like(parsePolicy(bytes), { ok: false, code, field });
  });
}

for (const [title, rule] of [
  ['null', null],
  ['a list', []],
  ['of nobody', { reason: 'x' }],
  ['of two at once', { game: 'a', announcer: peerId, reason: 'x' }],
  ['of a game that is a number', { game: 7, reason: 'x' }],
  ['of a game in capitals', { game: 'OpenArena', reason: 'x' }],
  ['of an announcer that is no peer id', { announcer: 'bob', reason: 'x' }],
  ['of an address without a range', { address: '203.0.113.7', reason: 'x' }],
  ['of a sloppy range', { address: '203.0.113/24', reason: 'x' }],
  ['of a range in capitals', { address: '2001:DB8::/32', reason: 'x' }],
  ['without a reason', { game: 'a' }],
  ['with an empty reason', { game: 'a', reason: '' }],
  ['with a reason of two lines', { game: 'a', reason: 'x\ny' }],
  ['with a reason of 201 letters', { game: 'a', reason: 'x'.repeat(201) }],
  ['with an end in words', { game: 'a', reason: 'x', until: 'tomorrow' }],
  ['with an end of zero', { game: 'a', reason: 'x', until: 0 }],
  ['with a field that nobody knows', { game: 'a', reason: 'x', since: 1 }],
] as const) {
  test(`a rule ${title} is refused`, t => {
    t.like(parsePolicy(print({ deny: [rule] })), { ok: false, code: 'BAD_FIELD', field: 'deny[0]' });
  });
}
