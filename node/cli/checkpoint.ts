// rollcall checkpoint: a maintainer signs the list as it stands.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { addSigningOptions, makeStatement, type SigningOptions } from './signing.ts';

type Options = SigningOptions & { message?: string };

export function addCheckpoint(program: Command, cli: Cli): void {
  const command = program
    .command('checkpoint')
    .description('sign the list as it stands, as the next statement')
    .option('--message <text>', 'what else there is to say');
  addSigningOptions(command).action(
    action<Options>(cli, (run, options) => {
      const { message } = options;
      return makeStatement(cli, run, options, { kind: 'checkpoint', ...(message === undefined ? {} : { message }) });
    }),
  );
}
