// rollcall deny add: bars announcers, address ranges or games on this node, at once.
import { type Command, InvalidArgumentError } from 'commander';
import type { DenyAddRequest, DenyRuleJson } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action, each } from './command.ts';
import { subjectWords } from './deny-words.ts';
import { CliError, exits } from './errors.ts';
import { peerId } from './peer-id.ts';
import { parseEnd, parseReason, range } from './rollback.ts';
import { count } from './words.ts';

type Options = {
  announcer?: string[];
  address?: string[];
  game?: string[];
  reason: string;
  until?: number;
  force?: boolean;
};

export function addDenyAdd(deny: Command, cli: Cli): void {
  deny
    .command('add')
    .description('bar somebody on this node; a rule for the same takes the place of the old one')
    .option('--announcer <peer>', 'bar what this node announces: its id, or the end of it; once for each', each)
    .option('--address <cidr>', 'bar servers in this range, such as 203.0.113.0/24; once for each', range)
    .option('--game <id>', 'bar this game; once for each', each)
    .requiredOption('--reason <text>', 'why: people will ask', parseReason)
    .option('--until <end>', 'when it ends: 2027-01-31, or after a time such as 7d; without it, never', text =>
      endAfter(text, cli.clock()),
    )
    .option('--force', 'also bar this node itself, or every address there is')
    .action(
      action<Options>(cli, async ({ out, node }, { announcer, address, game, reason, until, force }) => {
        if (!announcer && !address && !game) {
          const message = 'nobody is barred: give --announcer, --address or --game';
          throw new CliError(exits.usage, 'NOBODY_BARRED', message);
        }
        const request: DenyAddRequest = {
          ...(announcer ? { announcers: await Promise.all(announcer.map(given => peerId(given, node))) } : {}),
          ...(address ? { addresses: address } : {}),
          ...(game ? { games: game } : {}),
          reason,
          ...(until === undefined ? {} : { until }),
          ...(force ? { force } : {}),
        };
        const added = await node.post<{ rules: DenyRuleJson[]; left: number }>('/deny', request);
        out.result(added, () => {
          for (const rule of added.rules) out.line(`barred ${subjectWords(rule)} on this node`);
          out.line({ text: `${count(added.left, 'server')} left the list`, style: 'dim' });
        });
      }),
    );
}

/** `now` takes back a bar of the maintainers; one of this node's own is removed. */
function endAfter(text: string, now: number): number {
  const end = parseEnd(text, now);
  if (end <= now) throw new InvalidArgumentError('It must be in the future; "deny remove" takes a rule back.');
  return end;
}
