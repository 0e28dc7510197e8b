// rollcall rollback: a maintainer signs the way back to an earlier list, and bars who made it necessary.
import { type Command, InvalidArgumentError } from 'commander';
import type { DraftRequest } from '../api/port.ts';
import { parseRange } from '../base/range.ts';
import { day, hour, minute } from '../base/time.ts';
import type { Cli } from './cli.ts';
import { action, each } from './command.ts';
import { CliError, exits } from './errors.ts';
import { addSigningOptions, makeStatement, type SigningOptions } from './signing.ts';

type Options = SigningOptions & {
  reason: string;
  denyAnnouncer?: string[];
  denyAddress?: string[];
  denyGame?: string[];
  until?: number;
  force?: boolean;
};

export function addRollback(program: Command, cli: Cli): void {
  const command = program
    .command('rollback <commit>')
    .description('sign the way back to the list of an earlier commit')
    .requiredOption('--reason <text>', 'why: everybody reads it', parseReason)
    .option('--deny-announcer <peer>', 'bar what this node announces; once for each', each)
    .option('--deny-address <cidr>', 'bar servers in this range, such as 203.0.113.0/24; once for each', range)
    .option('--deny-game <id>', 'bar this game; once for each', each)
    .option(
      '--until <end>',
      'when the bars end: 2027-01-31, or after a time such as 7d; now takes earlier ones back',
      text => parseEnd(text, cli.clock()),
    )
    .option('--force', 'also bar this node itself, or every address there is');
  addSigningOptions(command)
    .option('--yes', 'do not ask before signing')
    .action(
      action<Options>(cli, (run, options, to) =>
        makeStatement(cli, run, options, {
          kind: 'rollback',
          message: options.reason,
          to,
          ...denyOf(options),
        }),
      ),
    );
}

function denyOf({ denyAnnouncer, denyAddress, denyGame, reason, until, force }: Options): Pick<DraftRequest, 'deny'> {
  if (!denyAnnouncer && !denyAddress && !denyGame) {
    if (until === undefined) return {};
    throw new CliError(exits.usage, 'NOBODY_BARRED', '--until says when bars end, and nobody is barred');
  }
  const deny = {
    ...(denyAnnouncer ? { announcers: denyAnnouncer } : {}),
    ...(denyAddress ? { addresses: denyAddress } : {}),
    ...(denyGame ? { games: denyGame } : {}),
    reason,
    ...(until === undefined ? {} : { until }),
    ...(force ? { force } : {}),
  };
  return { deny };
}

export function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must say something.');
  return text;
}

export function range(text: string, previous: string[] | undefined): string[] {
  const parsed = parseRange(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`);
  return [...(previous ?? []), parsed.value.text];
}

const units: Readonly<Record<string, number>> = { m: minute, h: hour, d: day, w: 7 * day };

/**
 * Unix milliseconds of `7d` from now, or of `2027-01-31` or `2027-01-31T18:00Z`, in UTC. `now` takes back a bar that an
 * earlier statement set: a rule takes the place of the one for the same announcer, range or game.
 */
export function parseEnd(text: string, now: number): number {
  if (text === 'now') return now;
  const [, amount, unit] = /^([1-9][0-9]{0,3})([mhdw])$/.exec(text) ?? [];
  const end = unit ? now + Number(amount) * units[unit]! : parseDate(text);
  if (end === undefined) throw new InvalidArgumentError('It must be a date such as 2027-01-31, or a time such as 7d.');
  if (end <= now) throw new InvalidArgumentError('It must be in the future.');
  return end;
}

function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/.test(text)) return undefined;
  const date = new Date(text);
  // February the 31st would be the 3rd of March.
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 10));
  return exists ? date.getTime() : undefined;
}
