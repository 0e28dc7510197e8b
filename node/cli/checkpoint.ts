// rollcall checkpoint: a maintainer signs the list as it stands.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { addRaiseOptions, quotasOf, type RaiseOptions } from './raise.ts';
import { addSigningOptions, makeStatement, type SigningOptions } from './signing.ts';

type Options = SigningOptions & RaiseOptions & { message?: string };

export function addCheckpoint(program: Command, cli: Cli): void {
  const command = program
    .command('checkpoint')
    .description('sign the list as it stands, as the next statement')
    .option('--message <text>', 'what else there is to say');
  addSigningOptions(addRaiseOptions(command, cli)).action(
    action<Options>(cli, async (run, options) => {
      const { message } = options;
      const quotas = await quotasOf(options, run.node);
      const order = { kind: 'checkpoint' as const, ...(message === undefined ? {} : { message }), ...quotas };
      return makeStatement(cli, run, options, order);
    }),
  );
}
