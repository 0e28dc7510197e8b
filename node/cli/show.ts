// rollcall show: one server with every field, its history, and why it stands where it stands.
import type { Command } from 'commander';
import type { ServerDetail } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { karmaCell } from './karma-words.ts';
import { playersCell, standingCell } from './list.ts';
import type { Output } from './output.ts';
import { serverId } from './server-id.ts';
import { ago, date, plain, shortHash } from './words.ts';

export function addShow(program: Command, cli: Cli): void {
  program
    .command('show <id>')
    .description('one server; <id> may be the beginning of an id, or a slug')
    .action(
      action(cli, async ({ out, node, now }, _options, given) => {
        const id = await serverId(given, node);
        const server = await node.get<ServerDetail>(`/servers/${id}`);
        out.result(server, () => show(server, out, now));
      }),
    );
}

function show(server: ServerDetail, out: Output, now: number): void {
  const { observed, karma } = server;
  out.line({ text: server.name || '(no name)', style: 'bold' });
  out.fields([
    ['id', server.id],
    ['announcer', server.announcer],
    ['server', server.server],
    ['game', server.game],
    ['version', server.version],
    ['addresses', server.addresses.join(', ')],
    ['state', server.state === 'up' ? 'up' : { text: server.state, style: 'yellow' }],
    ['tags', server.tags.join(', ')],
    ['attributes', plain(server.attributes)],
    ['issued', `${date(server.issuedAt)}, ${ago(server.issuedAt, now)}`],
    ['expires', `${date(server.expiresAt)}, ${ago(server.expiresAt, now)}`],
    ['players', playersCell(observed)],
    ['map', observed?.map ?? ''],
    ['ping', observed?.up && observed.rttMs !== null ? `${Math.round(observed.rttMs)} ms` : ''],
    ['seen', observed === null ? 'not yet, from here' : ago(observed.at, now)],
    ['standing', standingCell(server.standing)],
    ['karma', karmaCell(karma)],
    ['signature', server.signature],
  ]);
  for (const reason of server.reasons) out.line({ text: 'why  ', style: 'dim' }, reason);
  if (server.history.length > 0) out.line('');
  if (server.history.length > 0) {
    out.table(
      [{ title: 'DATE' }, { title: 'COMMIT' }, { title: 'CHANGE' }],
      server.history.map(({ atMs, oid, change }) => [date(atMs), { text: shortHash(oid), style: 'yellow' }, change]),
    );
  }
  if (server.historySince !== undefined) {
    out.line({ text: `what came before ${date(server.historySince)} is not kept (history.keepMs)`, style: 'dim' });
  }
}
