// Real game servers, announced on one node, seen on another: see README.md.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ServerRow, ServersPage } from '../../node/api/port.ts';
import { Asker } from '../../node/probe/ask.ts';
import { queryOf } from '../../node/probe/games.ts';
import type { Answer } from '../../node/probe/observation.ts';
import { type NodeProcess, temporaryFolder } from '../processes.ts';
import { type RealServer, startRealServers } from './real-servers-games.ts';
import { rollcall, startNode, stop } from './real-servers-processes.ts';

/** Game servers load maps and game data before they answer. */
const answerWithinMs = 60_000;
const probeIntervalMs = 5_000;
/** A probe interval with its jitter, two tries, and the slowness of two busy cores. */
const observedWithinMs = 4 * probeIntervalMs;

await using folder = await temporaryFolder();
// The game servers run as somebody else and must get to their folders below.
await chmod(folder.path, 0o711);
await using running = new AsyncDisposableStack();
try {
  await main();
  process.stdout.write('\nAll as it should be.\n');
} catch (error) {
  process.stderr.write(`\nFailed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const asker = new Asker(1_000);
  running.defer(() => asker.close());
  const servers = await startRealServers(folder.path);
  for (const server of servers) running.defer(() => stop(server.process));
  say('What gamedig sees directly:');
  for (const server of servers) {
    const { rttMs: _, ...seen } = await until(`${server.game} answers`, answerWithinMs, () => ask(asker, server));
    say(`  ${server.game} at ${server.address}: ${JSON.stringify(seen)}`);
  }
  const [a, , c] = await startNodes();
  const announced = new Map<string, RealServer>();
  for (const server of servers) {
    const words = ['announce', '--game', server.game, '--name', server.name, '--address', server.address];
    const { id } = (await rollcall(a, ...words, '--server', server.game)) as { id: string };
    announced.set(id, server);
  }
  const since = Date.now();
  const up = await until('C shows every server up', observedWithinMs, () =>
    listed(c, rows => [...announced.keys()].every(id => rows.get(id)?.observed?.up)),
  );
  say(`\nrollcall list on C, ${((Date.now() - since) / 1_000).toFixed(1)} s after the announcements on A:`);
  show(up);
  for (const [id, server] of announced) same(server, await ask(asker, server), up.get(id)!);
  const [goneId, gone] = [...announced][0]!;
  await stop(gone.process);
  const down = await until(`C shows ${gone.game} down`, observedWithinMs, () =>
    listed(c, rows => rows.get(goneId)?.observed?.up === false),
  );
  say(`\nThe same after ${gone.game} was stopped:`);
  show(down);
  for (const id of announced.keys()) {
    if (id !== goneId && !down.get(id)?.observed?.up) throw new Error(`${announced.get(id)!.game} should still be up`);
  }
}

async function startNodes(): Promise<[NodeProcess, NodeProcess, NodeProcess]> {
  const settings = {
    'network.allowPrivateAddresses': true,
    'network.mdns': false,
    'probe.intervalMs': probeIntervalMs,
  };
  const flags = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const start = async (name: string, entry?: NodeProcess) => {
    const entries = entry ? ['--entry', entry.address] : [];
    return running.use(await startNode(join(folder.path, name), [...flags, ...entries]));
  };
  const a = await start('A');
  // C knows B only: what it lists has come a hop further.
  const b = await start('B', a);
  return [a, b, await start('C', b)];
}

async function ask(asker: Asker, { game, port }: RealServer): Promise<Answer | undefined> {
  const { protocol } = queryOf(game, {})!;
  return asker.ask({ ip: '127.0.0.1', port, protocol }).catch(() => undefined);
}

type Rows = ReadonlyMap<string, ServerRow>;

async function listed(node: NodeProcess, enough: (rows: Rows) => boolean): Promise<Rows | undefined> {
  const page = (await rollcall(node, 'list', '--all')) as ServersPage;
  const rows = new Map(page.servers.map(row => [row.id, row]));
  return enough(rows) ? rows : undefined;
}

function same(server: RealServer, direct: Answer | undefined, row: ServerRow): void {
  const { players, maxPlayers, map } = row.observed!;
  if (players !== direct?.players || maxPlayers !== direct.maxPlayers || map !== direct.map) {
    throw new Error(`${server.game}: the list says ${JSON.stringify(row.observed)}, gamedig ${JSON.stringify(direct)}`);
  }
}

/** Tries about twice a second: neither game servers nor commands tell when they will be ready. */
async function until<T>(what: string, withinMs: number, attempt: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await setTimeout(500)) {
    const value = await attempt();
    if (value !== undefined) return value;
  }
  throw new Error(`within ${withinMs / 1_000} s not seen: ${what}`);
}

function show(rows: Rows): void {
  for (const { game, name, addresses, observed } of rows.values()) {
    say(`  ${game.padEnd(10)} ${name.padEnd(18)} ${addresses.join(' ').padEnd(16)} ${JSON.stringify(observed)}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
