import test from 'ava';
import { day, hour, minute } from '../base/time.ts';
import { parseEnd, parseReason } from './rollback.ts';

const now = Date.UTC(2026, 10, 20, 7, 10);

for (const [text, end] of [
  ['now', now],
  ['30m', now + 30 * minute],
  ['12h', now + 12 * hour],
  ['7d', now + 7 * day],
  ['2w', now + 14 * day],
  ['2027-01-31', Date.UTC(2027, 0, 31)],
  ['2026-11-20T18:00Z', Date.UTC(2026, 10, 20, 18)],
  ['2026-11-20T18:00:30Z', Date.UTC(2026, 10, 20, 18, 0, 30)],
] as const) {
  test(`"--until ${text}" is a time`, t => t.is(parseEnd(text, now), end));
}

for (const [text, complaint] of [
  ['', /date such as/],
  ['7', /date such as/],
  ['0d', /date such as/],
  ['7 days', /date such as/],
  ['31.1.2027', /date such as/],
  ['2027-02-31', /date such as/],
  ['2027-02-28T99:00Z', /date such as/],
  ['2026-11-20', /in the future/],
] as const) {
  test(`"--until ${text}" is wrong usage`, t => {
    t.throws(() => parseEnd(text, now), { message: complaint });
  });
}

test('a rollback without a reason in it is wrong usage', t => {
  t.is(parseReason('500 fakes'), '500 fakes');
  for (const text of ['', ' \t\n']) t.throws(() => parseReason(text), { message: /say something/ });
});
