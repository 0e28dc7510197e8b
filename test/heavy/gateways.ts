// Real game servers register at one node's gateway, real clients fetch the list at another's: see README.md.
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ServerRow, ServersPage } from '../../node/api/port.ts';
import type { GatewayStatus } from '../../node/gateways/family.ts';
import { type NodeProcess, temporaryFolder } from '../processes.ts';
import { type GatewayGame, gatewayGames } from './gateways-games.ts';
import { freePort, startUnprivileged } from './real-servers-games.ts';
import { rollcall, startNode, stop } from './real-servers-processes.ts';

/** Game servers load maps before they register. */
const registeredWithinMs = 90_000;
/** A probe, its second try, and the family's own questions. */
const goneWithinMs = 90_000;
const probeIntervalMs = 5_000;

/** Where a port cannot be chosen, the address is: two runs at once do not meet. */
const spare = await freePort();
const hostOf = (builtInPort: number): string =>
  builtInPort === 0 ? '127.0.0.1' : `127.${spare >> 8}.${spare & 0xff}.1`;

await using folder = await temporaryFolder();
// The game servers run as somebody else and must get to their folders below.
await chmod(folder.path, 0o711);
await using running = new AsyncDisposableStack();
try {
  await main();
  say('\nAll as it should be.');
} catch (error) {
  process.stderr.write(`\nFailed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

type Running = { readonly it: GatewayGame; readonly address: string; readonly name: string; kill: () => void };

async function main(): Promise<void> {
  const games = gatewayGames.filter(({ binary }) => existsSync(binary));
  const missing = gatewayGames.filter(game => !games.includes(game));
  if (missing.length > 0) throw new Error(`install the Debian packages ${missing.map(it => it.package).join(' ')}`);
  const a = await start('A', new Map(games.map(({ family, builtInPort = 0 }) => [family, builtInPort])));
  const b = await start('B', new Map(games.map(({ family }) => [family, 0])), a);
  const [atA, atB] = [await gatewaysOf(a), await gatewaysOf(b)];
  const since = Date.now();
  const servers: Running[] = [];
  for (const game of games) servers.push(await startServer(game, atA.get(game.family)!));
  for (const { it, address } of servers) {
    await until(`${it.client} at B sees ${it.game} at ${address}`, registeredWithinMs, async () =>
      (await it.fetch(atB.get(it.family)!)).includes(address),
    );
    say(
      `${it.client.padEnd(30)} at B's ${it.family} gateway sees ${it.game} at ${address}, ${seconds(since)} after its start`,
    );
  }
  const rows = await until('the list on B shows all of them up', registeredWithinMs, async () => {
    const all = await listed(b);
    return servers.every(({ it, address }) => all.get(address)?.observed?.maxPlayers === it.room) ? all : undefined;
  });
  say('\nrollcall list on B:');
  for (const { it, address, name } of servers) {
    const row = rows.get(address)!;
    say(
      `  ${row.game} | ${row.name} | ${address} | ${JSON.stringify(row.attributes)} | ${JSON.stringify(row.observed)}`,
    );
    if (row.name !== name || row.game !== it.game)
      throw new Error(`${it.game} is listed as ${row.game}, "${row.name}"`);
  }
  for (const { it, address } of servers) if (it.visitor) await visit(it, address, atB.get(it.family)!, b);
  const killed = Date.now();
  for (const { kill } of servers) kill();
  for (const { it, address } of servers) {
    await until(`${it.game} leaves B's gateway`, goneWithinMs, async () =>
      (await it.fetch(atB.get(it.family)!)).includes(address) ? undefined : true,
    );
    say(`\n${it.game} left B's ${it.family} gateway ${seconds(killed)} after SIGKILL`);
  }
  const left = await listed(b);
  const still = servers.find(({ address }) => left.has(address));
  if (still) throw new Error(`${still.it.game} is still on the list of B`);
  say('\nrollcall gateway list on A:');
  for (const gateway of await statusOf(a)) say(`  ${JSON.stringify(gateway)}`);
}

async function visit(it: GatewayGame, address: string, gateway: number, b: NodeProcess): Promise<void> {
  const { words: all, files } = it.visitor!(address, gateway);
  const [binary = '', ...words] = all;
  const child = await startUnprivileged(binary, words, join(folder.path, `${it.game}-client`), files);
  running.defer(() => stop(child));
  const row = await until(`B shows who joined ${it.game}`, registeredWithinMs, async () => {
    const seen = (await listed(b)).get(address);
    return seen?.observed?.players === 1 ? seen : undefined;
  });
  child.kill('SIGKILL');
  say(`\na real client joined ${it.game} through B, and B's list shows ${JSON.stringify(row.observed)}`);
}

async function start(name: string, ports: ReadonlyMap<string, number>, entry?: NodeProcess): Promise<NodeProcess> {
  const settings = {
    'network.allowPrivateAddresses': true,
    'network.mdns': false,
    'log.level': 'warn',
    'probe.intervalMs': probeIntervalMs,
    ...Object.fromEntries(
      [...ports].flatMap(([family, port]) => [
        [`gateways.${family}.enabled`, true],
        [`gateways.${family}.host`, hostOf(port)],
        [`gateways.${family}.port`, port],
      ]),
    ),
  };
  const flags = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const entries = entry ? ['--entry', entry.address] : [];
  return running.use(await startNode(join(folder.path, name), [...flags, ...entries]));
}

async function startServer(it: GatewayGame, gateway: number): Promise<Running> {
  const own = join(folder.path, it.game);
  const port = await freePort();
  const name = `A real ${it.game}`;
  const place = { folder: own, port, gateway, gatewayHost: hostOf(it.builtInPort ?? 0), name };
  const [binary = '', ...words] = [...(it.through?.(place) ?? []), it.binary, ...it.arguments(place)];
  const child = await startUnprivileged(binary, words, own, it.files?.(place));
  running.defer(() => stop(child));
  return { it, address: `127.0.0.1:${port}`, name, kill: () => child.kill('SIGKILL') };
}

async function statusOf(node: NodeProcess): Promise<GatewayStatus[]> {
  return ((await rollcall(node, 'gateway', 'list')) as { gateways: GatewayStatus[] }).gateways;
}

async function gatewaysOf(node: NodeProcess): Promise<Map<string, number>> {
  return new Map((await statusOf(node)).map(({ family, address }) => [family, Number(address.split(':').at(-1))]));
}

async function listed(node: NodeProcess): Promise<Map<string, ServerRow>> {
  const page = (await rollcall(node, 'list')) as ServersPage;
  return new Map(page.servers.map(row => [row.addresses[0]!, row]));
}

/** Tries about twice a second: neither game servers nor clients tell when they will be ready. */
async function until<T>(what: string, withinMs: number, attempt: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await setTimeout(500)) {
    const value = await attempt();
    if (value) return value;
  }
  throw new Error(`within ${withinMs / 1_000} s not seen: ${what}`);
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
