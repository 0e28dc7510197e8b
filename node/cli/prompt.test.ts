import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { askYes, openHidden, type Prompter } from './prompt.ts';

function terminal(t: ExecutionContext) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  t.teardown(() => input.destroy());
  const screen = { text: '' };
  return {
    input,
    screen,
    prompter: { stdin: () => input, stderr: { write: (text: string) => (screen.text += text) } },
  };
}

test('what is hidden is answered line by line, and the screen shows the questions alone', async t => {
  const { input, screen, prompter } = terminal(t);
  using hidden = openHidden(prompter);
  // Typed ahead, corrected with backspace, and ended with a carriage return, as terminals do.
  input.write('one two\rthreee\x7f\r');
  t.is(await hidden.ask('First'), 'one two');
  t.is(await hidden.ask('Then\u001b[2J'), 'three');
  t.is(screen.text, 'First: \nThen\ufffd[2J: \n');
});

for (const [title, typed] of [
  ['Ctrl-C', 'half\x03'],
  ['Ctrl-D', '\x04'],
] as const) {
  test(`${title} leaves a question unanswered`, async t => {
    const { input, prompter } = terminal(t);
    using hidden = openHidden(prompter);
    const answered = hidden.ask('First');
    input.write(typed);
    await t.throwsAsync(answered, { code: 'NOT_ANSWERED' });
  });
}

for (const [kind, ask] of [
  ['hidden', (prompter: Prompter) => openHidden(prompter).ask('First')],
  ['open', (prompter: Prompter) => askYes('sure?', prompter)],
] as const) {
  test(`an input that ends leaves a question whose answer is ${kind} unanswered`, async t => {
    const { input, prompter } = terminal(t);
    const answered = ask(prompter);
    input.end();
    await t.throwsAsync(answered, { code: 'NOT_ANSWERED' });
  });
}

for (const [typed, yes] of [
  ['y\n', true],
  ['Yes\r\n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
] as const) {
  test(`${JSON.stringify(typed)} is ${yes ? 'a yes' : 'no yes'}`, async t => {
    const { input, screen, prompter } = terminal(t);
    const answered = askYes('sign and publish?', prompter);
    input.write(typed);
    t.is(await answered, yes);
    t.is(screen.text, 'sign and publish? [y/N] ');
  });
}
