// Asks the person at the terminal: for a passphrase, which is not shown, or for a yes.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { printable } from '../base/text.ts';
import type { Cli } from './cli.ts';
import { CliError, exits } from './errors.ts';

export type Prompter = Pick<Cli, 'stdin' | 'stderr'>;

/** @throws CliError NOT_ANSWERED */
export async function askYes(question: string, { stdin, stderr }: Prompter): Promise<boolean> {
  stderr.write(`${printable(question)} [y/N] `);
  return /^y(?:es)?$/i.test((await nextLine(stdin(), { shown: true })).trim());
}

/** What is typed goes nowhere but into the answer. @throws CliError NOT_ANSWERED */
export async function askSecret(question: string, { stdin, stderr }: Prompter): Promise<string> {
  stderr.write(`${printable(question)}: `);
  try {
    return await nextLine(stdin(), { shown: false });
  } finally {
    // The one that was typed has not been shown either.
    stderr.write('\n');
  }
}

async function nextLine(input: ReturnType<Cli['stdin']>, { shown }: { shown: boolean }): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal, readline switches off the echo and shows what is typed itself: on `output`, which shows nothing here.
  const lines = createInterface({ input, output: nowhere, terminal: !shown, historySize: 0 });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lines.once('line', resolve);
  // Ctrl-C, Ctrl-D, or an input that ended. After a line it comes too late to matter.
  lines.once('close', () => reject(new CliError(exits.failed, 'NOT_ANSWERED', 'the question was not answered')));
  return promise.finally(() => lines.close());
}
