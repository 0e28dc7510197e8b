import test from 'ava';
import { tableLines } from './table.ts';
import { widthOf } from './width.ts';

const columns = [
  { title: 'NAME', min: 4 },
  { title: 'N', align: 'right' },
  { title: 'GAME', min: 4 },
] as const;
const plain = (_style: string, text: string) => text;

test('columns line up by what a terminal shows', t => {
  const rows = [
    ['日本', '1', 'q3'],
    ['Bob', '10', 'quake'],
  ];
  t.deepEqual(tableLines(columns, rows, Number.POSITIVE_INFINITY, plain), [
    'NAME   N  GAME',
    '日本   1  q3',
    'Bob   10  quake',
  ]);
});

test('a narrow terminal cuts the widest column that may be cut, never below its minimum', t => {
  const rows = [['a name of some length', '10', 'a game of length']];
  const fitted = tableLines(columns, rows, 24, plain);
  t.is(fitted[1], 'a name o…  10  a game o…');
  t.is(widthOf(fitted[1]!), 24);
  t.is(tableLines(columns, rows, 3, plain)[1], 'a n…  10  a g…');
});

test('a style is around the text, not around the space that fills the column', t => {
  const rows = [[{ text: 'x', style: 'red' as const }, '1', 'q3']];
  const lines = tableLines(columns, rows, 80, (style, text) => `<${style}>${text}</>`);
  t.is(lines[1], '<red>x</>     1  q3');
});

test('a column that is cut last keeps its width while others can give, and is cut in its own way', t => {
  const cut = (text: string, width: number) => `<${text.slice(2 - width)}`;
  const narrow = [
    { title: 'NAME', min: 4 },
    {
      title: 'WHERE',
      min: 3,
      cutLast: true,
      cut: (text: string, width: number) => (text.length > width ? cut(text, width + 1) : text),
    },
  ];
  const rows = [['abcdefgh', '0123456789abcdef']];
  t.is(tableLines(narrow, rows, 22, plain)[1], 'abc…  0123456789abcdef');
  t.is(tableLines(narrow, rows, 20, plain)[1], 'abc…  <3456789abcdef');
  t.is(tableLines(narrow, rows, 9, plain)[0], 'NAME  WH…');
});
