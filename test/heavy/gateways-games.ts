// Real game servers that register at gateways, and real programs that fetch lists there. A family is one entry here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { inviteCode, openttdList, teeworldsList } from './gateways-clients.ts';
import { httpGames } from './gateways-http-games.ts';

/** What a server is told, and nothing else: its own settings. */
export type Place = {
  readonly folder: string;
  readonly port: number;
  readonly gateway: number;
  readonly gatewayHost: string;
  readonly name: string;
};

export type GatewayGame = {
  /** Of the gateway, and in announcements. */
  readonly family: string;
  readonly game: string;
  readonly package: string;
  readonly binary: string;
  readonly arguments: (place: Place) => readonly string[];
  /** A command that runs it: for what can be set in no other way. */
  readonly through?: (place: Place) => readonly string[];
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  /** The port that the game has built in: A's gateway takes it, on a loopback address that nothing else uses. */
  readonly builtInPort?: number;
  /** Who fetches the list, in words. */
  readonly client: string;
  /** The addresses that the client sees at a gateway. */
  readonly fetch: (gateway: number) => Promise<readonly string[]>;
  /** How many may play, by the server's own settings: the probe has to see as many. */
  readonly room: number;
  /** A real client without a screen that joins by what a gateway tells it. */
  readonly visitor?: (address: string, gateway: number) => Visitor;
};

export type Visitor = { readonly words: readonly string[]; readonly files: Readonly<Record<string, string>> };

export const gatewayGames: readonly GatewayGame[] = [
  {
    family: 'dpmaster',
    game: 'openarena',
    package: 'openarena-server qstat',
    binary: '/usr/games/openarena-server',
    arguments: ({ folder, port, gateway, name }) => [
      ...set({ fs_homepath: folder, net_enabled: '1', net_ip: '127.0.0.1', net_port: `${port}`, dedicated: '2' }),
      ...set({ sv_hostname: name, sv_maxclients: '12', sv_master1: `127.0.0.1:${gateway}`, ttycon: '0' }),
      ...['+map', 'oa_dm1'],
    ],
    client: 'quakestat -openarenam',
    fetch: gateway => quakestat('-openarenam', gateway),
    room: 12,
  },
  {
    family: 'cube2',
    game: 'sauerbraten',
    package: 'cube2-server',
    binary: '/usr/games/cube2-server',
    arguments: ({ folder }) => [`-q${folder}`],
    files: ({ port, gateway, name }) => ({
      'server-init.cfg': [
        `serverip 127.0.0.1\nserverport ${port}\nserverdesc "${name}"\nmaxclients 12`,
        `updatemaster 1\nmastername 127.0.0.1\nmasterport ${gateway}\n`,
      ].join('\n'),
    }),
    client: 'the client’s own bytes: list',
    fetch: async gateway => {
      const text = (await exchange(gateway, 'list\n')).toString('latin1');
      return [...text.matchAll(/^addserver (\S+) (\d+)$/gm)].map(([, host, port]) => `${host}:${port}`);
    },
    room: 12,
  },
  {
    family: 'teeworlds',
    game: 'teeworlds',
    package: 'teeworlds-server',
    binary: '/usr/games/teeworlds-server',
    builtInPort: 8283,
    // The names of its master servers are built in too: in a mount namespace of its own they are A's gateway.
    through: ({ folder }) => [
      ...['unshare', '-Ur', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"'],
      `${folder}/hosts`,
    ],
    // In the folder that it is started in.
    arguments: () => ['-f', 'server.cfg'],
    files: ({ port, name, gatewayHost }) => ({
      hosts: `${gatewayHost} ${[1, 2, 3, 4].map(i => `master${i}.teeworlds.com`).join(' ')}\n`,
      'server.cfg': [
        `bindaddr 127.0.0.1\nsv_port ${port}\nsv_name "${name}"\nsv_map dm1`,
        'sv_max_clients 12\nsv_register 1\n',
      ].join('\n'),
    }),
    client: 'the client’s own bytes: req2',
    fetch: teeworldsList,
    room: 12,
  },
  {
    family: 'ddnet',
    game: 'ddnet',
    package: 'ddnet-server',
    binary: '/usr/games/DDNet-Server',
    arguments: ({ folder }) => ['-f', `${folder}/server.cfg`],
    files: ({ port, gateway, name }) => ({
      'server.cfg': [
        `bindaddr 127.0.0.1\nsv_ipv4only 1\nsv_port ${port}\nsv_name "${name}"\nsv_map dm1\nsv_max_clients 12`,
        `http_allow_insecure 1\nsv_register ipv4\nsv_register_url "http://127.0.0.1:${gateway}/ddnet/15/register"\n`,
      ].join('\n'),
    }),
    client: 'GET servers.json',
    fetch: async gateway => {
      const answer = await fetch(`http://127.0.0.1:${gateway}/ddnet/15/servers.json`);
      const { servers } = (await answer.json()) as { servers: { addresses: string[] }[] };
      return servers.flatMap(({ addresses }) => addresses.map(it => it.replace('tw-0.6+udp://', '')));
    },
    room: 12,
  },
  {
    family: 'openttd',
    game: 'openttd',
    package: 'openttd openttd-opengfx',
    binary: '/usr/games/openttd',
    arguments: ({ folder, port }) => [
      ...['-D', `127.0.0.1:${port}`, '-c', `${folder}/openttd.cfg`],
      ...['-s', 'null', '-m', 'null'],
    ],
    through: ({ gateway }) => ['env', `OTTD_COORDINATOR_CS=127.0.0.1:${gateway}`],
    files: ({ port, name }) => ({
      'openttd.cfg': [
        `[network]\nserver_name = ${name}\nserver_port = ${port}\nserver_admin_port = ${port + 1}\nmax_clients = 12`,
        'server_game_type = public\n[server_bind_addresses]\n127.0.0.1 =\n',
      ].join('\n'),
    }),
    client: 'the client’s own bytes: LISTING',
    fetch: openttdList,
    room: 12,
    visitor: (address, gateway) => ({
      words: [
        ...['env', `OTTD_COORDINATOR_CS=127.0.0.1:${gateway}`, '/usr/games/openttd', '-c', 'client.cfg'],
        ...['-n', inviteCode(address), '-v', 'null:ticks=1000000', '-s', 'null', '-m', 'null'],
      ],
      files: { 'client.cfg': '[network]\nclient_name = Visitor\n' },
    }),
  },
  ...httpGames,
];

const set = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['+set', name, value]);

/** Every server that a master server tells quakestat of, whether or not it answers then. */
async function quakestat(type: string, gateway: number): Promise<string[]> {
  const child = spawn('quakestat', ['-nh', '-raw', '|', type, `127.0.0.1:${gateway}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  const lines = Buffer.concat(chunks).toString('latin1').split('\n');
  return lines
    .map(line => line.split('|')[1] ?? '')
    .filter(address => address !== '' && !address.endsWith(`:${gateway}`));
}

/** What comes back over TCP until the other side closes. */
async function exchange(port: number, text: string): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
