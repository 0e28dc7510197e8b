// rollcall history: the commits of the list, newest first.
import type { Command } from 'commander';
import type { CommitSummary } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action, positive } from './command.ts';
import { addHistoryExport } from './history-export.ts';
import { serverId } from './server-id.ts';
import type { Cell, Column } from './table.ts';
import { date, shortHash, shortPeer } from './words.ts';

type Options = { server?: string; announcer?: string; signed?: boolean; limit?: number; before?: string };

export function addHistory(program: Command, cli: Cli): void {
  const history = program
    .command('history')
    .description('the commits of the list, newest first')
    .option('--server <id>', 'only those that touched this server; its id, the beginning of it, or its slug')
    .option('--announcer <peer>', 'only those that touched a server of this node')
    .option('--signed', "only maintainers' statements")
    .option('--limit <n>', 'at most so many', positive)
    .option('--before <commit>', 'only what came before this commit')
    .action(
      action<Options>(cli, async ({ out, node }, { server: given, announcer, signed, limit, before }) => {
        const server = given === undefined ? undefined : await serverId(given, node);
        const page = await node.get<{ commits: CommitSummary[] }>('/history', {
          server,
          announcer,
          signed,
          limit,
          before,
        });
        out.result(page, () => {
          if (page.commits.length > 0) out.table(columns, page.commits.map(row));
          else out.line({ text: 'no commits', style: 'dim' });
        });
      }),
    );
  addHistoryExport(history, cli);
}

const columns: readonly Column[] = [
  { title: 'DATE' },
  { title: 'COMMIT' },
  { title: 'AUTHOR' },
  { title: 'WHAT CHANGED', min: 20 },
];

function row({ atMs, oid, author, summary, signature }: CommitSummary): Cell[] {
  const mark = signature === null ? '' : ` [${signature.status}${signature.name ? `, ${signature.name}` : ''}]`;
  return [date(atMs), { text: shortHash(oid), style: 'yellow' }, shortPeer(author), summary + mark];
}
