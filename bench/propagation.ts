// How soon an announcement is listed on each of many nodes, and what that costs, beside bare gossipsub in the same run; and what
// follows from those costs where each node has a machine of its own.
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { verifyBy } from '../node/identity/keys.ts';
import { peersWanted } from '../node/network/keeper.ts';
import { seeded } from '../node/network/memory.ts';
import { signedBytes } from '../node/records/announcement.ts';
import { announcementOf, signerOf, testList } from '../test/announcements.ts';
import { config } from './list-node.ts';
import { type Kind, kinds, recordBytes, requestOf } from './mesh.ts';
import { MeshProcesses } from './mesh-processes.ts';
import { type Costs, spread } from './own-machines.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '50' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    /** Announced at once by one node. */
    batch: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '10' },
    processes: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string' },
  },
});
const [nodes, rate, seconds, batch, rounds, processes] = [
  values.nodes,
  values.rate,
  values.seconds,
  values.batch,
  values.rounds,
  values.processes,
].map(Number) as [number, number, number, number, number, number];
/** Heartbeats in which meshes form. */
const settleMs = 5_000;
const idleMs = 5_000;
/** Between two measurements: what is left of the one before is done by then. */
const quietMs = 500;
/** How often it is asked whether all have heard; when they did they note themselves. */
const lookMs = 100;
/** What the slowest, busiest machine may take. */
const patienceMs = 100_000;
/** Where each node has a machine of its own: one way on each link, what each sends over its line, and how often each is tried. */
const [latencyMs, megabits, trials] = [20, [1_000, 100], 41];
const cuts = [batch, 50, 25, 10];

type Timed = { readonly tookMs: number; readonly cpuMs: number };

/** What was said and has not been heard by everybody, and how long it took those who heard it. */
class Watch {
  readonly #missing = new Map<string, { readonly saidAtMs: number; readonly members: Set<number>; lastMs: number }>();
  /** Of each member that heard something, and of the last one each time. */
  heardMs: number[] = [];
  lastMs: number[] = [];

  said(name: string, by: number, saidAtMs: number): void {
    const members = new Set(Array.from({ length: nodes }, (_, member) => member));
    members.delete(by);
    this.#missing.set(name, { saidAtMs, members, lastMs: 0 });
  }

  /** In any order: each process tells by itself. */
  heard(name: string, member: number, atMs: number): void {
    const said = this.#missing.get(name);
    if (!said?.members.delete(member)) return;
    const tookMs = atMs - said.saidAtMs;
    this.heardMs.push(tookMs);
    said.lastMs = Math.max(said.lastMs, tookMs);
    if (said.members.size > 0) return;
    this.lastMs.push(said.lastMs);
    this.#missing.delete(name);
  }

  get isDone(): boolean {
    return this.#missing.size === 0;
  }

  clear(): void {
    this.heardMs = [];
    this.lastMs = [];
  }
}

print(`${nodes} nodes in ${processes} processes, records of ${recordBytes} bytes\n`);
for (const kind of Object.keys(kinds) as Kind[]) {
  if (values.only !== undefined && !kind.startsWith(values.only)) continue;
  const costs = await measure(kind);
  if (kind === 'Rollcall') ownMachines(costs);
}

async function measure(kind: Kind): Promise<Costs> {
  await using mesh = new MeshProcesses(kind, processes);
  const watch = new Watch();
  const random = seeded(2);
  const anyone = () => Math.floor(random() * nodes);
  const say = async (by: number, count: number): Promise<void> => {
    const { names, atMs } = await mesh.say(by, count);
    for (const name of names) watch.said(name, by, atMs);
  };
  const hear = async (): Promise<boolean> => {
    for (const heard of await mesh.heard()) watch.heard(...heard);
    return watch.isDone;
  };
  const timed = async (task: () => Promise<unknown>): Promise<Timed> => {
    const [cpuMs, start] = [await mesh.cpuMs(), performance.now()];
    await task();
    return { tookMs: performance.now() - start, cpuMs: (await mesh.cpuMs()) - cpuMs };
  };
  const steadily = async (forSeconds: number): Promise<void> => {
    const start = performance.now();
    for (let n = 0; n < rate * forSeconds; n++) {
      await wait(Math.max(0, start + (n * 1_000) / rate - performance.now()));
      await say(anyone(), 1);
    }
    await until(hear);
  };
  const toDial = dials();
  const addresses: string[] = [];
  for (const entries of toDial) addresses.push(await mesh.open(entries.map(entry => addresses[entry]!)));
  await until(async () => (await mesh.peers()).every((peers, member) => peers >= Math.min(peersWanted, member)));
  await wait(settleMs);
  // Whatever runs for the first time is slow.
  await steadily(3);
  await wait(quietMs);
  const links = (await mesh.peers()).reduce((sum, peers) => sum + peers, 0) / nodes;
  const idle = await timed(() => wait(idleMs));
  const idleShare = idle.cpuMs / idle.tookMs;
  const net = ({ cpuMs, tookMs }: Timed) => cpuMs - idleShare * tookMs;
  watch.clear();
  const flow = await timed(() => steadily(seconds));
  const deliveries = watch.heardMs.length;
  print(`${kind}: ${links.toFixed(0)} connections a node, idle ${(idleShare * 100).toFixed(0)} % of a core`);
  print(`  ${rate}/s for ${seconds} s: ${watch.lastMs.length} of ${rate * seconds} reached everybody`);
  print(`  a node hears it after ${quantiles(watch.heardMs)} ms, the last after ${quantiles(watch.lastMs)} ms`);
  print(
    `  CPU ${(flow.cpuMs / deliveries).toFixed(3)} ms a delivery, ${(net(flow) / deliveries).toFixed(3)} without what an idle node takes`,
  );
  const oneMs = net(flow) / (rate * seconds);
  watch.clear();
  const batches = await timed(async () => {
    for (let round = 0; round < rounds; round++) {
      await say(anyone(), batch);
      await until(hear);
      await wait(quietMs);
    }
  });
  const batchMs = net(batches) / rounds;
  print(`  ${batch} at once: everybody has each after ${quantiles(watch.lastMs)} ms`);
  print(
    `  CPU of one ${oneMs.toFixed(1)} ms, of ${batch} at once ${batchMs.toFixed(1)} ms, ${(batchMs / oneMs).toFixed(1)} times as much`,
  );
  print(`  CPU of all the checks of ${batch} by ${nodes - 1}, alone: ${checksAlone().toFixed(1)} ms`);
  return costsOf(oneMs / (nodes - 1), batchMs / (nodes - 1));
}

/** Of each member, whom it dials: as many of those before it as a node wants peers. */
function dials(): number[][] {
  const random = seeded(1);
  return Array.from({ length: nodes }, (_, member) => {
    const drawn = Array.from({ length: member }, (_, number) => ({ number, draw: random() }));
    return drawn
      .sort((a, b) => a.draw - b.draw)
      .slice(0, peersWanted)
      .map(({ number }) => number);
  });
}

/** What no network of nodes can do without; keys and messages are made before. */
function checksAlone(): number {
  const signer = signerOf(1);
  const signed = Array.from({ length: batch }, (_, n) => {
    const request = requestOf(0, n);
    const { announcement } = announcementOf(request.server, { ...request, signer });
    return { bytes: signedBytes(announcement, testList), signature: Buffer.from(announcement.signature, 'base64url') };
  });
  const check = () => signed.every(({ bytes, signature }) => verifyBy(signer.peerId, bytes, signature));
  if (!check()) throw new Error('what was signed does not verify');
  const before = process.cpuUsage();
  for (let node = 1; node < nodes; node++) check();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What each announcement and what each message takes of a node: two sums for two unknowns. */
function costsOf(oneMs: number, batchMs: number): Costs {
  const messages = Math.ceil(batch / config.gossip.batchMax);
  const recordMs = (batchMs - messages * oneMs) / (batch - messages);
  return { recordMs, messageMs: oneMs - recordMs };
}

function ownMachines(costs: Costs): void {
  print(
    `\nEach node on a machine of its own, ${latencyMs} ms from each other, with ${costs.recordMs.toFixed(3)} ms of CPU an announcement`,
  );
  print(`and ${costs.messageMs.toFixed(3)} ms a message; median of ${trials}\n`);
  print('| Megabit/s | Announced | in messages of | half have all after, ms | everybody | CPU of a node, ms |');
  print('|---|---|---|---|---|---|');
  for (const megabit of megabits) {
    const setting = { dials: dials(), costs, recordBytes, latencyMs, uplinkBytesPerMs: megabit * 125 };
    for (const [records, perMessage] of [[1, 1], ...cuts.map(cut => [batch, cut])] as [number, number][]) {
      const all = Array.from({ length: trials }, (_, seed) => spread(setting, records, perMessage, seed));
      const [half, everybody] = [all.map(({ halfMs }) => halfMs), all.map(({ allMs }) => allMs)].map(ms => at(ms, 0.5));
      const cpuMs = records * costs.recordMs + Math.ceil(records / perMessage) * costs.messageMs;
      print(
        `| ${megabit} | ${records} | ${perMessage} | ${half!.toFixed(0)} | ${everybody!.toFixed(0)} | ${cpuMs.toFixed(1)} |`,
      );
    }
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + patienceMs; !(await condition()); await wait(lookMs)) {
    if (performance.now() > end) throw new Error('waited in vain');
  }
}

function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}

function quantiles(values: readonly number[]): string {
  return `${[0.5, 0.95, 1].map(share => at(values, share).toFixed(0)).join(' / ')} (p50 / p95 / most)`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
