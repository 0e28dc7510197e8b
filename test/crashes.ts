// Kills a node with SIGKILL in the middle of a stream of changes, again and again, and checks each time that the store is
// sound and that nothing which the node had acknowledged is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnnouncementJson, VerifyReport } from '../node/api/port.ts';
import { type NodeProcess, program, quietFlags, startProcess } from './processes.ts';

export type Crashes = { readonly kills: number; readonly acknowledged: number; readonly commits: number };

/** What the node last said of a server, and what it was asked since without having answered. */
type Server = { state: 'up' | 'left'; issuedAt: number; asked: 'up' | 'left' | undefined };

const flags = ['--set', 'history.commitIntervalMs=50'];
/** When the kill comes, after the first change is sent: from within the first commits to well into a stream of them. */
const killAfterMs = { min: 50, max: 800 };
/** In each such round the node is killed while it starts, too. */
const startKilledEvery = 5;
const startKilledWithinMs = 1_000;
/** As many changes are under way at a time. */
const streams = 4;
const serversInStream = 10;

/** @throws Error naming what was lost or damaged */
export async function crashes(data: string, rounds: number, random: () => number): Promise<Crashes> {
  const servers = new Map<string, Server>();
  let head: string | null = null;
  let acknowledged = 0;
  let kills = 0;
  for (let round = 1; round <= rounds; round++) {
    await using node = await startProcess(data, flags);
    await check(node, servers, head);
    let killed = false;
    const work = Array.from({ length: streams }, (_, stream) =>
      changeUntil(node, servers, stream, random, () => killed).then(count => (acknowledged += count)),
    );
    const watch = heads(node, () => killed);
    await sleep(killAfterMs.min + random() * (killAfterMs.max - killAfterMs.min));
    killed = true;
    await node.stop('SIGKILL');
    kills++;
    await Promise.all(work);
    head = (await watch) ?? head;
    if (round % startKilledEvery === 0) {
      await killAtStart(data, random() * startKilledWithinMs);
      kills++;
    }
  }
  await using node = await startProcess(data, flags);
  const { commits } = await check(node, servers, head);
  return { kills, acknowledged, commits };
}

/** Announces, changes and withdraws servers one after another until the node is killed; gives how often it said yes. */
async function changeUntil(
  node: NodeProcess,
  servers: Map<string, Server>,
  stream: number,
  random: () => number,
  killed: () => boolean,
): Promise<number> {
  for (let count = 0; ; count++) {
    const name = `s${stream}-${Math.floor(random() * serversInStream)}`;
    const server = servers.get(name) ?? { state: 'left', issuedAt: 0, asked: undefined };
    servers.set(name, server);
    server.asked = server.state === 'up' && random() < 0.3 ? 'left' : 'up';
    try {
      const { state, issuedAt } =
        server.asked === 'up' ? await announce(node, name, count) : await withdraw(node, name);
      Object.assign(server, { state, issuedAt, asked: undefined });
    } catch (error) {
      // Cut off, by the kill alone: an answer that says no is a fault.
      if (killed() && error instanceof TypeError) return count;
      throw error;
    }
  }
}

async function announce(node: NodeProcess, server: string, count: number): Promise<AnnouncementJson> {
  const [name, addresses] = [`Change ${count}`, [`127.0.0.1:${20_000 + count}`]];
  const body = { game: 'openarena', name, addresses, server };
  return (await node.send<{ announcement: AnnouncementJson }>('POST', '/announcements', body)).announcement;
}

const withdraw = (node: NodeProcess, server: string): Promise<AnnouncementJson> =>
  node.send('DELETE', `/announcements/${server}`);

/** The last commit that the node said was its head. */
async function heads(node: NodeProcess, killed: () => boolean): Promise<string | null> {
  let head: string | null = null;
  while (!killed()) {
    const status = await node.status().catch(() => undefined);
    if (status) head = status.head;
    await sleep(20);
  }
  return head;
}

async function check(node: NodeProcess, servers: Map<string, Server>, head: string | null): Promise<VerifyReport> {
  const report = await node.send<VerifyReport>('POST', '/verify', { full: true });
  if (!report.ok) throw new Error(`the store is damaged:\n${report.faults.join('\n')}`);
  if (head !== null) await node.get(`/commits/${head}`);
  const up = new Map((await node.servers()).servers.map(row => [row.server, row.issuedAt]));
  for (const [name, server] of servers) {
    const issuedAt = up.get(name);
    const states = new Set([server.state, server.asked ?? server.state]);
    if (!states.has(issuedAt === undefined ? 'left' : 'up')) {
      throw new Error(`${name} was acknowledged as ${server.state}, now it is ${issuedAt ? 'up' : 'left'}`);
    }
    if (issuedAt !== undefined && issuedAt < server.issuedAt) {
      throw new Error(`${name}: ${server.issuedAt} was acknowledged, the list has ${issuedAt}`);
    }
    // From here on it is stored, asked for or not.
    Object.assign(server, issuedAt === undefined ? { state: 'left' } : { state: 'up', issuedAt }, { asked: undefined });
  }
  for (const name of up.keys()) if (!servers.has(name)) throw new Error(`nobody announced ${name}`);
  return report;
}

async function killAtStart(data: string, afterMs: number): Promise<void> {
  const args = [program, 'start', '--data', data, ...quietFlags, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await sleep(afterMs);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
