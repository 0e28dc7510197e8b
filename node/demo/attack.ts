// An attack on the demo's network and its end: a maintainer signs a checkpoint, bots flood the list, one signed rollback
// brings it back on every node, and the bots stay out.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerRow, StatementAge, Status } from '../api/port.ts';
import type { Clock } from '../base/time.ts';
import { identityOf } from '../records/announcement.ts';
import { Bots, botsCount, fakesCount } from './bots.ts';
import { cast, understudies } from './cast.ts';
import type { DemoNode, Tell } from './events.ts';
import { fakesNetwork } from './fakes.ts';
import type { NodeClient } from './node-client.ts';
import { demoList, type Started } from './nodes.ts';
import type { Player } from './player.ts';
import type { Stage } from './stage.ts';

export type AttackDeps = {
  readonly nodes: Started;
  readonly client: (node: DemoNode) => Pick<NodeClient, 'status' | 'servers' | 'addKey'>;
  /** What the first player sees. */
  readonly player: Pick<Player, 'rows'>;
  readonly stage: Pick<Stage, 'join'>;
  /** Asks again and again, often: times are told. */
  readonly until: (what: string, isSo: () => boolean | Promise<boolean>) => Promise<void>;
  readonly tell: Tell;
  /** Runs a command line as if it was typed here, and shows it with what it prints: when that is long, its ends. */
  readonly type: (argv: readonly string[], lastLines?: number) => Promise<void>;
  readonly folder: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

const maintainer = { name: 'Ada Quist', email: 'ada@example.org' };
/** What a command says at its end when it has signed: what the statement does, and what came of it. */
const signedLines = 2;
/** Rows that show what a player sees of a flood. */
const rowsShown = '8';

export class Attack implements AsyncDisposable {
  readonly #deps: AttackDeps;
  readonly #resources = new AsyncDisposableStack();

  constructor(deps: AttackDeps) {
    this.#deps = deps;
  }

  async perform(): Promise<void> {
    const { nodes, tell, clock, random, signal } = this.#deps;
    tell({ event: 'defence' });
    const key = await this.#makeKey();
    const checkpoint = await this.#sign('checkpoint', 1, ['checkpoint', ...key, ...this.#at(nodes.entry)]);
    const entries = [nodes.entry, ...nodes.servers].map(({ addresses }) => addresses[0]!);
    const bots = this.#resources.use(await Bots.open({ list: demoList, entries, clock, random, signal }));
    const honest = await this.#flood(bots);
    await this.#rollBack(bots, checkpoint.oid, key);
    await this.#comesBack(honest);
    await this.#tryAgain(bots);
    await this.#resources.disposeAsync();
    tell({ event: 'recovered', ...(await this.#agreement()) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }

  /** Gives the options that sign with it. */
  async #makeKey(): Promise<string[]> {
    const { nodes, client, type, folder, tell } = this.#deps;
    const { name, email } = maintainer;
    const out = join(folder, 'maintainer');
    await type(['keys', 'generate', '--name', name, '--email', email, '--out', out, '--no-passphrase']);
    const files = await readdir(out);
    const [publicKey, privateKey] = ['public', 'private'].map(kind =>
      join(out, files.find(file => file.endsWith(`-${kind}.asc`))!),
    ) as [string, string];
    await type(['keys', 'add', publicKey, ...this.#at(nodes.entry)]);
    const armored = await readFile(publicKey, 'utf8');
    await Promise.all(nodes.all.map(node => client(node).addKey(armored)));
    tell({ event: 'trusted', by: nodes.all.map(node => node.name), name });
    return ['--key', privateKey];
  }

  /** Types a command that signs; resolves when what it published is in force everywhere and `healed` holds too. */
  async #sign(
    kind: StatementAge['kind'],
    sequence: number,
    argv: readonly string[],
    healed: (status: Status) => boolean = () => true,
  ): Promise<StatementAge> {
    const { nodes, client, type, until, tell, clock } = this.#deps;
    const startedAtMs = clock();
    const tookMs: Record<string, number> = {};
    let latest: StatementAge | undefined;
    const everywhere = until(`the ${kind} to be in force everywhere`, async () => {
      const waiting = nodes.all.filter(({ name }) => tookMs[name] === undefined);
      const states = await Promise.all(waiting.map(node => client(node).status()));
      for (const [i, status] of states.entries()) {
        if (status.statement?.sequence !== sequence || !healed(status)) continue;
        latest = status.statement;
        tookMs[waiting[i]!.name] = clock() - startedAtMs;
      }
      return waiting.length === 0;
    });
    await Promise.all([type(argv, signedLines), everywhere]);
    tell({ event: 'adopted', kind, sequence, commit: latest!.oid, tookMs });
    return latest!;
  }

  /** An honest server joins in the middle of it; gives its row. */
  async #flood(bots: Bots): Promise<ServerRow> {
    const { nodes, player, stage, until, tell, type, clock } = this.#deps;
    const [part] = understudies;
    const [leading] = nodes.players;
    tell({ event: 'attack', bots: botsCount, fakes: fakesCount, network: fakesNetwork });
    const fakes = (): number => fakesIn(player.rows, bots).length;
    // Whoever has just connected is not heard at once.
    await until('the first fake to reach the player', async () => {
      await bots.flood(1);
      return fakes() > 0;
    });
    const startedAtMs = clock();
    const announcing = stage.join(part!);
    await bots.floodUntil(() => until('the flood to reach the player', () => fakes() === fakesCount));
    const tookMs = clock() - startedAtMs;
    const { name, peerId } = await announcing;
    tell({ event: 'announced', by: name, server: part!.server, game: part!.game, name: part!.names[0] });
    const honest = (): ServerRow | undefined => rowOf(player, identityOf(peerId, part!.server));
    await until('the honest server to reach the player', () => honest() !== undefined);
    tell({ event: 'flooded', by: leading!.name, servers: player.rows.length, fakes: fakes(), tookMs });
    await type(['list', '--sort', 'name', '--limit', rowsShown, ...this.#at(leading!)]);
    return honest()!;
  }

  async #rollBack(bots: Bots, commit: string, key: readonly string[]): Promise<void> {
    const { nodes, client, type, tell } = this.#deps;
    const order = ['rollback', commit, '--reason', `${fakesCount} fake servers`, '--deny-address', fakesNetwork];
    tell({ event: 'rollingBack', to: commit });
    await type([...order, '--dry-run', ...this.#at(nodes.entry)]);
    // The honest one may be back already.
    const few = ({ servers }: Status): boolean => servers <= cast.length + 1;
    await this.#sign('rollback', 2, [...order, ...key, '--yes', ...this.#at(nodes.entry)], few);
    const fakes: Record<string, number> = {};
    for (const node of nodes.all) fakes[node.name] = fakesIn((await client(node).servers()).servers, bots).length;
    tell({ event: 'healed', fakes });
  }

  /** What was announced after the checkpoint fell out with the fakes: its node announces it again. */
  async #comesBack({ id, issuedAt }: ServerRow): Promise<void> {
    const { nodes, player, until, tell } = this.#deps;
    await until('the honest server to come back', () => (rowOf(player, id)?.issuedAt ?? 0) > issuedAt);
    const { name, standing } = rowOf(player, id)!;
    tell({ event: 'returned', by: nodes.players[0]!.name, id, name, standing });
  }

  async #tryAgain(bots: Bots): Promise<void> {
    const { nodes, client, until, tell } = this.#deps;
    const victims = nodes.all.filter(({ peerId }) => bots.victims.includes(peerId));
    const deniedBy = async (node: DemoNode) => (await client(node).status()).refused.DENIED ?? 0;
    const before = new Map(await Promise.all(victims.map(async node => [node, await deniedBy(node)] as const)));
    const refused: Record<string, number> = {};
    await bots.floodUntil(() =>
      until('the bots to be refused', async () => {
        for (const node of victims) refused[node.name] = (await deniedBy(node)) - before.get(node)!;
        return Object.values(refused).every(count => count >= fakesCount);
      }),
    );
    tell({ event: 'refused', fakes: fakesCount, refused });
  }

  /** Waits until all nodes have the same list. */
  async #agreement(): Promise<{ servers: number; tree: string; trees: Record<string, string> }> {
    const { nodes, client, until } = this.#deps;
    let states: Status[] = [];
    await until('the list to be the same everywhere', async () => {
      states = await Promise.all(nodes.all.map(node => client(node).status()));
      return new Set(states.map(({ tree }) => tree)).size === 1;
    });
    const trees = Object.fromEntries(nodes.all.map(({ name }, i) => [name, states[i]!.tree]));
    return { servers: states[0]!.servers, tree: states[0]!.tree, trees };
  }

  #at({ dataDir }: DemoNode): string[] {
    return ['--data', dataDir];
  }
}

const rowOf = ({ rows }: Pick<Player, 'rows'>, id: string): ServerRow | undefined => rows.find(row => row.id === id);

const fakesIn = (rows: readonly ServerRow[], bots: Bots): ServerRow[] =>
  rows.filter(({ announcer }) => bots.isBot(announcer));
