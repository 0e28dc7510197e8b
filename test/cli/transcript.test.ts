import test from 'ava';
import { commandOf, matches, parsePage } from './transcript.ts';

const page = `# A page

<!-- setup
rollcall announce --name "Bob's server" --game 'q 3'
rollcall withdraw eu-1
-->

\`\`\`console
$ rollcall list
1 server
$ rollcall show nobody
rollcall: no such server
[exit 4]
\`\`\`

\`\`\`sh
rollcall is not run from here
\`\`\`

\`\`\`console
$ rollcall start --json
{…}
^C
\`\`\`
`;

test('a page gives its setup and its steps, with output and exit codes', t => {
  t.deepEqual(parsePage(page), {
    setup: [
      ['announce', '--name', "Bob's server", '--game', 'q 3'],
      ['withdraw', 'eu-1'],
    ],
    needsNode: true,
    steps: [
      { argv: ['list'], output: '1 server\n', exit: 0, keepsRunning: false },
      { argv: ['show', 'nobody'], output: 'rollcall: no such server\n', exit: 4, keepsRunning: false },
      { argv: ['start', '--json'], output: '{…}\n', exit: 0, keepsRunning: true },
    ],
  });
  t.false(parsePage('<!-- no node -->').needsNode);
});

test('a transcript runs nothing but rollcall', t => {
  t.throws(() => commandOf('rm -rf /'), { message: /can only run rollcall/ });
  t.deepEqual(commandOf(`rollcall diff a'b c'"d" ''`), ['diff', 'ab cd', '']);
});

for (const [expected, actual, same] of [
  ['a\n', 'a\n', true],
  ['a\n', 'b\n', false],
  ['a…z\n', 'a to z\n', true],
  ['a…z\n', 'a\nz\n', false],
  ['…\nz\n', 'z\n', true],
  ['…\nz\n', 'x\ny\nz\n', true],
  ['a\n…\n', 'a\n', true],
  ['a\n…\n', 'ab\n', false],
  ['a\n…\nz\n', 'a\nb\ny\n', false],
  ['(1.5)\n', '(1.5)\n', true],
  ['(1.5)\n', '(1x5)\n', false],
  ['', '', true],
  ['', 'a\n', false],
] as const) {
  test(`${JSON.stringify(expected)} ${same ? 'matches' : 'does not match'} ${JSON.stringify(actual)}`, t => {
    t.is(matches(expected, actual), same);
  });
}
