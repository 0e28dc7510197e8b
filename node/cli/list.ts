// rollcall list: the servers that match, as a table.
import type { Command } from 'commander';
import type { ServerRow, ServersPage } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action, positive } from './command.ts';
import { tierCell } from './karma-words.ts';
import { statementWords } from './statement-words.ts';
import type { Cell, Column } from './table.ts';
import { clip } from './width.ts';
import { count, shortHash } from './words.ts';

type Options = { game?: string; filter?: string; sort?: string; limit?: number; all?: boolean };

export function addList(program: Command, cli: Cli): void {
  program
    .command('list')
    .description('the servers on the list')
    .option('--game <id>', 'only this game')
    .option('--filter <expression>', 'only what matches, such as "players>0 attributes.country:de"')
    .option('--sort <field>', 'order by this field; a minus before it turns the order round')
    .option('--limit <n>', 'at most so many', positive)
    .option('--all', 'also what is hidden by default, and servers that left, until their announcements run out')
    .action(
      action<Options>(cli, async ({ out, node }, { game, filter, sort, limit, all }) => {
        const page = await node.get<ServersPage>('/servers', { game, filter, sort, limit, all });
        out.result(page, () => {
          if (page.servers.length > 0) out.table(columns, page.servers.map(row));
          out.line({ text: footer(page), style: 'dim' });
          if (page.partial) out.line({ text: partialWords, style: 'yellow' });
          if (page.hidden.total > 0) out.line({ text: hiddenWords(page.hidden), style: 'dim' });
        });
      }),
    );
}

const columns: readonly Column[] = [
  { title: 'NAME', min: 8 },
  { title: 'GAME', min: 5 },
  { title: 'PLAYERS', align: 'right' },
  { title: 'PING', align: 'right' },
  { title: 'MAP', min: 3 },
  // An address that is cut is of no use, and one without its port looks as if it were whole.
  { title: 'ADDRESS', min: 14, cutLast: true, cut: clipAddress },
  { title: 'STANDING', min: 4 },
  // Three letters, and the colour, still tell one tier from another.
  { title: 'KARMA', min: 3, cut: (text, width) => text.slice(0, width) },
  // Four digits are enough for `rollcall show`.
  { title: 'ID', min: 5 },
];

/** Cuts the host, never the port or the count of further addresses behind it. */
export function clipAddress(text: string, width: number): string {
  const [, host = text, end = ''] = /^(.*)(:\d+(?: \+\d+)?)$/.exec(text) ?? [];
  return clip(host, Math.max(1, width - end.length)) + end;
}

function row({ id, name, game, addresses, state, observed, standing, hidden, karma }: ServerRow): Cell[] {
  const more = addresses.length > 1 ? ` +${addresses.length - 1}` : '';
  return [
    name === '' ? { text: '(no name)', style: 'dim' } : name,
    game,
    state === 'left' ? { text: 'left', style: 'dim' } : playersCell(observed),
    observed?.up && observed.rttMs !== null ? `${Math.round(observed.rttMs)} ms` : '',
    observed?.map ?? '',
    `${addresses[0] ?? ''}${more}`,
    hidden ? { text: `${standing}, ${hidden}`, style: 'dim' } : standingCell(standing),
    tierCell(karma),
    { text: shortHash(id), style: 'dim' },
  ];
}

/** Nobody has looked yet (`?`), nobody answered (`down`), or who plays there. */
export function playersCell(observed: ServerRow['observed']): Cell {
  if (observed === null) return { text: '?', style: 'dim' };
  if (!observed.up) return { text: 'down', style: 'red' };
  if (observed.players === null) return { text: 'up', style: 'green' };
  const text = observed.maxPlayers === null ? `${observed.players}` : `${observed.players}/${observed.maxPlayers}`;
  return observed.players > 0 ? { text, style: 'green' } : text;
}

export function standingCell(standing: ServerRow['standing']): Cell {
  if (standing === 'endorsed') return { text: standing, style: 'green' };
  return standing === 'denied' ? { text: standing, style: 'red' } : standing;
}

/** What another node may have sent as its first page is no more than a beginning. */
export const partialWords =
  'only a beginning: this node has not compared its list with another since it started; more comes, and some may go';

/** `12 hidden (3 silent, 9 crowd): --all shows them` */
export function hiddenWords({ total, ...reasons }: ServersPage['hidden']): string {
  const parts = Object.entries(reasons).filter(([, n]) => n > 0);
  return `${total} hidden (${parts.map(([reason, n]) => `${n} ${reason}`).join(', ')}): --all shows them`;
}

function footer({ servers, total, tree, statement }: ServersPage): string {
  const shown = servers.length < total ? `${servers.length} of ${count(total, 'server')}` : count(total, 'server');
  return `${shown}, tree ${shortHash(tree)}, ${statementWords(statement)}`;
}
