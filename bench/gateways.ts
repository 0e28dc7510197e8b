// How many lists a second the gateway of the dpmaster family tells, beside dpmaster itself: see README.md.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { GatewayStatus } from '../node/gateways/family.ts';
import { dpmasterFlags, rollcall, startNode, stop } from '../test/heavy/real-servers-processes.ts';
import { endsWithThis, temporaryFolder } from '../test/processes.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '2000' },
    dpmaster: { type: 'string', default: '' },
    sources: { type: 'string', default: '4000' },
    rounds: { type: 'string', default: '5' },
    window: { type: 'string', default: '32' },
  },
});
const [servers, sources, rounds, window] = [values.servers, values.sources, values.rounds, values.window].map(Number);
/** As many lists as one source is told at once: the flood protection of the gateway stays on. */
const perSource = 5;
/** … and after this long it is told as many again. */
const refillMs = 16_000;
/** dpmaster's limit of servers for one address, and some less than the gateway's limit of requests. */
const perAddress = 32;
/** A question whose answer was lost is given up. */
const lostMs = 1_000;
/** The kernel counts CPU time in these. */
const tickMs = 10;
const query = 'getservers 68 empty full';
const header = packet('getserversResponse').length;
const entryBytes = 7;

type Target = { readonly name: string; readonly port: number; readonly pid: number };
type Round = { readonly answered: number; readonly ms: number; readonly cpuMs: number };

await using folder = await temporaryFolder();
await using running = new AsyncDisposableStack();
const sockets: Socket[] = [];
try {
  const targets = [await gateway()];
  if (values.dpmaster !== '') targets.push(await dpmaster(values.dpmaster));
  const registered = new AbortController();
  const registering = register(
    targets.map(({ port }) => port),
    registered.signal,
  );
  for (const { port } of targets) await answerOf(port, servers!);
  registered.abort();
  await registering;
  const packets = await answerOf(targets[0]!.port, servers!);
  targets.push(await echo(packets));
  say(`${servers} servers, an answer has ${packets.length} packets; ${sources} sources ask ${perSource} times a round`);
  const asking = await Promise.all(Array.from({ length: sources! }, (_, i) => bound(`127.2.${i >> 8}.${i & 0xff}`)));
  const results = new Map<string, Round[]>();
  // The first round is for the compiler.
  for (let round = 0; round <= rounds!; round++) {
    const begin = performance.now();
    for (const target of targets) {
      const result = await ask(target, asking);
      if (round > 0) results.set(target.name, [...(results.get(target.name) ?? []), result]);
    }
    await sleep(Math.max(0, begin + refillMs - performance.now()));
  }
  tell(results, targets[0]!.name);
} finally {
  for (const socket of sockets) socket.close();
}

async function gateway(): Promise<Target> {
  const node = running.use(await startNode(join(folder.path, 'a'), dpmasterFlags));
  const { gateways } = (await rollcall(node, 'gateway', 'list')) as { gateways: GatewayStatus[] };
  return { name: 'Rollcall', port: Number(gateways[0]!.address.split(':').at(-1)), pid: node.child.pid! };
}

/** Without its flood protection, as it comes, and without its log, which would cost it more than its work. */
async function dpmaster(path: string): Promise<Target> {
  const holder = await bound('127.0.0.1');
  const { port } = holder.address();
  sockets.splice(sockets.indexOf(holder), 1);
  await new Promise<void>(resolve => holder.close(() => resolve()));
  const flags = ['--allow-loopback', '-l', '127.0.0.1', '-p', String(port), '-v', '0'];
  const child = spawn(path, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'spawn');
  keep(child);
  return { name: 'dpmaster', port, pid: child.pid! };
}

function keep(child: ChildProcess): void {
  endsWithThis(child);
  running.defer(() => stop(child));
}

/** Sends the same packets to whoever sends anything: what Node can do at most. */
async function echo(packets: readonly Buffer[]): Promise<Target> {
  const child = fork(new URL('gateways-echo.ts', import.meta.url));
  keep(child);
  child.send(packets.map(it => it.toString('base64')));
  const [port] = (await once(child, 'message')) as [number];
  return { name: 'bare echo', port, pid: child.pid! };
}

/** Starts servers that answer each challenge like Quake III, and say that they are there until `signal` aborts. */
async function register(masters: readonly number[], signal: AbortSignal): Promise<void> {
  const info = '\\protocol\\68\\clients\\1\\sv_maxclients\\8\\gamename\\Quake3Arena\\challenge\\';
  const gameServers = await Promise.all(
    Array.from({ length: servers! }, async (_, i) => {
      const n = Math.floor(i / perAddress);
      const socket = await bound(`127.1.${n >> 8}.${n & 0xff}`);
      return socket.on('message', (bytes, { port }) => {
        const [, challenge] = /getinfo (\S+)/.exec(bytes.toString('latin1')) ?? [];
        socket.send(packet(`infoResponse\n${info}${challenge}`), port, '127.0.0.1');
      });
    }),
  );
  // One after the other: a challenge is good for some seconds only.
  while (!signal.aborted) {
    for (const [i, socket] of gameServers.entries()) {
      for (const port of masters) socket.send(packet('heartbeat QuakeArena-1\n'), port, '127.0.0.1');
      if (i % perAddress === 0) await sleep(5);
    }
  }
}

/** The packets of an answer, once it has so many servers: a node writes them down before it lists them. */
async function answerOf(port: number, wanted: number): Promise<Buffer[]> {
  for (let i = 0; ; i++) {
    const socket = await bound(`127.3.${i >> 8}.${i & 0xff}`);
    const packets: Buffer[] = [];
    const whole = new Promise<void>(resolve => {
      socket.on('message', bytes => {
        packets.push(bytes);
        if (isLast(bytes)) resolve();
      });
    });
    socket.send(packet(query), port, '127.0.0.1');
    await Promise.race([whole, sleep(lostMs)]);
    const entries = packets.reduce((sum, { length }) => sum + Math.floor((length - header) / entryBytes), 0) - 1;
    if (entries === wanted) return packets;
    await sleep(500);
  }
}

/** Each socket asks `perSource` times, `window` of them at a time. */
async function ask({ port, pid }: Target, asking: readonly Socket[]): Promise<Round> {
  const question = packet(query);
  const [cpuBefore, begin] = [await cpuMs(pid), performance.now()];
  let answered = 0;
  let next = 0;
  const one = async (): Promise<void> => {
    for (let i = next++; i < asking.length * perSource; i = next++) {
      const socket = asking[i % asking.length]!;
      const { promise, resolve } = Promise.withResolvers<void>();
      const lost = setTimeout(resolve, lostMs);
      const hear = (bytes: Buffer) => {
        if (!isLast(bytes)) return;
        answered++;
        resolve();
      };
      socket.on('message', hear);
      socket.send(question, port, '127.0.0.1');
      await promise;
      clearTimeout(lost);
      socket.off('message', hear);
    }
  };
  await Promise.all(Array.from({ length: window! }, one));
  return { answered, ms: performance.now() - begin, cpuMs: (await cpuMs(pid)) - cpuBefore };
}

/** Of all threads of a process, in user and kernel mode. Linux only. */
async function cpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function tell(results: ReadonlyMap<string, readonly Round[]>, first: string): void {
  const rates = new Map(
    [...results].map(([name, all]) => {
      const perCpuSecond = median(all.map(it => (it.answered / it.cpuMs) * 1_000));
      const perSecond = median(all.map(it => (it.answered / it.ms) * 1_000));
      const lost = all.reduce((sum, it) => sum + sources! * perSource - it.answered, 0);
      return [name, { perCpuSecond, perSecond, lost }];
    }),
  );
  say('\n| | Lists in a second of CPU time | Lists a second | Not answered | Rollcall to it |\n|---|---|---|---|---|');
  for (const [name, { perCpuSecond, perSecond, lost }] of rates) {
    const ratio = rates.get(first)!.perCpuSecond / perCpuSecond;
    say(`| ${name} | ${Math.round(perCpuSecond)} | ${Math.round(perSecond)} | ${lost} | ${ratio.toFixed(2)} |`);
  }
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 256 * 1_024 }).bind(0, address);
  sockets.push(socket);
  await once(socket, 'listening');
  return socket;
}

function isLast(bytes: Buffer): boolean {
  return bytes.includes('\\EOT\0\0\0');
}

function packet(text: string): Buffer {
  return Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)]!;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
