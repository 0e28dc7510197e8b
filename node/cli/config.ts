// rollcall config print: the configuration in force, and where each value comes from.
import type { Command } from 'commander';
import type { Node } from '../api/port.ts';
import type { Cli } from './cli.ts';
import type { NodeClient } from './client.ts';
import { action, type Run } from './command.ts';
import { CliError, exits } from './errors.ts';

type Setting = ReturnType<Node['config']>[number];

export function addConfig(program: Command, cli: Cli): void {
  const config = program.command('config').description('the configuration');
  config
    .command('print')
    .description('print what is in force on the running node, or what one would start with')
    .option('--origin', 'a line a setting, with the file, variable or flag that it comes from')
    .action(
      action<{ origin?: boolean }>(cli, async (run, { origin }) => {
        const { out } = run;
        const settings = await inForce(cli, run);
        out.result(origin ? settings : nested(settings), () => {
          if (!origin) return out.document(nested(settings), 2);
          for (const { path, value, origin: from } of settings) {
            out.line(`${path} = ${JSON.stringify(value)}   `, { text: `(${from})`, style: 'dim' });
          }
        });
      }),
    );
}

/** A running node has flags of its own, so it is asked first, unless a file is named to be looked at. */
async function inForce(cli: Cli, run: Run): Promise<readonly Setting[]> {
  if (run.globals.configPath !== undefined) return wouldBe(cli, run);
  try {
    return await settingsOf(run.node);
  } catch (error) {
    if (!(error instanceof CliError && error.exit === exits.noNode)) throw error;
    const settings = await wouldBe(cli, run);
    run.out.note(`${error.message}; this is what one would start with`);
    return settings;
  }
}

/** Those of the running node. */
export async function settingsOf(node: NodeClient): Promise<readonly Setting[]> {
  return (await node.getOwn<{ settings: Setting[] }>('/config')).settings;
}

async function wouldBe(cli: Cli, { globals }: Run): Promise<Setting[]> {
  // The schema library takes longer to load than most commands take to run.
  const [{ readConfigFiles }, { loadConfig }, { leaves }] = await Promise.all([
    import('../config/files.ts'),
    import('../config/load.ts'),
    import('../config/paths.ts'),
  ]);
  const { logLevel } = globals;
  const flags = logLevel === undefined ? [] : [{ path: 'log.level', value: logLevel, origin: '--log-level' }];
  const sources = await readConfigFiles(globals.dataDir, globals.configPath);
  const { config, origins } = loadConfig({ ...sources, flags, env: cli.env });
  return [...leaves(config)].map(([path, value]) => ({ path, value, origin: origins.get(path) ?? 'unknown' }));
}

export function nested(settings: readonly Setting[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of settings) {
    const keys = path.split('.');
    let part = whole;
    for (const key of keys.slice(0, -1)) {
      part[key] ??= {};
      part = part[key] as Record<string, unknown>;
    }
    part[keys.at(-1)!] = value;
  }
  return whole;
}
