// How soon an announcement is listed on each of many nodes, and what that costs, beside bare gossipsub in the same run.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { verifyBy } from '../node/identity/keys.ts';
import { peersWanted } from '../node/network/keeper.ts';
import { until } from '../node/network/lab.ts';
import { seeded } from '../node/network/memory.ts';
import { signedBytes } from '../node/records/announcement.ts';
import { announcementOf, signerOf, testList } from '../test/announcements.ts';
import { bareGossipsub, type Opener, openMesh, recordBytes, requestOf, rollcall } from './mesh.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '50' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    /** Announced at once by one node. */
    batch: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});
const [nodes, rate, seconds, batch, rounds] = [
  values.nodes,
  values.rate,
  values.seconds,
  values.batch,
  values.rounds,
].map(Number) as [number, number, number, number, number];
/** Heartbeats in which meshes form. */
const settleMs = 5_000;
const idleMs = 5_000;
/** Between two measurements: what is left of the one before is done by then. */
const quietMs = 500;

type Timed = { readonly tookMs: number; readonly cpuMs: number };

/** What was said and has not been heard by everybody, and how long it took those who heard it. */
class Watch {
  readonly #missing = new Map<string, { readonly saidAtMs: number; readonly members: Set<number> }>();
  /** Of each member that heard something, and of the last one each time. */
  heardMs: number[] = [];
  lastMs: number[] = [];

  said(name: string, by: number): void {
    const members = new Set(Array.from({ length: nodes }, (_, member) => member));
    members.delete(by);
    this.#missing.set(name, { saidAtMs: performance.now(), members });
  }

  heard(name: string, member: number): void {
    const said = this.#missing.get(name);
    if (!said?.members.delete(member)) return;
    const tookMs = performance.now() - said.saidAtMs;
    this.heardMs.push(tookMs);
    if (said.members.size > 0) return;
    this.lastMs.push(tookMs);
    this.#missing.delete(name);
  }

  /** Resolves when everybody has heard everything; throws when that takes longer than a test would wait. */
  all(): Promise<void> {
    return until(() => this.#missing.size === 0);
  }

  clear(): void {
    this.heardMs = [];
    this.lastMs = [];
  }
}

print(`${nodes} nodes, records of ${recordBytes} bytes\n`);
for (const [title, open] of [
  ['bare gossipsub', bareGossipsub],
  ['Rollcall', rollcall],
] as const) {
  if (values.only === undefined || title.startsWith(values.only)) await measure(title, open);
}
process.exit();

async function measure(title: string, open: Opener): Promise<void> {
  const watch = new Watch();
  const random = seeded(2);
  const members = await openMesh(nodes, open, (member, name) => watch.heard(name, member));
  const anyone = () => Math.floor(random() * nodes);
  const say = (by: number, count: number) => members[by]!.say(count, name => watch.said(name, by));
  await until(() => members.every((member, number) => member.peers() >= Math.min(peersWanted, number)));
  await wait(settleMs);
  // Whatever runs for the first time is slow.
  await steadily(3);
  await wait(quietMs);
  const links = members.reduce((sum, member) => sum + member.peers(), 0) / nodes;
  const idle = await timed(() => wait(idleMs));
  const idleShare = idle.cpuMs / idle.tookMs;
  const net = ({ cpuMs, tookMs }: Timed) => cpuMs - idleShare * tookMs;
  watch.clear();
  const flow = await timed(() => steadily(seconds));
  const deliveries = watch.heardMs.length;
  print(`${title}: ${links.toFixed(0)} connections a node, idle ${(idleShare * 100).toFixed(0)} % of a core`);
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
      await watch.all();
      await wait(quietMs);
    }
  });
  const batchMs = net(batches) / rounds;
  print(`  ${batch} at once: everybody has each after ${quantiles(watch.lastMs)} ms`);
  print(
    `  CPU of one ${oneMs.toFixed(1)} ms, of ${batch} at once ${batchMs.toFixed(1)} ms, ${(batchMs / oneMs).toFixed(1)} times as much`,
  );
  const checksMs = checksAlone();
  print(`  CPU of all the checks of ${batch} by ${nodes - 1}, alone: ${checksMs.toFixed(1)} ms`);
  await Promise.all(members.map(member => member.stop()));

  async function steadily(forSeconds: number): Promise<void> {
    const start = performance.now();
    for (let n = 0; n < rate * forSeconds; n++) {
      await wait(Math.max(0, start + (n * 1_000) / rate - performance.now()));
      await say(anyone(), 1);
    }
    await watch.all();
  }
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

async function timed(task: () => Promise<unknown>): Promise<Timed> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await task();
  const { user, system } = process.cpuUsage(cpu);
  return { tookMs: performance.now() - start, cpuMs: (user + system) / 1_000 };
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
