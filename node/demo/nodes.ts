// The nodes of the demo: an entry point, then those that announce, then the players.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { second } from '../base/time.ts';
import type { DemoNode, Tell } from './events.ts';
import { NodeProcess } from './node-process.ts';

export type NodesOptions = {
  /** How many nodes announce servers. */
  readonly servers: number;
  /** `host:port` for the first player; undefined: the usual port, or any when that is taken. */
  readonly http: string | undefined;
  /** Each node gets a folder in it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: Tell;
  /** A node ended that nobody stopped. */
  readonly died: (error: Error) => void;
  /** When it has aborted, no further node is started. */
  readonly signal: AbortSignal;
};

export type Started = {
  readonly all: readonly DemoNode[];
  readonly entry: DemoNode;
  readonly servers: readonly DemoNode[];
  readonly players: readonly DemoNode[];
};

/** A list of their own: no real one. */
export const demoList = 'demo';
/** Two are enough to compare what they see. */
export const playersCount = 2;
/** A player knows so many others, the entry point first, so that it outlives any of them. */
const playerEntriesMax = 3;
/** Where a node is asked when nobody says otherwise (config.default.json): where people look for the web viewer. */
const usualPort = 7480;
const anyPort = '127.0.0.1:0';

const listen = ['--listen', '/ip4/127.0.0.1/tcp/0'];
const settings = [
  // Only each other: no node on this network.
  ...['--list', demoList, '--set', 'network.mdns=false', '--set', 'network.allowPrivateAddresses=true'],
  // All of them come from one address, at once.
  ...['--set', 'network.inboundPerSecondMax=1000'],
  // So soon that one can watch the history grow.
  ...['--set', `history.commitIntervalMs=${2 * second}`, '--set', `gossip.syncIntervalMs=${5 * second}`],
];
/** Players ask the game servers so often that a change is seen while one still looks. */
const playerSettings = ['--role', 'player', '--set', `probe.intervalMs=${3 * second}`];

export class Nodes implements AsyncDisposable {
  readonly #options: NodesOptions;
  readonly #processes: NodeProcess[] = [];

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** @throws RollcallError NODE_DIED */
  async start(): Promise<Started> {
    const entry = await this.#start('entry', anyPort, listen);
    const servers = await Promise.all(
      range(this.#options.servers).map(i => this.#start(`server-${i}`, anyPort, [...listen, ...entries([entry])])),
    );
    const first = this.#options.http ?? ((await isFree(usualPort)) ? `127.0.0.1:${usualPort}` : anyPort);
    const known = entries([entry, ...servers].slice(0, playerEntriesMax));
    const players = await Promise.all(
      range(playersCount).map(i =>
        this.#start(`player-${i}`, i === 1 ? first : anyPort, [...playerSettings, ...known]),
      ),
    );
    return { all: [entry, ...servers, ...players], entry, servers, players };
  }

  async #start(name: string, http: string, argv: readonly string[]): Promise<DemoNode> {
    const { folder, env, tell, died, signal } = this.#options;
    signal.throwIfAborted();
    const dataDir = join(folder, name);
    const process = new NodeProcess({ name, argv: ['--data', dataDir, '--http', http, ...settings, ...argv], env });
    this.#processes.push(process);
    void process.ended.then(error => error && died(error));
    const { peerId, addresses, http: url } = await process.ready;
    const node = { name, peerId, http: url, dataDir, pid: process.pid, addresses };
    tell({ event: 'ready', ...node });
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map(process => process.stop()));
  }
}

const entries = (nodes: readonly DemoNode[]): string[] =>
  nodes.flatMap(({ addresses }) => addresses.flatMap(address => ['--entry', address]));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
