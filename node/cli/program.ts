// The command line as a whole: every command, and how each way of ending becomes an exit code.
import { Command, CommanderError } from 'commander';
import { messageOf, RollcallError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { addAnnounce } from './announce.ts';
import { addCheckpoint } from './checkpoint.ts';
import type { Cli } from './cli.ts';
import { addGlobals } from './command.ts';
import { addConfig } from './config.ts';
import { addDemo } from './demo.ts';
import { addDeny } from './deny.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { type Exit, exitOf, exits } from './errors.ts';
import { addGateway } from './gateway.ts';
import { addHistory } from './history.ts';
import { addKarma } from './karma.ts';
import { addKeys } from './keys.ts';
import { addList } from './list.ts';
import { addPeers } from './peers.ts';
import { addPublish } from './publish.ts';
import { addRate } from './rate.ts';
import { addRollback } from './rollback.ts';
import { addShow } from './show.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addVerify } from './verify.ts';
import { addWithdraw } from './withdraw.ts';

/** In the order of the help page. */
const commands = [
  addStart,
  addAnnounce,
  addWithdraw,
  addList,
  addShow,
  addHistory,
  addDiff,
  addVerify,
  addKarma,
  addRate,
  addKeys,
  addCheckpoint,
  addRollback,
  addDeny,
  addPublish,
  addGateway,
  addPeers,
  addStatus,
  addConfig,
  addDoctor,
  addDemo,
];

/** Runs one command line to its end. Everything that goes wrong is on stderr when this returns. */
export async function run(cli: Cli): Promise<Exit> {
  try {
    await programOf(cli).parseAsync(cli.argv, { from: 'user' });
    return exits.done;
  } catch (error) {
    // commander has printed its help, version or usage error itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exits.done : exits.usage;
    const remedy = error instanceof RollcallError ? error.remedy : undefined;
    const lines = [`rollcall: ${messageOf(error)}`, ...(remedy === undefined ? [] : [`  ${remedy}`])];
    // Not foreseen, so it is a bug: where it came from is what its report needs.
    if (!(error instanceof RollcallError) && error instanceof Error) lines.push(error.stack ?? '');
    for (const line of lines.join('\n').split('\n')) cli.stderr.write(`${printable(line)}\n`);
    return exitOf(error);
  }
}

function programOf(cli: Cli): Command {
  const program = new Command('rollcall')
    .description('A server list for multiplayer games that nobody has to host and nobody can take down.')
    // Commands have options of their own that a global one must not swallow: `announce --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: text => cli.stdout.write(text),
      writeErr: text => cli.stderr.write(text),
      getOutHelpWidth: () => cli.stdout.columns ?? 100,
      getErrHelpWidth: () => cli.stderr.columns ?? 100,
      outputError: (text, write) => write(text.replace(/^error: /, 'rollcall: ')),
    });
  for (const add of commands) add(program, cli);
  // Otherwise `rollcall lsit --help` shows the help of all, as if it were right.
  program.addHelpText('beforeAll', ({ command }) => {
    refuseUnknown(command);
    return '';
  });
  addGlobals(program, cli);
  return program;
}

/** @throws CommanderError when what is typed behind a command that has others below it, and no arguments, is none of those */
function refuseUnknown(command: Command): void {
  const [first, second] = command.args;
  const given = first === 'help' ? second : first;
  const names = command.commands.map(each => each.name());
  if (names.length === 0 || command.registeredArguments.length > 0) return;
  if (given === undefined || given.startsWith('-') || given === 'help' || names.includes(given)) return;
  // As if help had not been asked for: that throws, and suggests what may be meant.
  command.parse([given], { from: 'user' });
}
