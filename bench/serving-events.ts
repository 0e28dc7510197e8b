// Many clients that follow the events of one node: what they cost it, how soon all have an event, and that those who read
// nothing cost it no more than a bounded buffer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMs, type Measured, residentMb, startNode } from './serving-process.ts';

/** What the process of the clients says when it is asked. */
type Told = {
  /** Of each event, the last that was got by all: how long after the first client the last one had it. */
  readonly spreadsMs: readonly number[];
  readonly received: number;
  readonly gaps: number;
};

const slowOnes = 50;

export async function measureEvents(clients: number, seconds: number): Promise<void> {
  await using node = await startNode(1_000, clients + slowOnes);
  const before = await residentMb(node.pid);
  const quiet = await cpuOver(node, 5_000);
  await using crowd = await startClients(node.http, clients, false);
  const held = await residentMb(node.pid);
  const idle = await cpuOver(node, 5_000);
  const start = await cpuMs(node.pid);
  for (let n = 0; n < seconds; n++) {
    node.tell('event');
    await sleep(1_000);
  }
  const cpu = (await cpuMs(node.pid)) - start;
  const told = await crowd.ask();
  if (told.received !== clients * seconds || told.gaps > 0)
    throw new Error(`not all was received: ${JSON.stringify(told)}`);
  const spreads = told.spreadsMs.toSorted((a, b) => a - b);
  console.table({
    clients,
    'events, one a second': seconds,
    'CPU, % of a core, nobody there': quiet,
    'CPU, % of a core, all there, no event': idle,
    'CPU, % of a core, with events': Math.round(cpu / seconds) / 10,
    'µs of CPU an event and client': Math.round((cpu * 1_000) / seconds / clients),
    'from first client to last, ms, median': spreads[spreads.length >> 1],
    'from first client to last, ms, most': spreads.at(-1),
    'KB of memory a client, connected': Math.round(((held - before) * 1_000) / clients),
    'KB of memory a client, after the events': Math.round((((await residentMb(node.pid)) - before) * 1_000) / clients),
  });
  await crowd[Symbol.asyncDispose]();
  await measureSlow(node);
}

/** Eleven megabytes of events to each of some who read, first without and then with others who do not. */
async function measureSlow(node: Measured): Promise<void> {
  const [bursts, readers] = [500, 20];
  await using reading = await startClients(node.http, readers, false);
  const peak = async (): Promise<number> => {
    const { received } = await reading.ask();
    let most = 0;
    node.tell(`burst ${bursts}`);
    while ((await reading.ask()).received < received + readers * bursts) {
      most = Math.max(most, await residentMb(node.pid));
      await sleep(50);
    }
    return most;
  };
  const alone = await peak();
  await using _ = await startClients(node.http, slowOnes, true);
  const beside = await peak();
  // Who does not read does not see that he was dropped: the node says how many are left.
  const metrics = await (await fetch(`${node.http}/metrics`)).text();
  const left = Number(/^rollcall_event_clients (\d+)/m.exec(metrics)![1]);
  console.log(
    `${slowOnes} clients that read nothing of ${bursts} events of 300 changes: ${readers + slowOnes - left} were dropped, memory at ` +
      `most ${beside.toFixed(0)} MB, ${alone.toFixed(0)} without them, and the ${readers} others missed ${(await reading.ask()).gaps}`,
  );
}

async function cpuOver(node: Measured, ms: number): Promise<number> {
  const start = await cpuMs(node.pid);
  await sleep(ms);
  return Math.round((((await cpuMs(node.pid)) - start) / ms) * 1_000) / 10;
}

/** In a process of its own, for they take as much CPU time as the node does. */
async function startClients(http: string, count: number, silent: boolean) {
  const program = fileURLToPath(new URL('serving-clients.ts', import.meta.url));
  const args = [program, http, String(count), silent ? 'silent' : 'reading'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return {
    async ask(): Promise<Told> {
      const line = once(lines, 'line');
      child.stdin.write('\n');
      return JSON.parse((await line)[0]);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
