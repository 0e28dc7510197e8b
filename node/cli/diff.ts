// rollcall diff: what changed between two commits, server by server and field by field.
import type { Command } from 'commander';
import type { ServersDiff } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import type { Output } from './output.ts';
import { date, plain, shortHash } from './words.ts';

export function addDiff(program: Command, cli: Cli): void {
  program
    .command('diff <a> [b]')
    .description('what changed from <a> to [b], or to the list as it stands')
    .action(
      action(cli, async ({ out, node }, _options, a, b) => {
        const range = b === undefined ? encodeURIComponent(a) : `${encodeURIComponent(a)}...${encodeURIComponent(b)}`;
        const diff = await node.get<ServersDiff>(`/compare/${range}`);
        out.result(diff, () => show(diff, out));
      }),
    );
}

function show({ added, removed, changed }: ServersDiff, out: Output): void {
  for (const server of added) out.line({ text: `+ ${words(server)}`, style: 'green' });
  for (const server of removed) out.line({ text: `- ${words(server)}`, style: 'red' });
  for (const { id, fields } of changed) {
    out.line({ text: `~ ${shortHash(id)}`, style: 'yellow' });
    for (const [name, [old, now]] of Object.entries(fields)) {
      // A signature changes with every other field and says nothing to people.
      if (name !== 'signature') out.line(`    ${name}: ${value(name, old)} → ${value(name, now)}`);
    }
  }
  out.line({ text: `${added.length} added, ${removed.length} removed, ${changed.length} changed`, style: 'dim' });
}

const words = ({ id, name, game, addresses }: ServersDiff['added'][number]): string =>
  `${shortHash(id)}  ${name || '(no name)'}  ${game}  ${addresses.join(', ')}`;

function value(name: string, it: unknown): string {
  if (typeof it === 'number' && (name === 'issuedAt' || name === 'expiresAt')) return date(it);
  return plain(it) || '(none)';
}
