// rollcall withdraw: says that a server of this node left.
import type { Command } from 'commander';
import type { AnnouncementJson } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { shortHash } from './words.ts';

export function addWithdraw(program: Command, cli: Cli): void {
  program
    .command('withdraw <server>')
    .description('say that a server left; <server> is its slug, its id, or the beginning of that')
    .action(
      action(cli, async ({ out, node }, _options, server) => {
        const gone = await node.delete<AnnouncementJson & { id: string }>(
          `/announcements/${encodeURIComponent(server)}`,
        );
        out.result(gone, () => out.line(`withdrew ${gone.server}, id ${shortHash(gone.id)}`));
      }),
    );
}
