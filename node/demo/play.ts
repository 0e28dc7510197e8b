// The demo from its first node to its last event.
import { setTimeout as wait } from 'node:timers/promises';
import { RollcallError } from '../base/errors.ts';
import { type Clock, minute, second } from '../base/time.ts';
import { Attack } from './attack.ts';
import { cast } from './cast.ts';
import type { DemoNode, Tell } from './events.ts';
import { NodeClient } from './node-client.ts';
import { Nodes, playersCount, type Started } from './nodes.ts';
import { Player } from './player.ts';
import type { Sighting } from './sightings.ts';
import { Spread } from './spread.ts';
import { Stage } from './stage.ts';

export type PlayDeps = {
  /** How many nodes announce servers. */
  readonly servers?: number | undefined;
  /** `host:port` of the first player's API and web viewer. */
  readonly http?: string | undefined;
  /** End when the list was shown. */
  readonly once: boolean;
  /** Have bots flood the list, and a maintainer roll it back, before it is shown. */
  readonly attack: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly tell: Tell;
  /** Shows what this player has, when the list is everywhere. */
  readonly show: (player: DemoNode) => Promise<void>;
  /** Runs a command line as if it was typed, and shows it with what it prints. */
  readonly type: (argv: readonly string[], lastLines?: number) => Promise<void>;
  /** Holds the data folders. */
  readonly folder: string;
  /** Aborting it ends the play. */
  readonly signal: AbortSignal;
  /** A node ended that nobody stopped. */
  readonly died: (error: Error) => void;
  /** Something went wrong beside the play itself. */
  readonly failed: (error: unknown) => void;
};

const serversDefault = 4;
/** 33 nodes took 20 s on two cores (measured); one that hangs is not waited for without end. */
const openingMaxMs = 5 * minute;
/** Little against the seconds that a start takes, and little work for the nodes. */
const askIntervalMs = 200;
/** While times are taken. */
const askOftenMs = 20;
/** Between two events: one can read along. */
const gapMinMs = second;
const gapMaxMs = 4 * second;

export class Play implements AsyncDisposable {
  readonly #deps: PlayDeps;
  readonly #resources = new AsyncDisposableStack();
  readonly #spread = new Spread();
  #waitsFor = 'the nodes to start';
  #shown = false;

  constructor(deps: PlayDeps) {
    this.#deps = deps;
  }

  /** With `once` it comes to an end, otherwise only its signal ends it. */
  async perform(): Promise<void> {
    const { once, random, show, signal } = this.#deps;
    const late = setTimeout(() => this.#tooSlow(), openingMaxMs);
    this.#resources.defer(() => clearTimeout(late));
    const started = await this.#start();
    const [players, stage] = await this.#announce(started);
    if (this.#deps.attack) await this.#attack(started, players[0]!, stage);
    clearTimeout(late);
    await show(started.players[0]!);
    this.#shown = true;
    while (!once) {
      await wait(gapMinMs + random() * (gapMaxMs - gapMinMs), undefined, { signal });
      await stage.goOn();
    }
  }

  async #start(): Promise<Started> {
    const { servers = serversDefault, http, env, tell, clock, folder, died, signal } = this.#deps;
    const startedAtMs = clock();
    const count = 1 + servers + playersCount;
    tell({ event: 'starting', nodes: count, folder });
    // Settings in the environment are meant for a node of one's own.
    const plainEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ROLLCALL_')));
    const nodes = this.#resources.use(new Nodes({ servers, http, folder, env: plainEnv, tell, died, signal }));
    const started = await nodes.start();
    this.#waitsFor = 'the nodes to find each other';
    const [entry, ...others] = started.all.map(node => this.#client(node));
    await this.#until(async () => {
      const peers = await Promise.all(others.map(async client => (await client.status()).peers));
      return (await entry!.status()).peers === others.length && peers.every(count => count > 0);
    });
    tell({ event: 'connected', nodes: count, tookMs: clock() - startedAtMs });
    return started;
  }

  async #announce(started: Started): Promise<[Player[], Stage]> {
    const { tell, random, signal, clock } = this.#deps;
    const players = await Promise.all(started.players.map((node, i) => this.#follow(node, i === 0)));
    const stage = this.#resources.use(
      new Stage({
        announcers: started.servers.map(node => ({ ...node, client: this.#client(node) })),
        sending: id => this.#spread.sent(id, clock()),
        random,
        signal,
      }),
    );
    for (const part of cast) {
      const { name } = await stage.join(part);
      tell({ event: 'announced', by: name, server: part.server, game: part.game, name: part.names[0] });
    }
    this.#waitsFor = 'the list to be the same everywhere, with every server seen up by both players';
    const trees: Record<string, string> = {};
    await this.#until(async () => {
      const full = players.every(({ rows }) => rows.length === cast.length && rows.every(row => row.observed?.up));
      await Promise.all(started.all.map(async node => (trees[node.name] = (await this.#client(node).status()).tree)));
      return full && new Set(Object.values(trees)).size === 1;
    });
    const [tree] = Object.values(trees);
    tell({ event: 'converged', servers: cast.length, tree: tree!, trees, spread: this.#spread.summary()! });
    return [players, stage];
  }

  #attack(nodes: Started, player: Player, stage: Stage): Promise<void> {
    const client = (node: DemoNode) => this.#client(node);
    const until = (what: string, isSo: () => boolean | Promise<boolean>) => {
      this.#waitsFor = what;
      return this.#until(isSo, askOftenMs);
    };
    return this.#resources.use(new Attack({ ...this.#deps, nodes, player, stage, client, until })).perform();
  }

  async #follow(node: DemoNode, leading: boolean): Promise<Player> {
    const { clock, failed } = this.#deps;
    const player = new Player({
      client: this.#client(node),
      heard: id => this.#spread.heard(id, node.name, clock()),
      saw: sighting => leading && this.#shown && this.#saw(node.name, sighting),
      failed,
    });
    await player.follow();
    return player;
  }

  #saw(by: string, sighting: Sighting): void {
    const announced = ['joined', 'left', 'renamed'].includes(sighting.what);
    const tookMs = announced ? this.#spread.tookMs(sighting.id, by) : undefined;
    this.#deps.tell({ event: 'seen', by, ...sighting, ...(tookMs === undefined ? {} : { tookMs }) });
  }

  #client({ http, dataDir }: DemoNode): NodeClient {
    return new NodeClient({ fetch: this.#deps.fetch, http, dataDir, signal: this.#deps.signal });
  }

  async #until(isSo: () => boolean | Promise<boolean>, intervalMs = askIntervalMs): Promise<void> {
    while (!(await isSo())) await wait(intervalMs, undefined, { signal: this.#deps.signal });
  }

  #tooSlow(): void {
    const minutes = openingMaxMs / minute;
    this.#deps.failed(
      new RollcallError('TOO_SLOW', `after ${minutes} minutes the demo still waits for ${this.#waitsFor}`),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
