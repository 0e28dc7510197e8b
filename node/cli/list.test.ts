import test from 'ava';
import { clipAddress, hiddenWords } from './list.ts';

for (const [text, width, clipped] of [
  ['203.0.113.7:28785', 17, '203.0.113.7:28785'],
  ['203.0.113.7:28785', 14, '203.0.1…:28785'],
  ['203.0.113.7:28785 +1', 16, '203.0.…:28785 +1'],
  ['[2001:db8:1:2:3:4:5:6]:28785', 20, '[2001:db8:1:2…:28785'],
  ['play.example.org:28785', 3, '…:28785'],
  ['', 3, ''],
] as const) {
  test(`"${text}" in ${width} columns is "${clipped}"`, t => t.is(clipAddress(text, width), clipped));
}

test('what is hidden is told in one line, with each reason that there is', t => {
  const hidden = { total: 12, karma: 0, silent: 3, duplicate: 0, crowd: 9 };
  t.is(hiddenWords(hidden), '12 hidden (3 silent, 9 crowd): --all shows them');
});
