import test from 'ava';
import fc from 'fast-check';
import { printable, textFault, tidyText } from './text.ts';

for (const text of [
  '',
  "Bob's instagib",
  'Сервер для своих',
  '日本語サーバー',
  'خادم عربي',
  'שרת עברי',
  'ไทยเซิร์ฟเวอร์',
  'हिन्दी सर्वर',
  '한국 서버',
  'Đấu trường',
  '★彡 [EU] 彡★',
  '❤️ 🇩🇪 👍🏽',
  'a\u00a0b\u3000c',
]) {
  test(`${JSON.stringify(text)} may stand in a record`, t => {
    t.is(textFault(text, 64), undefined);
  });
}

for (const [title, text, reason] of [
  ['a line feed', 'a\nb', 'holds the character U+000A, which is not allowed'],
  ['NUL', '\0', 'holds the character U+0000, which is not allowed'],
  ['an escape', '\u001b[31mred', 'holds the character U+001B, which is not allowed'],
  ['DEL', 'a\u007f', 'holds the character U+007F, which is not allowed'],
  ['a C1 control', 'a\u009b', 'holds the character U+009B, which is not allowed'],
  ['a right-to-left override', 'a\u202eb', 'holds the character U+202E, which is not allowed'],
  ['a bidi isolate', 'a\u2066b', 'holds the character U+2066, which is not allowed'],
  ['a zero-width space', 'a\u200bb', 'holds the character U+200B, which is not allowed'],
  ['a zero-width joiner', 'a\u200db', 'holds the character U+200D, which is not allowed'],
  ['a soft hyphen', 'a\u00adb', 'holds the character U+00AD, which is not allowed'],
  ['a byte order mark', '\ufeffa', 'holds the character U+FEFF, which is not allowed'],
  ['a line separator', 'a\u2028b', 'holds the character U+2028, which is not allowed'],
  ['a paragraph separator', 'a\u2029b', 'holds the character U+2029, which is not allowed'],
  ['a private-use character', 'a\ue000', 'holds the character U+E000, which is not allowed'],
  ['a tag character', 'a\u{e0041}', 'holds the character U+E0041, which is not allowed'],
  ['a Hangul filler', 'a\u3164', 'holds the character U+3164, which is not allowed'],
  ['half a surrogate pair', 'a\ud800', 'holds half a surrogate pair'],
  ['decomposed letters', 'e\u0301', 'is not in Unicode normal form C'],
  ['white space before it', ' a', 'begins or ends with white space'],
  ['white space behind it', 'a\u3000', 'begins or ends with white space'],
  ['a tower of marks', `a${'\u0335'.repeat(12)}`, 'stacks too many marks on one character'],
  ['nine ASCII characters', 'a'.repeat(9), 'is longer than 8 characters'],
  ['nine others', 'é'.repeat(9), 'is longer than 8 characters'],
  ['far too much', 'é'.repeat(1_000), 'is longer than 8 characters'],
] as const) {
  test(`text with ${title} is refused`, t => {
    t.is(textFault(text, 8), reason);
  });
}

test('length is counted in what people see as characters', t => {
  const flags = '🇩🇪'.repeat(8);
  t.is(textFault(flags, 8), undefined);
  t.is(textFault(flags, 7), 'is longer than 7 characters');
});

const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '\ud800',
      '\u202e',
      '\u200d',
      '\u0301',
      '\u0335',
      '\u1100',
      '\u1161',
      '\u094d',
      '\u0915',
      ' ',
      '\n',
      '🇩',
      '\u0f71',
    ),
  ),
  maxLength: 100,
});

test('whatever is typed, tidied text is accepted', t => {
  fc.assert(
    fc.property(anyText, text => {
      t.is(textFault(tidyText(text, 16), 16), undefined, JSON.stringify(tidyText(text, 16)));
    }),
    { numRuns: 1_000 },
  );
});

test('what records accept is left alone by tidying and by printing', t => {
  fc.assert(
    fc.property(anyText, text => {
      if (textFault(text, 100) !== undefined) return;
      t.is(tidyText(text, 100), text);
      t.is(printable(text), text);
    }),
    { numRuns: 1_000 },
  );
});

test('printed text cannot move the cursor, colour a terminal or turn the reading direction', t => {
  t.is(printable('a\u001b[2J\r\nb\u202ec\ud800'), 'a\ufffd[2J\ufffd\ufffdb\ufffdc\ufffd');
  fc.assert(
    fc.property(anyText, text => {
      t.notRegex(printable(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});
