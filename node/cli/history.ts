// rollcall history: the commits of the list, newest first.
import type { Command } from 'commander';
import type { CommitSummary } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action, positive } from './command.ts';
import { addHistoryExport } from './history-export.ts';
import { peerId } from './peer-id.ts';
import { serverId } from './server-id.ts';
import { nameIn, signatureCell } from './statement-words.ts';
import type { Cell, Column } from './table.ts';
import { date, shortHash, shortPeer } from './words.ts';

type Options = { server?: string; announcer?: string; signed?: boolean; limit?: number; before?: string };

export function addHistory(program: Command, cli: Cli): void {
  const history = program
    .command('history')
    .description('the commits of the list, newest first')
    .option('--server <id>', 'only those that touched this server; its id, the beginning of it, or its slug')
    .option('--announcer <peer>', 'only those that touched a server of this node; <peer> may be the end of an id')
    .option('--signed', "only maintainers' statements")
    .option('--limit <n>', 'at most so many', positive)
    .option('--before <commit>', 'only what came before this commit')
    .action(
      action<Options>(cli, async ({ out, node }, { server: given, announcer: by, signed, limit, before }) => {
        const server = given === undefined ? undefined : await serverId(given, node);
        const announcer = by === undefined ? undefined : await peerId(by, node);
        const page = await node.get<{ commits: CommitSummary[] }>('/history', {
          server,
          announcer,
          signed,
          limit,
          before,
        });
        out.result(page, () => {
          // Most histories are not signed: their tables have room for what changed.
          const signed = page.commits.some(({ signature, statement }) => signature !== null || statement !== null);
          const shown = signed ? columns.toSpliced(3, 0, ...signedColumns) : columns;
          if (page.commits.length > 0) {
            out.table(
              shown,
              page.commits.map(commit => row(commit, signed)),
            );
          }
          if (page.commits.length === 0) out.line({ text: 'no commits', style: 'dim' });
          const first = page.commits.find(({ cut, statement }) => cut && statement === null);
          if (first) {
            const text = `the history begins with ${shortHash(first.oid)}: what came before it is not kept (history.keepMs)`;
            out.line({ text, style: 'dim' });
          }
        });
      }),
    );
  addHistoryExport(history, cli);
}

const columns: readonly Column[] = [
  { title: 'DATE' },
  { title: 'COMMIT' },
  { title: 'AUTHOR', min: 9 },
  { title: 'WHAT CHANGED', min: 20 },
];

const signedColumns: readonly Column[] = [{ title: 'STATEMENT' }, { title: 'SIGNATURE', min: 12 }];

function row({ atMs, oid, author, summary, signature, statement }: CommitSummary, signed: boolean): Cell[] {
  const who = statement === null ? shortPeer(author) : nameIn(author);
  const cells: Cell[] = [date(atMs), { text: shortHash(oid), style: 'yellow' }, who, summary];
  const said = statement === null ? '' : `${statement.kind} ${statement.sequence}`;
  return signed ? cells.toSpliced(3, 0, said, signatureCell(signature, author)) : cells;
}
