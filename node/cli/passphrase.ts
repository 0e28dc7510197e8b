// Where passphrases come from: a terminal, or a file descriptor. Never from arguments, which every process may read.
import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import { InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../base/errors.ts';
import { CliError, exits } from './errors.ts';
import { askSecret, type Prompter } from './prompt.ts';

export const passphraseOption = (): Option =>
  new Option('--passphrase-fd <n>', 'read the passphrase from this file descriptor').argParser(descriptor);

function descriptor(text: string): number {
  if (!/^[0-9]{1,4}$/.test(text)) throw new InvalidArgumentError('It must be the number of a file descriptor.');
  return Number(text);
}

/** @throws CliError NO_TERMINAL when there is nobody to ask */
export async function passphrase(question: string, fd: number | undefined, prompter: Prompter): Promise<string> {
  if (fd !== undefined) return firstLine(fd);
  needTerminal(prompter);
  return askSecret(question, prompter);
}

/** Twice, since a slip in a passphrase that nobody sees costs the key. @throws CliError NO_TERMINAL, PASSPHRASES_DIFFER */
export async function newPassphrase(fd: number | undefined, prompter: Prompter): Promise<string> {
  if (fd !== undefined) return firstLine(fd);
  needTerminal(prompter);
  const first = await askSecret('A new passphrase for the key', prompter);
  if (first === '') {
    throw new CliError(exits.usage, 'NO_PASSPHRASE', 'the passphrase is empty', 'ask for none with --no-passphrase');
  }
  if (first === (await askSecret('The same again', prompter))) return first;
  throw new CliError(exits.failed, 'PASSPHRASES_DIFFER', 'the two passphrases differ');
}

function needTerminal({ stdin }: Prompter): void {
  if (stdin().isTTY) return;
  const remedy = 'hand it in with --passphrase-fd <n>';
  throw new CliError(exits.usage, 'NO_TERMINAL', 'a passphrase is needed, and there is no terminal to ask at', remedy);
}

/** To the first line's end, as gpg reads it. */
async function firstLine(fd: number): Promise<string> {
  try {
    return (await promisify(readFile)(fd, 'utf8')).split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw new CliError(exits.usage, 'NO_PASSPHRASE', `cannot read file descriptor ${fd}: ${messageOf(error)}`);
  }
}
