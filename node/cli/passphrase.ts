// Where passphrases come from: a terminal, or a file descriptor. Never from arguments, which every process may read.
import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import { InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../base/errors.ts';
import { CliError, exits } from './errors.ts';
import { type Hidden, openHidden, type Prompter } from './prompt.ts';

export const passphraseOption = (): Option =>
  new Option('--passphrase-fd <n>', 'read the passphrase from this file descriptor').argParser(descriptor);

function descriptor(text: string): number {
  if (!/^[0-9]{1,4}$/.test(text)) throw new InvalidArgumentError('It must be the number of a file descriptor.');
  return Number(text);
}

/** @throws CliError NO_TERMINAL when there is nobody to ask */
export async function passphrase(question: string, fd: number | undefined, prompter: Prompter): Promise<string> {
  if (fd !== undefined) return firstLine(fd);
  using terminal = hidden(prompter);
  return await terminal.ask(question);
}

/** Twice, since a slip in a passphrase that nobody sees costs the key. @throws CliError NO_TERMINAL, PASSPHRASES_DIFFER */
export async function newPassphrase(fd: number | undefined, prompter: Prompter): Promise<string> {
  if (fd !== undefined) return notEmpty(await firstLine(fd));
  using terminal = hidden(prompter);
  const first = notEmpty(await terminal.ask('A new passphrase for the key'));
  if (first === (await terminal.ask('The same again'))) return first;
  throw new CliError(exits.failed, 'PASSPHRASES_DIFFER', 'the two passphrases differ');
}

/** An empty one protects nothing: whoever wants that says so. */
function notEmpty(passphrase: string): string {
  if (passphrase !== '') return passphrase;
  throw new CliError(exits.usage, 'NO_PASSPHRASE', 'the passphrase is empty', 'ask for none with --no-passphrase');
}

function hidden(prompter: Prompter): Hidden {
  if (prompter.stdin().isTTY) return openHidden(prompter);
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
