// rollcall karma: what the node thinks of others; of one of them, with everything that went into it.
import type { Command } from 'commander';
import type { KarmaJson, KarmaSummary } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { showKarma } from './karma-explained.ts';
import { hundredths, tierCell } from './karma-words.ts';
import type { Output } from './output.ts';
import { peerId } from './peer-id.ts';
import type { Column } from './table.ts';
import { count } from './words.ts';

type Subjects = { subjects: KarmaSummary[] };

export function addKarma(program: Command, cli: Cli): void {
  program
    .command('karma [peer]')
    .description('what this node thinks of others; <peer> may be the end of an id')
    .action(
      action(cli, async ({ out, node }, _options, given?: string) => {
        if (given === undefined) {
          const answer = await node.get<Subjects>('/karma');
          return out.result(answer, () => showAll(answer, out));
        }
        const karma = await node.get<KarmaJson>(`/karma/${await peerId(given, node)}`);
        out.result(karma, () => showKarma(karma, out));
      }),
    );
}

const columns: readonly Column[] = [
  { title: 'PEER', min: 16 },
  { title: 'KARMA', align: 'right' },
  { title: 'TIER' },
  { title: 'EVENTS', align: 'right' },
];

function showAll({ subjects }: Subjects, out: Output): void {
  if (subjects.length > 0) {
    out.table(
      columns,
      subjects.map(it => [it.subject, hundredths(it.value), tierCell(it), String(it.events)]),
    );
  }
  out.line({ text: `${count(subjects.length, 'peer')} remembered; of a stranger the karma is 0.00`, style: 'dim' });
}
