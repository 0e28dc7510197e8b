// rollcall start: runs a node until SIGINT, SIGTERM or SIGHUP.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { keepHeapSmall } from '../app/heap.ts';
import type { Cli } from './cli.ts';
import { action, each, type Run } from './command.ts';

type Options = {
  role?: string;
  list?: string;
  listen?: string[];
  entry?: string[];
  http?: { host: string; port: number };
  set?: string[];
};

export function addStart(program: Command, cli: Cli): void {
  program
    .command('start')
    .description('run a node until it is interrupted')
    .addOption(
      new Option('--role <role>', 'server listens and carries the list for others; player only fetches').choices([
        'server',
        'player',
      ]),
    )
    .option('--list <name>', 'which list')
    .option('--listen <multiaddr>', 'where others reach this node, such as /ip4/0.0.0.0/tcp/7481; once for each', each)
    .option('--entry <multiaddr>', 'a node to begin with, such as /dns4/play.example.org/tcp/7481; once for each', each)
    .option('--http <host:port>', 'where the HTTP API listens', hostAndPort)
    .option('--set <path=value>', 'any setting, such as history.commitIntervalMs=5000; once for each', each)
    .action(action<Options>(cli, (run, options) => start(cli, run, options)));
}

async function start(cli: Cli, { out, globals }: Run, options: Options): Promise<void> {
  const signal = cli.interrupted();
  keepHeapSmall();
  // The node and all that it needs loads here only: other commands must start at once.
  const { startNode } = await import('../app/start.ts');
  const node = await startNode({
    dataDir: globals.dataDir,
    ...(globals.configPath === undefined ? {} : { configPath: globals.configPath }),
    flags: flagsOf(options, globals.logLevel),
    sets: options.set ?? [],
    env: cli.env,
    signal,
    clock: cli.clock,
    monotonic: cli.monotonic,
    random: cli.random,
    pid: cli.pid,
    log: line => cli.stderr.write(`${line}\n`),
  });
  if (!node) return;
  const { peerId, addresses, http, list } = node;
  out.result({ event: 'ready', peerId, addresses, http, list }, () => {
    out.line('node ', { text: peerId, style: 'bold' }, ` carries the list "${list}"`);
    out.fields([...addresses.map((address): [string, string] => ['listens on', address]), ['http', http]]);
  });
  await node.done;
}

/** Options that were given, by the path of the setting that each stands for. */
export function flagsOf({ role, list, listen, entry, http }: Options, logLevel?: string): Record<string, unknown> {
  const flags = {
    role,
    'list.name': list,
    'network.listen': listen,
    'network.entries': entry,
    'http.host': http?.host,
    'http.port': http?.port,
    'log.level': logLevel,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

export function hostAndPort(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):([0-9]{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new InvalidArgumentError('It must be host:port, such as 127.0.0.1:7480.');
  return { host: match[1] ?? match[2]!, port };
}
