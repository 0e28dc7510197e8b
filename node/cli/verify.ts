// rollcall verify: is the node's store sound?
import type { Command } from 'commander';
import type { VerifyReport } from '../api/port.ts';
import { moveAway } from '../history/damaged.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import { count } from './words.ts';

export function addVerify(program: Command, cli: Cli): void {
  program
    .command('verify')
    .description("check the objects, signatures and indexes of the node's store")
    .option('--full', 'every object that can be reached, not only those of the list as it stands')
    .action(
      action<{ full?: boolean }>(cli, async ({ out, node }, { full }) => {
        const report = await node.post<VerifyReport>('/verify', { full: full ?? false });
        const { commits, objects, servers, signatures, faults } = report;
        out.result(report, () => {
          for (const fault of faults) out.line({ text: 'fault  ', style: 'red' }, fault);
          out.line(
            `checked ${count(commits, 'commit')}, ${count(objects, 'object')}, ${count(servers, 'server')}, ${count(signatures, 'signature')}`,
          );
          const sound = full ? 'all is sound' : 'the head is sound; --full checks the whole history';
          if (report.ok) out.line({ text: sound, style: 'green' });
        });
        if (!report.ok) {
          throw new CliError(
            exits.failed,
            'STORE_DAMAGED',
            `the store is not sound: ${count(faults.length, 'fault')}`,
            moveAway(),
          );
        }
      }),
    );
}
