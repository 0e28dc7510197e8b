// rollcall history export: the whole history as a bare repository for stock git.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { bytes, count } from './words.ts';

type Exported = { head: string | null; objects: number; bytes: number };

export function addHistoryExport(history: Command, cli: Cli): void {
  history
    .command('export <dir>')
    .description('write the history as a bare git repository')
    .action(
      action(cli, async ({ out, node }, _options, dir) => {
        const folder = resolve(cli.cwd, dir);
        const exported = await node.post<Exported>('/export', { folder });
        out.result(exported, () => {
          out.line(`wrote ${count(exported.objects, 'object')}, ${bytes(exported.bytes)}, to ${folder}`);
          out.line({ text: `read it with: git -C ${folder} log main`, style: 'dim' });
        });
      }),
    );
}
