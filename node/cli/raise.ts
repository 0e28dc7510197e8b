// Options of `checkpoint` that give some announcers and networks more places than others have, or fewer.
import { type Command, InvalidArgumentError } from 'commander';
import type { QuotaRequest } from '../api/port.ts';
import { networkFault, placesMax } from '../base/networks.ts';
import type { Cli } from './cli.ts';
import type { NodeClient } from './client.ts';
import { CliError, exits } from './errors.ts';
import { peerId } from './peer-id.ts';
import { parseEnd, parseReason } from './rollback.ts';

type Raise = { readonly whose: string; readonly servers: number };

export type RaiseOptions = {
  readonly raiseAnnouncer?: readonly Raise[];
  readonly raiseNetwork?: readonly Raise[];
  readonly reason?: string;
  readonly until?: number;
};

export const addRaiseOptions = (command: Command, cli: Cli): Command =>
  command
    .option('--raise-announcer <peer=places>', 'let this node announce so many servers; once for each', raise)
    .option(
      '--raise-network <network=places>',
      'let each network of 203.0.113.0/24, 2001:db8::/32 or example.org hold so many; once for each',
      (text, previous: Raise[] | undefined) => raise(text.toLowerCase(), previous, networkFault),
    )
    .option('--reason <text>', 'why they are raised: everybody reads it', parseReason)
    .option(
      '--until <end>',
      'when that ends: 2027-01-31, or after a time such as 7d; now takes an earlier raise back',
      text => parseEnd(text, cli.clock()),
    );

/** What the node is asked for, if anything is. @throws CliError NO_REASON, NOBODY_RAISED, or what `peerId` throws */
export async function quotasOf(options: RaiseOptions, node: NodeClient): Promise<{ quotas?: QuotaRequest }> {
  const { raiseAnnouncer, raiseNetwork, reason, until } = options;
  if (!raiseAnnouncer && !raiseNetwork) {
    if (reason === undefined && until === undefined) return {};
    const remedy = '--raise-announcer <peer>=<places> or --raise-network <network>=<places>; --message is for all else';
    throw new CliError(
      exits.usage,
      'NOBODY_RAISED',
      '--reason and --until are those of a raise, and nobody is raised',
      remedy,
    );
  }
  if (reason === undefined) {
    throw new CliError(exits.usage, 'NO_REASON', 'a raise needs a reason', '--reason <text>: everybody reads it');
  }
  const announcers = (raiseAnnouncer ?? []).map(async ({ whose, servers }) => ({
    announcer: await peerId(whose, node),
    servers,
  }));
  const networks = (raiseNetwork ?? []).map(({ whose, servers }) => ({ network: whose, servers }));
  return {
    quotas: {
      ...(announcers.length > 0 ? { announcers: await Promise.all(announcers) } : {}),
      ...(networks.length > 0 ? { networks } : {}),
      reason,
      ...(until === undefined ? {} : { until }),
    },
  };
}

/** `203.0.113.0/24=200`. */
function raise(text: string, previous: readonly Raise[] = [], fault = (_: string): string | undefined => undefined) {
  const [, whose, digits] = /^([^=]+)=([1-9][0-9]{0,6})$/.exec(text) ?? [];
  const servers = Number(digits);
  if (whose === undefined || servers > placesMax) {
    throw new InvalidArgumentError(`It must end in "=" and a number of places, at most ${placesMax}.`);
  }
  const wrong = fault(whose);
  if (wrong !== undefined) throw new InvalidArgumentError(`${wrong}.`);
  return [...previous, { whose, servers }];
}
