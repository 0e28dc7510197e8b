// Real game servers from Debian packages, on loopback only, as an unprivileged user, with data in a temporary folder.
// None of them is given a master server to report to.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { endsWithThis } from '../processes.ts';
import { ended } from './real-servers-processes.ts';

export type RealServer = {
  readonly game: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly process: ChildProcess;
};

/** Files that must exist, the command, and what to write beforehand. `folder` is the server's own. */
type Recipe = {
  readonly game: string;
  readonly package: string;
  readonly binary: string;
  readonly arguments: (folder: string, port: number, name: string) => readonly string[];
  readonly files?: (folder: string, port: number, name: string, spare: number) => Readonly<Record<string, string>>;
};

const recipes: readonly Recipe[] = [
  {
    game: 'openarena',
    package: 'openarena-server',
    binary: '/usr/games/openarena-server',
    // dedicated 1 is LAN only: no heartbeats. net_enabled 1 is IPv4 only.
    arguments: (folder, port, name) => [
      ...set({ fs_homepath: folder, net_enabled: '1', net_ip: '127.0.0.1', net_port: `${port}`, dedicated: '1' }),
      ...set({ sv_hostname: name, sv_maxclients: '12', sv_master1: '', ttycon: '0' }),
      ...['+map', 'oa_dm1'],
    ],
  },
  {
    game: 'openttd',
    package: 'openttd openttd-opengfx',
    binary: '/usr/games/openttd',
    arguments: (folder, port) => [
      ...['-D', `127.0.0.1:${port}`, '-c', join(folder, 'openttd.cfg')],
      ...['-s', 'null', '-m', 'null'],
    ],
    files: (_, port, name, spare) => ({
      'openttd.cfg': [
        `[network]\nserver_name = ${name}\nserver_port = ${port}\nserver_admin_port = ${spare}`,
        `server_game_type = local\n[server_bind_addresses]\n127.0.0.1 =\n`,
      ].join('\n'),
    }),
  },
  {
    game: 'mumble',
    package: 'mumble-server',
    binary: '/usr/sbin/murmurd',
    arguments: folder => ['-fg', '-ini', join(folder, 'mumble.ini')],
    // Without registerName and the like it registers nowhere.
    files: (folder, port) => ({
      'mumble.ini': [
        `database=${join(folder, 'mumble.sqlite')}\nhost=127.0.0.1\nport=${port}`,
        'users=42\nbonjour=false\nlogfile=\npidfile=\n',
      ].join('\n'),
    }),
  },
];

const set = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['+set', name, value]);

/** Debian's `nobody`: game servers refuse, and should not have, root's rights. */
const nobody = 65_534;

/** @throws Error when fewer than two of the packages are installed */
export async function startRealServers(folder: string): Promise<RealServer[]> {
  const here = recipes.filter(({ binary }) => existsSync(binary));
  if (here.length < 2) {
    throw new Error(`needs two of the Debian packages: ${recipes.map(recipe => recipe.package).join(', ')}`);
  }
  return Promise.all(here.map(recipe => startOne(recipe, join(folder, recipe.game))));
}

async function startOne({ game, binary, ...recipe }: Recipe, folder: string): Promise<RealServer> {
  const [port, spare] = [await freePort(), await freePort()];
  const name = `A real ${game}`;
  const files = recipe.files?.(folder, port, name, spare) ?? {};
  const child = await startUnprivileged(binary, recipe.arguments(folder, port, name), folder, files);
  return { game, name, address: `127.0.0.1:${port}`, port, process: child };
}

/** Runs a program as nobody, in a folder of its own with these files in it. @throws Error when it ends at once */
export async function startUnprivileged(
  binary: string,
  words: readonly string[],
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder, file), text);
    if (owner.uid) await chown(join(folder, file), nobody, nobody);
  }
  if (owner.uid) await chown(folder, nobody, nobody);
  const child = spawn(binary, words, {
    ...owner,
    cwd: folder,
    env: { HOME: folder, PATH: '/usr/games:/usr/sbin:/usr/bin:/bin' },
    stdio: 'ignore',
  });
  endsWithThis(child);
  await Promise.race([
    new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject)),
    ended(child).then(code => Promise.reject(new Error(`${binary} ended with ${code}`))),
  ]);
  return child;
}

/** Free for TCP a moment ago, which is as good as it gets for programs that cannot be given port 0. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
