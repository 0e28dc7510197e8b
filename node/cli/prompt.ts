// Asks the person at the terminal: for what must not be seen, or for a yes.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { printable } from '../base/text.ts';
import type { Cli } from './cli.ts';
import { CliError, exits } from './errors.ts';

export type Prompter = Pick<Cli, 'stdin' | 'stderr'>;

/** From here until it is disposed of, nothing that is typed is shown. */
export type Hidden = Disposable & {
  /** @throws CliError NOT_ANSWERED after Ctrl-C, Ctrl-D or the end of the input */
  ask(question: string): Promise<string>;
};

export function openHidden({ stdin, stderr }: Prompter): Hidden {
  // As a terminal, readline switches off the echo, before the first question is there to be answered, and shows what is
  // typed itself: on `output`, which shows nothing here.
  const lines = createInterface({ input: stdin(), output: nowhere(), terminal: true, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question) {
      stderr.write(`${printable(question)}: `);
      const { done, value } = await answers.next();
      // The line end that was typed has not been shown either.
      stderr.write('\n');
      if (done) throw notAnswered();
      return value;
    },
    [Symbol.dispose]: () => lines.close(),
  };
}

/** @throws CliError NOT_ANSWERED */
export async function askYes(question: string, { stdin, stderr }: Prompter): Promise<boolean> {
  // Left to itself, the terminal shows what is typed, and Ctrl-C ends the program.
  using lines = createInterface({ input: stdin(), output: nowhere(), terminal: false });
  const answers = lines[Symbol.asyncIterator]();
  stderr.write(`${printable(question)} [y/N] `);
  const { done, value } = await answers.next();
  if (done) throw notAnswered();
  return /^y(?:es)?$/i.test(value.trim());
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const notAnswered = () => new CliError(exits.failed, 'NOT_ANSWERED', 'the question was not answered');
