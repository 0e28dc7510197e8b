// What all commands share: the global options, before and after the command's name, and how an action runs.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfigFile } from '../config/files.ts';
import type { Cli } from './cli.ts';
import { NodeClient } from './client.ts';
import { CliError, exits } from './errors.ts';
import { Output } from './output.ts';

export type Globals = { dataDir: string; configPath?: string; json: boolean; logLevel?: string };

/** Those of the setting `log.level`. */
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** What an action works with. */
export type Run = { readonly out: Output; readonly node: NodeClient; readonly globals: Globals; readonly now: number };

/** Gives a command and all below it the global options, at the end of its own; `line` is how it is typed. */
export function addGlobals(command: Command, cli: Cli, line = command.name()): void {
  const group = (option: Option) => option.helpGroup('Global options:');
  command
    .addOption(group(new Option('--data <dir>', "the node's data folder (or ROLLCALL_DATA)")))
    .addOption(
      group(new Option('--config <file>', 'a configuration file, above <data>/config.json (or ROLLCALL_CONFIG)')),
    )
    .addOption(group(new Option('--json', 'one JSON document on stdout (or ROLLCALL_JSON=1)')))
    .addOption(
      group(new Option('--log-level <level>', 'how much a node logs (or ROLLCALL_LOG_LEVEL)').choices(logLevels)),
    )
    .addHelpOption(group(new Option('-h, --help', 'print this page')));
  // `announce` has a `--version` of its own.
  if (!command.options.some(({ long }) => long === '--version')) {
    command.version(cli.version, '-V, --version', 'print the version');
    group(command.options.at(-1)!);
  }
  command.showHelpAfterError(`(${line} --help says more)`);
  for (const child of command.commands) addGlobals(child, cli, `${line} ${child.name()}`);
}

/** Turns a handler into what commander calls: the handler gets its own options and positional arguments. */
export function action<Options>(
  cli: Cli,
  handler: (run: Run, options: Options, ...args: string[]) => Promise<void> | void,
): (...received: unknown[]) => Promise<void> {
  return async (...received) => {
    const command = received.at(-1) as Command;
    const globals = await globalsOf(command, cli);
    if (globals.configPath !== undefined && !readers.has(command.name())) await readConfigFile(globals.configPath);
    const run = {
      out: new Output({ stdout: cli.stdout, stderr: cli.stderr, style: cli.style, json: globals.json }),
      node: new NodeClient({ fetch: cli.fetch, alive: cli.alive, dataDir: globals.dataDir }),
      globals,
      now: cli.clock(),
    };
    await handler(run, command.opts() as Options, ...(received.slice(0, -2) as string[]));
  };
}

/** Those that read the file of --config and say themselves what is wrong with it; others only make sure that it is there. */
const readers: ReadonlySet<string> = new Set(['start', 'print', 'doctor']);

/** An option that stands nearer to the end of the line wins. */
async function globalsOf(command: Command, cli: Cli): Promise<Globals> {
  const chain: Command[] = [];
  for (let at: Command | null = command; at; at = at.parent) chain.unshift(at);
  const given: { data?: string; config?: string; json?: boolean; logLevel?: string } = {};
  for (const each of chain) Object.assign(given, each.opts());
  const { ROLLCALL_DATA, ROLLCALL_CONFIG, ROLLCALL_JSON, ROLLCALL_LOG_LEVEL } = cli.env;
  // An unset variable in a script must not start or ask the node of another folder.
  if (given.data === '') throw new CliError(exits.usage, 'BAD_USAGE', '--data: is empty');
  const data = given.data || ROLLCALL_DATA || (await platformFolder());
  const config = given.config || ROLLCALL_CONFIG;
  const logLevel = given.logLevel || ROLLCALL_LOG_LEVEL;
  if (logLevel && !logLevels.includes(logLevel)) {
    const message = `ROLLCALL_LOG_LEVEL: "${logLevel}" is none of ${logLevels.join(', ')}`;
    throw new CliError(exits.usage, 'BAD_USAGE', message);
  }
  return {
    dataDir: resolve(cli.cwd, data),
    json: given.json ?? isOn(ROLLCALL_JSON),
    ...(config ? { configPath: resolve(cli.cwd, config) } : {}),
    ...(logLevel ? { logLevel } : {}),
  };
}

/** A flag in the environment: on unless it says no. */
const isOn = (value: string | undefined): boolean => !['', '0', 'false', 'no'].includes((value ?? '').toLowerCase());

async function platformFolder(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('rollcall', { suffix: '' }).data;
}

export function positive(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number above 0, of nine digits at most.');
  }
  return Number(text);
}

/** For an option that takes one value and may be given again: a list of values would swallow the arguments behind it. */
export const each = (text: string, previous: readonly string[] = []): string[] => [...previous, text];
