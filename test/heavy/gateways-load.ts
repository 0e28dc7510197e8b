// Ten thousand game servers register at one node, alone and while forged heartbeats flood it: see README.md.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout, setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { GatewayStatus } from '../../node/gateways/family.ts';
import { identityOf } from '../../node/records/announcement.ts';
import { temporaryFolder } from '../processes.ts';
import { dpmasterFlags, rollcall, startNode } from './real-servers-processes.ts';

const { values } = parseArgs({
  options: { servers: { type: 'string', default: '10000' }, forged: { type: 'string', default: '100000' } },
});
const [servers, forged] = [Number(values.servers), Number(values.forged)];
/** Registering ten thousand servers has to hold in this time. */
const registeredWithinMs = 60_000;
/** A share of the servers registers once more while the flood lasts, and once without it: what a few honest ones feel. */
const honest = Math.min(500, servers);
/** How long the flood lasts. */
const floodMs = 10_000;
/** Forged heartbeats of one address. */
const burst = 20;
/** An honest registration may take so many times as long while the flood lasts. */
const slowdownMax = 2;

await using folder = await temporaryFolder();
await using node = await startNode(join(folder.path, 'a'), dpmasterFlags);
const sockets: Socket[] = [];
/** Whom to tell that a server is on the list, by its id. */
const listedNow = new Map<string, () => void>();
const { peerId, http } = (await rollcall(node, 'status')) as { peerId: string; http: string };
const events = new AbortController();
void watch().catch(() => {});
try {
  const gateway = Number((await status()).address.split(':').at(-1));
  const begin = Date.now();
  // As many a second as fill the minute in half of it: a network that comes back does not come all at once.
  const took = await register(gateway, servers, registeredWithinMs / 2 / servers);
  say(`${servers} servers registered within ${seconds(Date.now() - begin)}; one took ${told(took)}`);
  await listed(servers);
  say(`and were stored and listed within ${seconds(Date.now() - begin)}`);
  if (Date.now() - begin > registeredWithinMs) throw new Error(`that is more than ${seconds(registeredWithinMs)}`);

  const gapMs = floodMs / honest;
  const alone = await register(gateway, honest, gapMs);
  const [beside, thrown] = await Promise.all([register(gateway, honest, gapMs), throwForged(gateway)]);
  say(`${honest} more: one took ${told(alone)} alone, and ${told(beside)} beside ${thrown} forged heartbeats`);
  const after = await status();
  say(JSON.stringify(after));
  await listed(servers + 2 * honest);
  const [quiet, loud] = [median(alone), median(beside)];
  if (loud > slowdownMax * Math.max(quiet, 1))
    throw new Error(`honest servers took ${(loud / quiet).toFixed(1)} times as long`);
  say('\nAll as it should be.');
} catch (error) {
  process.stderr.write(`\nFailed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  events.abort();
  for (const socket of sockets) socket.close();
}

/** Starts game servers one after the other; gives the milliseconds from each one's heartbeat until it is on the list. */
async function register(gateway: number, count: number, gapMs: number): Promise<number[]> {
  const took: number[] = [];
  const all: Promise<void>[] = [];
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    all.push(one(gateway, took));
    const behind = begin + (i + 1) * gapMs - performance.now();
    if (behind > 1) await setTimeout(behind);
    else await turn();
  }
  await Promise.all(all);
  return took;
}

async function one(gateway: number, took: number[]): Promise<void> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'listening');
  const begin = performance.now();
  const heartbeat = () => socket.send(packet('heartbeat QuakeArena-1\n'), gateway, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<void>();
  listedNow.set(identityOf(peerId, `dpmaster-127.0.0.1-${socket.address().port}`), resolve);
  const again = setInterval(heartbeat, 1_000);
  socket.on('message', bytes => {
    const [, challenge] = /getinfo (\S+)/.exec(bytes.toString('latin1')) ?? [];
    if (challenge === undefined) return;
    const { port } = socket.address();
    const info = `\\protocol\\71\\clients\\0\\sv_maxclients\\8\\gamename\\Quake3Arena\\hostname\\${port}\\challenge\\${challenge}`;
    socket.send(packet(`infoResponse\n${info}`), gateway, '127.0.0.1');
  });
  heartbeat();
  await promise;
  took.push(performance.now() - begin);
  clearInterval(again);
}

/** Heartbeats from addresses all over 127.0.0.0/8, whose challenges nobody answers, evenly over the time. */
async function throwForged(gateway: number): Promise<number> {
  let thrown = 0;
  for (const begin = performance.now(); thrown < forged; thrown += burst) {
    const [a, b, c] = [1 + (thrown % 250), (thrown >> 8) % 250, 1 + (thrown % 240)];
    const socket = createSocket('udp4').bind(0, `127.${a}.${b}.${c}`);
    await once(socket, 'listening');
    for (let i = 0; i < burst; i++) socket.send(packet('heartbeat QuakeArena-1\n'), gateway, '127.0.0.1');
    const behind = begin + (floodMs * thrown) / forged - performance.now();
    // Sending completes at once, and would never let the honest servers of this process have a turn.
    await (behind > 1 ? setTimeout(behind) : turn());
    socket.close();
  }
  return thrown;
}

/** Hears from the node what changes on its list. */
async function watch(): Promise<void> {
  const { body } = await fetch(`${http}/api/v1/events`, { signal: events.signal });
  for await (const line of createInterface({ input: Readable.fromWeb(body as never) })) {
    for (const [, id = ''] of line.matchAll(/"id":"([0-9a-f]{40})"/g)) listedNow.get(id)?.();
  }
}

async function status(): Promise<GatewayStatus> {
  return ((await rollcall(node, 'gateway', 'list')) as { gateways: GatewayStatus[] }).gateways[0]!;
}

/** Until as many are listed. @throws Error when it is more */
async function listed(wanted: number): Promise<void> {
  for (;;) {
    const { servers: now } = (await rollcall(node, 'status')) as { servers: number };
    if (now > wanted) throw new Error(`${now} servers are listed, and only ${wanted} are honest`);
    if (now === wanted) return;
    await setTimeout(200);
  }
}

function packet(text: string): Buffer {
  return Buffer.from(`\xff\xff\xff\xff${text}`, 'latin1');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)]!;
}

function told(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((x, y) => x - y);
  const share = (of: number) => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))]!.toFixed(1)} ms`;
  return `${share(0.5)} in the median, ${share(0.95)} at p95`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
