import test from 'ava';
import { ago, bytes, count, date, duration, plain, shortPeer } from './words.ts';

for (const [ms, words] of [
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 days'],
] as const) {
  test(`${ms} ms are "${words}"`, t => t.is(duration(ms), words));
}

test('times are told from now, before and after it', t => {
  t.is(ago(1_000, 61_000), '1 min ago');
  t.is(ago(61_000, 1_000), 'in 1 min');
  t.is(date(1_763_600_000_000), '2025-11-20 00:53 UTC');
  t.is(date(1e300), '1e+300');
});

test('numbers, lists and facts are put in words', t => {
  t.is(count(1, 'server'), '1 server');
  t.is(count(0, 'server'), '0 servers');
  t.deepEqual([999, 1_200, 3_400_000, 5e9].map(bytes), ['999 B', '1.2 kB', '3.4 MB', '5.0 GB']);
  t.deepEqual([['a', 'b'], { k: 'v', l: 'w' }, null, 7].map(plain), ['a, b', 'k=v, l=w', '', '7']);
  t.is(shortPeer('12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X'), '…ft9HyQ6X');
});
