// A network of real node processes for the check of rollbacks, a host that floods it, and a maintainer whom all trust.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Status } from '../../node/api/port.ts';
import { Loudspeaker } from '../../node/demo/loudspeaker.ts';
import { batches } from '../../node/history/diff.ts';
import type { Verified } from '../../node/records/verified.ts';
import { announcementOf, signerOf } from '../announcements.ts';
import { type Maintainer, maintainerOf } from '../maintainers.ts';
import { type NodeProcess, startProcess } from '../processes.ts';
import { trust } from '../statement-processes.ts';

const list = 'heavy';
/** Announced by one identity. */
const perAnnouncer = 50;
/** So many announcements at a time: the nodes, all on one machine, verify them before more come. */
const waveMax = 1_000;
/** Ten processes share two cores with whatever else runs there. */
const patienceMs = 120_000;
/** How exact the times are. */
const askIntervalMs = 25;
/** A wave is everywhere in two seconds. */
const sayAgainMs = 5_000;
/** Where no time is taken. */
const askSeldomMs = 200;

const flags = [
  ...['--list', list, '--set', 'history.commitIntervalMs=500', '--set', 'network.inboundPerSecondMax=1000'],
  // What gossip misses on a machine that is too slow is found soon.
  ...['--set', 'gossip.syncIntervalMs=2000'],
];

export class RollbackNetwork implements AsyncDisposable {
  readonly nodes: NodeProcess[];
  readonly maintainer: Maintainer;
  readonly #folder: string;
  readonly #loudspeaker: Loudspeaker;

  private constructor(folder: string, nodes: NodeProcess[], maintainer: Maintainer, loudspeaker: Loudspeaker) {
    this.#folder = folder;
    this.nodes = nodes;
    this.maintainer = maintainer;
    this.#loudspeaker = loudspeaker;
  }

  static async open(folder: string, count: number): Promise<RollbackNetwork> {
    const first = await startProcess(join(folder, '0'), flags);
    const others = Array.from({ length: count - 1 }, (_, i) => start(folder, i + 1, first.address));
    const nodes = [first, ...(await Promise.all(others))];
    const maintainer = await maintainerOf('Ada', Date.now());
    for (const node of nodes) await trust(node, maintainer.publicArmored);
    const loudspeaker = await Loudspeaker.open({
      seed: signerOf(1_000_000).seed,
      list,
      entries: nodes.map(({ address }) => address),
      clock: Date.now,
      random: Math.random,
      signal: AbortSignal.timeout(patienceMs),
    });
    return new RollbackNetwork(folder, nodes, maintainer, loudspeaker);
  }

  /** Has them announced, in waves, until every node lists them all; gives the hash of the list. */
  async announce(items: readonly Verified[], before: number): Promise<string> {
    let total = before;
    for (const wave of batches(items, waveMax)) {
      total += wave.length;
      await this.#announceWave(wave, total);
    }
    const [state] = await this.#until(states => new Set(states.map(({ tree }) => tree)).size === 1);
    return state!.tree;
  }

  /** What is said before anybody listens is lost, and gossip never says the same message twice: it is said in another order. */
  async #announceWave(wave: readonly Verified[], total: number): Promise<void> {
    const told = this.#until(states => states.every(({ servers }) => servers === total));
    const over = told.then(() => true);
    for (let said = 0; ; said++) {
      await this.say([...wave.slice(said), ...wave.slice(0, said)]);
      if (await Promise.race([over, wait(sayAgainMs, false)])) return;
    }
  }

  /** Says it to whoever listens, and waits for nothing. */
  say(items: readonly Verified[]): Promise<void> {
    return this.#loudspeaker.say(items.map(({ bytes }) => bytes));
  }

  /** Milliseconds until each node has this list. */
  async healed(tree: string, sequence: number): Promise<number[]> {
    const startedAtMs = performance.now();
    return Promise.all(
      this.nodes.map(async node => {
        for (;;) {
          const status = await node.status();
          if (status.tree === tree && status.statement?.sequence === sequence) return performance.now() - startedAtMs;
          if (performance.now() - startedAtMs > patienceMs)
            throw new Error(`${node.data} has ${status.servers} servers`);
          await wait(askIntervalMs);
        }
      }),
    );
  }

  states(): Promise<Status[]> {
    return Promise.all(this.nodes.map(node => node.status()));
  }

  async #until(wanted: (states: readonly Status[]) => boolean): Promise<Status[]> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await wait(askSeldomMs)) {
      const states = await this.states();
      if (wanted(states)) return states;
    }
    throw new Error(`waited ${patienceMs} ms in vain; servers: ${(await this.states()).map(({ servers }) => servers)}`);
  }

  stop(number: number): Promise<void> {
    return this.nodes[number]!.stop();
  }

  /** Starts a node again that was stopped; resolves as soon as it says that it is ready. */
  async start(number: number): Promise<NodeProcess> {
    const other = this.nodes[number === 0 ? 1 : 0]!;
    this.nodes[number] = await start(this.#folder, number, other.address);
    return this.nodes[number];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loudspeaker[Symbol.asyncDispose]();
    await Promise.all(this.nodes.map(node => node.stop()));
  }
}

const start = (folder: string, number: number, entry: string): Promise<NodeProcess> =>
  startProcess(join(folder, String(number)), [...flags, '--entry', entry]);

/** Servers that are said to be in 10.`network`.0.0/16. Quotas do not count private networks in a lab. */
export function servers(count: number, network: number): Verified[] {
  return Array.from({ length: count }, (_, n) =>
    announcementOf(`s${n}`, {
      list,
      signer: signerOf(1 + network * 10_000 + Math.floor(n / perAnnouncer)),
      addresses: [`10.${network}.${n >> 8}.${n & 255}:27960`],
      issuedAt: Date.now(),
    }),
  );
}
