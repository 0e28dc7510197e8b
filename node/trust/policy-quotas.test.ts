import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { placesMax } from '../base/networks.ts';
import { identityFromSeed } from '../identity/identity.ts';
import { formatQuotas, parseQuotas, type QuotaRule, quotaRulesMax } from './policy-quotas.ts';

const { peerId } = identityFromSeed(new Uint8Array(32).fill(9));
const rules: QuotaRule[] = [
  { announcer: peerId, servers: 50_000, reason: 'Шлюз' },
  { network: '2001:db8::/32', servers: 1, reason: 'seen too many fakes' },
  { network: '203.0.113.0/24', servers: 200, reason: 'a hoster, known since 2019', until: 1_766_000_000_000 },
  { network: 'example.org', servers: placesMax, reason: 'names instead of addresses' },
];
const print = (raw: unknown) => utf8(`${JSON.stringify(raw, null, 2)}\n`);

test('what is formatted is read back, sorted, and formatted the same', t => {
  const bytes = formatQuotas([...rules].reverse());
  const read = parseQuotas(bytes);
  t.true(read.ok);
  if (!read.ok) return;
  t.deepEqual(read.value, rules);
  t.deepEqual(formatQuotas(read.value), bytes);
});

test(`${quotaRulesMax} rules are taken, one more is not`, t => {
  const many = (count: number) =>
    formatQuotas(
      Array.from({ length: count }, (_, i) => ({ network: `10.${i >> 8}.${i & 255}.0/24`, servers: 9, reason: 'r' })),
    );
  t.true(parseQuotas(many(quotaRulesMax)).ok);
  t.like(parseQuotas(many(quotaRulesMax + 1)), { code: 'BAD_FIELD', field: 'quotas' });
});

for (const [title, bytes, code, field] of [
  ['of deny rules', print({ deny: [] }), 'BAD_FIELD', 'quotas'],
  ['with another key', print({ quotas: [], deny: [] }), 'NOT_CANONICAL', 'policy'],
  ['with rules out of order', print({ quotas: [rules[2], rules[0]] }), 'NOT_CANONICAL', 'policy'],
  ['with keys out of order', print({ quotas: [{ servers: 2, ...rules[3] }] }), 'NOT_CANONICAL', 'policy'],
  ['with one network twice', print({ quotas: [rules[2], rules[2]] }), 'BAD_FIELD', 'quotas'],
] as const) {
  test(`a file ${title} is refused: ${code}`, t => {
    t.like(parseQuotas(bytes), { ok: false, code, field });
  });
}

for (const [title, fields, says] of [
  ['of nobody', {}, /exactly one/],
  ['of two at once', { announcer: peerId, network: 'example.org' }, /exactly one/],
  ['of an announcer that is no peer id', { announcer: 'bob' }, /peer id/],
  ['of a single address', { network: '203.0.113.7/32' }, /a \/24 as a whole/],
  ['of half a /48', { network: '2001:db8::/49' }, /a \/48 as a whole/],
  ['of a range that does not begin where it says', { network: '203.0.113.7/24' }, /written "203.0.113.0\/24"/],
  ['of a range in a longer form', { network: '2001:0db8::/32' }, /written "2001:db8::\/32"/],
  ['of a range with a leading zero', { network: '203.0.113.0/024' }, /not a range/],
  ['of a sloppy range', { network: '203.0.113/24' }, /not a range/],
  ['of an address without a range', { network: '203.0.113.0' }, /neither a range/],
  ['of a host in a domain', { network: 'play.example.org' }, /with all of example.org/],
  ['of a domain in capitals', { network: 'Example.org' }, /neither a range/],
  ['of no places', { network: 'example.org', servers: 0 }, /from 1 to/],
  ['of half a place', { network: 'example.org', servers: 0.5 }, /from 1 to/],
  ['of more places than there are', { network: 'example.org', servers: placesMax + 1 }, /from 1 to/],
  ['without a reason', { network: 'example.org', reason: '' }, /say why/],
  ['with an end in words', { network: 'example.org', until: 'tomorrow' }, /until must be/],
  ['with a field that nobody knows', { network: 'example.org', since: 1 }, /unknown field "since"/],
] as const) {
  test(`a rule ${title} is refused, and it says why`, t => {
    const read = parseQuotas(print({ quotas: [{ servers: 100, reason: 'x', ...fields }] }));
    t.like(read, { ok: false, code: 'BAD_FIELD', field: 'quotas[0]' });
    t.regex(read.ok ? '' : read.message, says);
  });
}
