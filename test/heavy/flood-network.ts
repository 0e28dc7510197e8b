// The network of the flood, in real processes: the victim V with default quotas, an honest node H that keeps announcing through
// it, and W behind it, who hears of everything from V.
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ServerRow, ServersPage } from '../../node/api/port.ts';
import { Loudspeaker } from '../../node/demo/loudspeaker.ts';
import { batches } from '../../node/history/diff.ts';
import { signerOf } from '../announcements.ts';
import { type Maintainer, maintainerOf } from '../maintainers.ts';
import { type NodeProcess, program, startProcess, waitFor } from '../processes.ts';
import { inForce, state, trust } from '../statement-processes.ts';
import { lateAddress, list, realServer, type Scale } from './flood-cast.ts';

/** Many processes share the machine. */
const patienceMs = 300_000;
/** What is said before anybody listens is lost, and said again. */
const sayAgainMs = 3_000;
/** A list that has not changed for so long is settled: several rounds of gossip. */
const settledMs = 3_000;
const askMs = 250;

export class FloodNetwork implements AsyncDisposable {
  readonly victim: NodeProcess;
  readonly honest: NodeProcess;
  readonly witness: NodeProcess;
  readonly #maintainer: Maintainer;
  readonly #real: ReadonlySet<string>;
  readonly #announcers: ReadonlySet<string>;
  #late = 0;

  private constructor(
    nodes: readonly NodeProcess[],
    maintainer: Maintainer,
    real: readonly { id: string; by: string }[],
  ) {
    [this.victim, this.honest, this.witness] = nodes as [NodeProcess, NodeProcess, NodeProcess];
    this.#maintainer = maintainer;
    this.#real = new Set(real.map(({ id }) => id));
    this.#announcers = new Set([...real.map(({ by }) => by), this.honest.peerId]);
  }

  /** Resolves when all three list all real servers. */
  static async open(folder: string, scale: Scale, flags: readonly string[]): Promise<FloodNetwork> {
    const start = (name: string, ...more: string[]) =>
      startProcess(join(folder, name), ['--list', list, ...flags, ...more]);
    const victim = await start('victim');
    const others = ['honest', 'witness'].map(name => start(name, '--entry', victim.address));
    const nodes = [victim, ...(await Promise.all(others))];
    const maintainer = await maintainerOf('Ada', Date.now());
    for (const node of nodes) await trust(node, maintainer.publicArmored);
    const now = Date.now();
    const items = Array.from({ length: scale.real }, (_, n) => realServer(n, scale, now));
    await announceAll(
      nodes,
      items.map(({ bytes }) => bytes),
    );
    const real = items.map(({ id, announcement }) => ({ id, by: announcement.announcer }));
    return new FloodNetwork(nodes, maintainer, real);
  }

  get nodes(): readonly NodeProcess[] {
    return [this.victim, this.honest, this.witness];
  }

  /** A maintainer vouches for the list as V has it; resolves when all act on it. */
  async checkpoint(): Promise<void> {
    await state(this.victim, this.#maintainer);
    await this.#untilInForce(1);
  }

  /** A maintainer takes everything back to statement `to`, and bars the ranges. */
  async rollBack(to: string, ranges: readonly string[]): Promise<void> {
    const { sequence } = (await this.victim.status()).statement!;
    const deny = { addresses: [...ranges], reason: 'a flood of bots' };
    await state(this.victim, this.#maintainer, { kind: 'rollback', message: 'a flood of bots', to, deny });
    await this.#untilInForce(sequence + 1);
  }

  async #untilInForce(sequence: number): Promise<void> {
    await waitFor(async () => (await Promise.all(this.nodes.map(inForce))).every(it => it === sequence), patienceMs);
  }

  /** H announces a server: milliseconds until W lists it. */
  async spread(): Promise<number> {
    const n = this.#late++;
    const fields = { game: 'openarena', name: `Late ${n}`, addresses: [lateAddress(n)], server: `late-${n}` };
    const began = performance.now();
    const { announcement } = await this.honest.send<{ announcement: { id: string } }>('POST', '/announcements', fields);
    const lists = () =>
      this.witness.get(`/servers/${announcement.id}`).then(
        () => true,
        () => false,
      );
    await waitFor(lists, patienceMs);
    return performance.now() - began;
  }

  /** What a node lists, with what it hides. */
  async census(node: NodeProcess): Promise<{ real: number; late: number; fakes: number; shown: number }> {
    const { servers } = await node.get<ServersPage>('/servers?all=true');
    const { total: shown } = await node.get<ServersPage>('/servers?limit=1');
    const real = servers.filter(({ id }) => this.#real.has(id)).length;
    const late = servers.filter(({ announcer }) => announcer === this.honest.peerId).length;
    return { real, late, fakes: servers.length - real - late, shown };
  }

  /** Places of fakes among the first so many rows that V shows to whoever types `rollcall list`. */
  async fakesAmongFirst(rows: number): Promise<number[]> {
    const args = [program, 'list', '--json', '--limit', String(rows), '--data', this.victim.data];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 ** 2 });
    const { servers } = JSON.parse(stdout) as { servers: ServerRow[] };
    if (servers.length === 0) throw new Error('the victim shows no server at all');
    return servers.flatMap(({ announcer }, place) => (this.#announcers.has(announcer) ? [] : [place + 1]));
  }

  /** Milliseconds until all three have had one list for a while; that while is not counted. */
  async settle(): Promise<number> {
    const began = performance.now();
    let trees = '';
    let since = began;
    await waitFor(async () => {
      await wait(askMs);
      const states = await Promise.all(this.nodes.map(node => node.status()));
      const now = states.map(({ tree }) => tree).join(' ');
      if (now !== trees) since = performance.now();
      trees = now;
      return new Set(states.map(({ tree }) => tree)).size === 1 && performance.now() - since > settledMs;
    }, patienceMs);
    return since - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()));
  }
}

/** Highest resident memory that a process ever had, in bytes. */
export async function peakMemory({ child }: NodeProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) * 1_024;
}

/** What a node's store takes on disk. */
export async function storeBytes({ data }: NodeProcess): Promise<number> {
  const files = await readdir(join(data, 'store'), { withFileTypes: true });
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) => stat(join(parentPath, name)).catch(() => ({ size: 0 }))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function announceAll(nodes: readonly NodeProcess[], blobs: readonly Uint8Array[]): Promise<void> {
  await using loudspeaker = await Loudspeaker.open({
    seed: signerOf(4_000_000).seed,
    list,
    entries: nodes.map(({ address }) => address),
    clock: Date.now,
    random: Math.random,
    signal: AbortSignal.timeout(patienceMs),
  });
  const heard = () => Promise.all(nodes.map(async node => (await node.status()).servers === blobs.length));
  for (let said = 0; !(await heard()).every(all => all); said++) {
    // Gossip never says the same message twice: it is said in another order.
    for (const wave of batches([...blobs.slice(said), ...blobs.slice(0, said)], 500)) {
      await loudspeaker.say(wave);
      await wait(askMs);
    }
    await waitFor(async () => (await heard()).every(all => all), sayAgainMs).catch(() => {});
  }
}
