// rollcall demo: a whole network on this machine.
import { type Command, InvalidArgumentError } from 'commander';
import type { ServersPage } from '../api/port.ts';
import type { DemoNode } from '../demo/events.ts';
import type { Peer } from '../network/port.ts';
import type { Cli } from './cli.ts';
import { NodeClient } from './client.ts';
import { action, positive, type Run } from './command.ts';
import { tellDemo } from './demo-words.ts';
import { hostAndPort } from './start.ts';

type Options = { nodes?: number; http?: { host: string; port: number }; once?: boolean };

/** Each is a process of about 200 MB (measured). */
const nodesMax = 30;

export function addDemo(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description('run a whole network on this machine until it is interrupted')
    .option('--nodes <n>', `how many nodes announce servers: 1 to ${nodesMax}, 4 by default`, nodesCount)
    .option('--http <host:port>', "where the first player's API and web viewer listen", hostAndPort)
    .option('--once', 'show the list and end')
    .action(action<Options>(cli, (run, options) => demo(cli, run, options)));
}

async function demo(cli: Cli, { out, globals }: Run, { nodes, http, once = false }: Options): Promise<void> {
  const signal = cli.interrupted();
  const { runDemo } = await import('../demo/demo.ts');
  const showDocument = async ({ name, dataDir }: DemoNode): Promise<void> => {
    const node = new NodeClient({ fetch: cli.fetch, alive: cli.alive, dataDir });
    const [list, { peers }] = await Promise.all([
      node.get<ServersPage>('/servers'),
      node.get<{ peers: Peer[] }>('/peers'),
    ]);
    out.document({ event: 'list', by: name, list, peers });
  };
  const showAsTyped = async ({ name, http, dataDir }: DemoNode): Promise<void> => {
    out.line('');
    out.line({ text: `What ${name} has, as anybody may ask for it:`, style: 'bold' });
    const { run } = await import('./program.ts');
    for (const command of ['list', 'peers']) {
      out.line('');
      out.line({ text: `$ ${typed} ${command} --data ${dataDir}`, style: 'dim' });
      await run({ ...cli, argv: [command, '--data', dataDir] });
    }
    if (once) return;
    out.line('');
    out.line({ text: 'While it runs, in another terminal or a browser:', style: 'bold' });
    out.line('  ', { text: `${http}/`, style: 'cyan' });
    out.line(`  git clone ${http}/list.git`);
    for (const command of ['history', 'show jp-1', 'list --game xonotic']) {
      out.line(`  ${typed} ${command} --data ${dataDir}`);
    }
    out.line('');
    out.line({ text: `What ${name} sees happen, until Ctrl-C ends it all:`, style: 'bold' });
  };
  await runDemo({
    servers: nodes,
    http: http && `${http.host.includes(':') ? `[${http.host}]` : http.host}:${http.port}`,
    once,
    signal,
    env: cli.env,
    fetch: cli.fetch,
    clock: cli.clock,
    random: cli.random,
    tell: event => out.result(event, () => tellDemo(event, out)),
    show: globals.json ? showDocument : showAsTyped,
  });
}

/** What finds the program in a checkout as well as an installed one. */
const typed = 'npx rollcall';

function nodesCount(text: string): number {
  const count = positive(text);
  if (count > nodesMax) throw new InvalidArgumentError(`It must be at most ${nodesMax}: each is a process.`);
  return count;
}
