// rollcall demo: a whole network on this machine.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action, positive } from './command.ts';

export function addDemo(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description('run a whole network on this machine until it is interrupted')
    .option('--nodes <n>', 'how many nodes announce servers', positive)
    .action(
      action<{ nodes?: number }>(cli, async ({ globals }, { nodes }) => {
        const signal = cli.interrupted();
        const { runDemo } = await import('../demo/demo.ts');
        await runDemo({
          ...(nodes === undefined ? {} : { nodes }),
          signal,
          stdout: cli.stdout,
          stderr: cli.stderr,
          json: globals.json,
          clock: cli.clock,
          random: cli.random,
        });
      }),
    );
}
