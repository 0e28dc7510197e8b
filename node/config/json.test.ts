import test from 'ava';
import fc from 'fast-check';
import { jsonFault } from './json.ts';

for (const [text, line, column, message] of [
  ['', 1, 1, 'expected a value, found the end'],
  ['{', 1, 2, 'expected a key in double quotes, found the end'],
  ['{\n  "a": 1,\n}', 3, 1, 'expected a key in double quotes, found "}"'],
  ['{\n  "a" 1\n}', 2, 7, 'expected ":", found "1"'],
  ['{"a": 01}', 1, 8, 'expected "," or "}", found "1"'],
  ['[1 2]', 1, 4, 'expected "," or "]", found "2"'],
  ['{"a": tru}', 1, 7, 'expected a value, found "t"'],
  ['{"a": \'b\'}', 1, 7, 'expected a value, found "\'"'],
  ['{"a": "b\n"}', 1, 7, 'expected a value, found """'],
  ['{} // done', 1, 4, 'expected the end of the file, found "/"'],
  ['{"a": 1,\n "\\u0061": 2}', 2, 2, '"\\u0061" is there twice'],
  ['['.repeat(100), 1, 66, 'is nested more than 64 levels deep'],
] as const) {
  test(`${JSON.stringify(text).slice(0, 40)} breaks at line ${line}, column ${column}`, t => {
    t.deepEqual(jsonFault(text), { line, column, message });
  });
}

test('whatever JSON.parse reads is sound, whatever it refuses is not', t => {
  const mutated = fc
    .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', ' ', '0', '-', 'e'))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  fc.assert(
    fc.property(fc.oneof(fc.json({ maxDepth: 4 }), mutated), text => {
      const fault = jsonFault(text);
      if (fault?.message.endsWith('is there twice')) return;
      t.is(fault === undefined, parses(text), text);
    }),
    { numRuns: 500 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
