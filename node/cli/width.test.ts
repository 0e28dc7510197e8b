import test from 'ava';
import { clip, widthOf } from './width.ts';

for (const [text, width] of [
  ['', 0],
  ['plain', 5],
  ['Ütopïa', 6],
  ['e\u0301', 1],
  ['日本語', 6],
  ['한국', 4],
  ['ﾊﾝｶｸ', 4],
  ['ＡＢ', 4],
  ['🎮', 2],
  ['❤️', 2],
  ['❤', 1],
  ['🇩🇪', 2],
  ['👩‍🚀', 2],
  ['1', 1],
  ['Сервер', 6],
  ['ไทย', 3],
  ['กรุงเทพ', 6],
  ['दिल्ली', 5],
  ['ساحة', 4],
] as const) {
  test(`"${text}" takes ${width} columns`, t => t.is(widthOf(text), width));
}

test('what fits is not clipped, and what is clipped never comes out wider', t => {
  t.is(clip('abc', 3), 'abc');
  t.is(clip('abcd', 3), 'ab…');
  t.is(clip('日本語', 4), '日…');
  t.is(clip('👩‍🚀👩‍🚀👩‍🚀', 5), '👩‍🚀👩‍🚀…');
  t.is(clip('abc', 1), '…');
});
