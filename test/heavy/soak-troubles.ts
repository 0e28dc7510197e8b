// What befalls the network of the soak: nodes are killed and stopped, the network parts, newcomers die in the middle of what
// they fetch, and a maintainer signs. Each trouble comes again and again until the signal aborts.
import { setTimeout as wait } from 'node:timers/promises';
import type { ServersPage } from '../../node/api/port.ts';
import { second } from '../../node/base/time.ts';
import type { Maintainer } from '../maintainers.ts';
import { type NodeProcess, waitFor } from '../processes.ts';
import { state, trust } from '../statement-processes.ts';
import type { Lab } from './soak-lab.ts';
import { SoakNode } from './soak-network.ts';
import type { OwnServers } from './soak-own.ts';

export type TroublesDeps = {
  readonly folder: string;
  readonly lab: Lab;
  /** Those that stay. */
  readonly nodes: readonly SoakNode[];
  readonly own: OwnServers;
  readonly maintainer: Maintainer;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly say: (what: string) => void;
  readonly fault: (what: unknown) => void;
};

/** Every so often on average; a short soak divides them all. */
export const paceS = { kill: 45, pause: 30, split: 90, newcomer: 45, statement: 100 } as const;
/** Every fourth statement is a rollback to the one before. */
const rollbackEvery = 4;
const newcomersServers = 10;
/** Numbers of newcomers' places, one after another. */
const newcomerNumbers = { first: 100, count: 100 };
const newcomerLifetimeMs = 120 * second;

export class Troubles {
  readonly counts = {
    kills: 0,
    pauses: 0,
    splits: 0,
    apart: 0,
    newcomers: 0,
    diedYoung: 0,
    checkpoints: 0,
    rollbacks: 0,
  };
  readonly #deps: TroublesDeps;
  /** Of the statements signed. */
  #lastOid: string | undefined;
  #signed = 0;

  constructor(deps: TroublesDeps) {
    this.#deps = deps;
  }

  /** Resolves when the signal has aborted and all is mended again. */
  async run(hurry: number): Promise<void> {
    const { lab } = this.#deps;
    const works: [keyof typeof paceS, () => Promise<void>][] = [
      ['kill', () => this.#kill()],
      ['pause', () => this.#pause()],
      ...(lab.parts ? [['split', () => this.#split()] as [keyof typeof paceS, () => Promise<void>]] : []),
      ['newcomer', () => this.#newcomer()],
      ['statement', () => this.#state()],
    ];
    await Promise.all(works.map(([name, work]) => this.#again(paceS[name] * second * hurry, work)));
  }

  async #again(everyMs: number, work: () => Promise<void>): Promise<void> {
    while (await this.#goesOn(everyMs * (0.5 + this.#deps.random()))) {
      try {
        await work();
      } catch (error) {
        this.#deps.fault(error);
      }
    }
  }

  /** Waits; false once the signal has aborted, and then at once. */
  #goesOn(ms: number): Promise<boolean> {
    const { signal } = this.#deps;
    return wait(ms, true, { signal }).catch(() => false);
  }

  #oneOf(nodes: readonly SoakNode[]): SoakNode | undefined {
    return nodes[Math.floor(this.#deps.random() * nodes.length)];
  }

  get #answering(): SoakNode[] {
    return this.#deps.nodes.filter(node => node.answers);
  }

  async #kill(): Promise<void> {
    const { own, random, say, fault } = this.#deps;
    const node = this.#oneOf(this.#answering.filter(({ role }) => role.mortal));
    if (!node) return;
    own.lost(node);
    await node.stop('SIGKILL');
    this.counts.kills++;
    say(`${node.name} killed`);
    await this.#goesOn((2 + 18 * random()) * second);
    const process = await node.start();
    const listed = async () => (await process.get<ServersPage>('/servers?all=true')).servers;
    // A rollback that comes into force meanwhile takes its servers back until it has announced them again.
    await waitFor(async () => own.missing(node, await listed()).length === 0).catch(() => {});
    for (const lost of own.settle(node, await listed())) fault(`after a kill: ${lost}`);
  }

  async #pause(): Promise<void> {
    const { random, say } = this.#deps;
    const node = this.#oneOf(this.#answering);
    if (!node) return;
    say(`${node.name} stands still`);
    node.pause();
    this.counts.pauses++;
    await this.#goesOn((3 + 17 * random()) * second);
    node.resume();
  }

  async #split(): Promise<void> {
    const { lab, nodes, random, say } = this.#deps;
    const away = nodes.filter(({ role }) => !role.walled && random() < 0.4).map(({ role }) => role.number);
    say(`parted: ${away.join(', ') || 'nobody'} from the rest`);
    await lab.split(away);
    this.counts.splits++;
    await this.#goesOn((15 + 30 * random()) * second);
    // Who is killed while it is asked tells nothing.
    if (await this.#differ(away).catch(() => false)) this.counts.apart++;
    await lab.heal();
  }

  /** Whether the two sides have two lists: some time after a split they do, unless it was none. */
  async #differ(away: readonly number[]): Promise<boolean> {
    const treesOf = (side: readonly SoakNode[]) =>
      Promise.all(side.map(async ({ process }) => (await process!.status()).tree));
    const [there, here] = [true, false].map(isAway =>
      this.#answering.filter(({ role }) => !role.walled && away.includes(role.number) === isAway),
    );
    const [ours, theirs] = await Promise.all([treesOf(here!), treesOf(there!)]);
    return ours.length > 0 && theirs.length > 0 && ours.every(tree => !theirs.includes(tree));
  }

  /** A node that was not there before, with servers of its own, or without: most are killed, many before they have the list. */
  async #newcomer(): Promise<void> {
    const { folder, lab, nodes, maintainer, own, random, say, fault } = this.#deps;
    const number = newcomerNumbers.first + (this.counts.newcomers++ % newcomerNumbers.count);
    const entries = this.#answering
      .slice(0, 3)
      .flatMap(({ process, role }) => (process && !role.walled ? [process.address] : []));
    const role = {
      number,
      mortal: true,
      givesBack: false,
      skewMs: 0,
      walled: false,
      lifetimeMs: newcomerLifetimeMs,
      entries,
    };
    await using node = await SoakNode.open(folder, lab, role);
    const process = await node.start();
    if (nodes.some(({ process: other }) => other?.peerId === process.peerId)) throw new Error('two nodes have one key');
    if (random() < 0.4) {
      await this.#goesOn(random() * second);
      this.counts.diedYoung++;
      say('a newcomer dies in the middle of its first fetch');
      return node.stop('SIGKILL');
    }
    await trust(process, maintainer.publicArmored);
    for (let n = 0; n < newcomersServers; n++) {
      const addresses = [`10.49.${number}.${n}:27960`];
      await process.send('POST', '/announcements', {
        game: 'openarena',
        name: `Newcomer ${n}`,
        addresses,
        server: `n${n}`,
      });
    }
    own.acknowledged += newcomersServers;
    await this.#goesOn(20 * random() * second);
    await node.stop(random() < 0.3 ? 'SIGTERM' : 'SIGKILL');
    for (const line of await node.log()) if (isFault(line)) fault(`${node.name} logged: ${line}`);
  }

  async #state(): Promise<void> {
    const { maintainer, say } = this.#deps;
    const node = this.#oneOf(this.#answering.filter(({ role }) => !role.mortal));
    const process = node?.process;
    if (!process) return;
    // Who is cut off does not know the last one yet: its draft would have the number of another.
    if (((await process.status()).statement?.sequence ?? 0) !== this.#signed) return;
    const back = this.#signed % rollbackEvery === rollbackEvery - 1 ? this.#lastOid : undefined;
    if (back && !(await hasCommit(process, back))) return;
    const request = back ? ({ kind: 'rollback', to: back, message: 'the soak takes it back' } as const) : {};
    const { statement } = await state(process, maintainer, request);
    this.#signed = statement.sequence;
    this.#lastOid = back ?? statement.oid;
    if (back) this.counts.rollbacks++;
    else this.counts.checkpoints++;
    say(`${node.name}: ${statement.kind} ${statement.sequence}`);
  }
}

/** A node that knows a statement may still be gathering what it lists, and drafts no way back to it until then. */
const hasCommit = (process: NodeProcess, oid: string): Promise<boolean> =>
  process.get(`/commits/${oid}?diff=false`).then(
    () => true,
    () => false,
  );

/** Whether a line of a node's log tells that something went wrong in it: an error, or what it did not write itself. */
export function isFault(line: string): boolean {
  try {
    const { level } = JSON.parse(line) as { level?: string };
    return level !== 'warn' && level !== 'info' && level !== 'debug';
  } catch {
    return true;
  }
}
