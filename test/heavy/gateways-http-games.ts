// Real game servers whose gateways speak HTTP, for gateways-games.ts.
import type { GatewayGame } from './gateways-games.ts';

export const httpGames: readonly GatewayGame[] = [
  {
    family: 'luanti',
    game: 'luanti',
    package: 'minetest-server',
    // Not the script before it, which has a configuration of its own.
    binary: '/usr/lib/minetest/minetestserver',
    arguments: ({ folder }) => [
      ...['--gameid', 'minetest', '--world', `${folder}/world`],
      ...['--config', `${folder}/minetest.conf`, '--logfile', `${folder}/log`],
    ],
    files: ({ port, gateway, name }) => ({
      'minetest.conf': [
        `server_announce = true\nserverlist_url = http://127.0.0.1:${gateway}\nserver_name = ${name}`,
        `server_address = 127.0.0.1\nbind_address = 127.0.0.1\nport = ${port}\nmax_users = 12\n`,
      ].join('\n'),
    }),
    client: 'the client’s own request: /list',
    fetch: async gateway => {
      const answer = await fetch(`http://127.0.0.1:${gateway}/list?proto_version_min=37&proto_version_max=41`);
      const { list } = (await answer.json()) as { list: { address: string; port: number }[] };
      return list.map(({ address, port }) => `${address}:${port}`);
    },
    room: 12,
  },
  {
    family: 'bzflag',
    game: 'bzflag',
    package: 'bzflag-server',
    binary: '/usr/games/bzfs',
    arguments: ({ port, gateway, name }) => [
      ...['-i', '127.0.0.1', '-p', `${port}`, '-mp', '12', '-publictitle', name, '-publicaddr', `127.0.0.1:${port}`],
      ...['-publiclist', `http://127.0.0.1:${gateway}/db/`, '-noMasterBanlist'],
    ],
    client: 'the client’s own form: LIST',
    fetch: async gateway => {
      const body = new URLSearchParams({ action: 'LIST', version: 'BZFS0221', callsign: '', password: '' });
      const answer = await fetch(`http://127.0.0.1:${gateway}/db/`, { method: 'POST', body });
      return (await answer.text()).split('\n').map(line => line.split(' ', 1)[0]!);
    },
    room: 12,
  },
];
