import test from 'ava';
import { Output } from './output.ts';

function setup(json: boolean, terminal: { isTTY?: boolean; columns?: number } = {}) {
  const written = { stdout: '', stderr: '' };
  const out = new Output({
    stdout: { ...terminal, write: text => (written.stdout += text) },
    stderr: { write: text => (written.stderr += text) },
    style: (style, text) => `<${style}>${text}</>`,
    json,
  });
  return { out, written };
}

test('people get lines on stdout, cleaned before they are styled', t => {
  const { out, written } = setup(false);
  out.result({ a: 1 }, () => out.line('name: ', { text: '\u001b[31mred\n', style: 'bold' }));
  out.note('careful');
  t.deepEqual(written, { stdout: 'name: <bold>\ufffd[31mred\ufffd</>\n', stderr: 'careful\n' });
});

test('programs get one document on stdout, and all lines for people go to stderr', t => {
  const { out, written } = setup(true);
  out.result({ a: '\u202e\u009b\u{e0001}é日' }, () => t.fail());
  out.line('for people');
  t.is(written.stdout, '{"a":"\\u202e\\u009b\\udb40\\udc01é日"}\n');
  t.is(written.stderr, 'for people\n');
});

test('an indented document keeps its line ends', t => {
  const { out, written } = setup(false);
  out.document({ a: 'b\nc' }, 2);
  t.is(written.stdout, '{\n  "a": "b\\nc"\n}\n');
});

test('fields without a value are left out, the others line up', t => {
  const { out, written } = setup(false);
  out.fields([
    ['id', 'x'],
    ['version', ''],
    ['game', { text: 'q3', style: 'green' }],
  ]);
  t.is(written.stdout, '<dim>id  </>  x\n<dim>game</>  <green>q3</>\n');
});

for (const [title, terminal, line] of [
  ['of 6 columns gets a table that fits', { isTTY: true, columns: 6 }, 'Bob’s…'],
  ['that does not know its width gets the whole', { isTTY: true, columns: 0 }, 'Bob’s instagib'],
] as const) {
  test(`a terminal ${title}`, t => {
    const { out, written } = setup(false, terminal);
    out.table([{ title: 'NAME', min: 5 }], [['Bob’s instagib']]);
    t.is(written.stdout.split('\n')[1], line);
  });
}
