// A network of real node processes for the check of rollbacks, a host that floods it, and a maintainer whom all trust.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Status } from '../../node/api/port.ts';
import { readEvents } from '../../node/demo/event-stream.ts';
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
/** A wave is everywhere in two seconds. */
const sayAgainMs = 5_000;
const askIntervalMs = 200;

const flags = [
  ...['--list', list, '--set', 'history.commitIntervalMs=500', '--set', 'network.inboundPerSecondMax=1000'],
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

  async untilInForce(sequence: number): Promise<void> {
    await this.#until(states => states.every(({ statement }) => statement?.sequence === sequence));
  }

  /** Milliseconds until each node says that a statement is in force, with this list. Times run from `begin`, which is called first. */
  async adopted(tree: string, sequence: number, begin: () => Promise<unknown>): Promise<number[]> {
    const streams = await Promise.all(this.nodes.map(({ http }) => fetch(`${http}/api/v1/events`)));
    const startedAtMs = performance.now();
    const times = Promise.all(streams.map(async ({ body }) => (await headOf(body!, sequence)) - startedAtMs));
    await begin();
    const took = await times;
    const wrong = (await this.states()).find(state => state.tree !== tree || state.statement?.sequence !== sequence);
    if (wrong) throw new Error(`${wrong.http} has ${wrong.servers} servers, tree ${wrong.tree}`);
    return took;
  }

  states(): Promise<Status[]> {
    return Promise.all(this.nodes.map(node => node.status()));
  }

  async #until(wanted: (states: readonly Status[]) => boolean): Promise<Status[]> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await wait(askIntervalMs)) {
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

/** When a node tells of the commit with which a statement came into force. */
async function headOf(body: AsyncIterable<Uint8Array>, sequence: number): Promise<number> {
  for await (const { type, data } of readEvents(body)) {
    if (type !== 'head') continue;
    const { summary } = JSON.parse(data) as { summary: string };
    if (/^adopt (?:checkpoint|rollback) (\d+)/.exec(summary)?.[1] === String(sequence)) return performance.now();
  }
  throw new Error('a node tells no more');
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
