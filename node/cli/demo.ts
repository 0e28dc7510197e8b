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
import { answerOf, program, typeCommand } from './typed.ts';

type Options = { nodes?: number; http?: { host: string; port: number }; once?: boolean; attack?: boolean };

/** Each is a process of about 200 MB (measured). */
const nodesMax = 30;

export function addDemo(commands: Command, cli: Cli): void {
  commands
    .command('demo')
    .description('run a whole network on this machine until it is interrupted')
    .option('--nodes <n>', `how many nodes announce servers: 1 to ${nodesMax}, 4 by default`, nodesCount)
    .option('--http <host:port>', "where the first player's API and web viewer listen", hostAndPort)
    .option('--attack', 'have bots flood the list, and a maintainer roll it back')
    .option('--once', 'show the list and end')
    .action(action<Options>(cli, (run, options) => demo(cli, run, options)));
}

async function demo(cli: Cli, { out, globals }: Run, options: Options): Promise<void> {
  const { nodes, http, once = false, attack = false } = options;
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
    for (const command of ['list', 'peers']) await typeCommand([command, '--data', dataDir], cli, out);
    if (once) return;
    out.line('');
    out.line({ text: 'While it runs, in another terminal or a browser:', style: 'bold' });
    out.line('  ', { text: `${http}/`, style: 'cyan' });
    out.line(`  git clone ${http}/list.git`);
    if (attack) out.line('  git -C list log --first-parent');
    for (const command of ['history', ...(attack ? ['history --signed'] : []), 'show jp-1', 'list --game xonotic']) {
      out.line(`  ${program} ${command} --data ${dataDir}`);
    }
    out.line('');
    out.line({ text: `What ${name} sees happen, until Ctrl-C ends it all:`, style: 'bold' });
  };
  await runDemo({
    servers: nodes,
    http: http && `${http.host.includes(':') ? `[${http.host}]` : http.host}:${http.port}`,
    once,
    attack,
    signal,
    env: cli.env,
    fetch: cli.fetch,
    clock: cli.clock,
    random: cli.random,
    tell: event => out.result(event, () => tellDemo(event, out)),
    show: globals.json ? showDocument : showAsTyped,
    type: async (argv, lastLines) => {
      if (globals.json) out.document({ event: 'ran', ...(await answerOf(argv, cli)) });
      else await typeCommand(argv, cli, out, lastLines);
    },
  });
}

function nodesCount(text: string): number {
  const count = positive(text);
  if (count > nodesMax) throw new InvalidArgumentError(`It must be at most ${nodesMax}: each is a process.`);
  return count;
}
