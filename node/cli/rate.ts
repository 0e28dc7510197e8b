// rollcall rate: a player says what another did.
import type { Command } from 'commander';
import type { KarmaJson, RateRequest } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { ownWords } from './karma-explained.ts';
import { karmaCell } from './karma-words.ts';
import { peerId } from './peer-id.ts';

export function addRate(program: Command, cli: Cli): void {
  program
    .command('rate <peer> <action>')
    .description('say what a peer did, such as good-match; <peer> may be the end of an id')
    .option('--note <text>', 'why: for you, and shown with the event')
    .action(
      action<{ note?: string }>(cli, async ({ out, node }, { note }, given, did) => {
        const subject = await peerId(given!, node);
        const event: RateRequest = { subject, action: did!, source: 'player', ...(note === undefined ? {} : { note }) };
        const karma = await node.post<KarmaJson>('/karma/events', event);
        const { own } = karma;
        out.result(karma, () =>
          own === null
            ? out.line(`${subject} is now `, karmaCell(karma))
            : out.line(`${subject} stays `, karmaCell(karma), `, ${ownWords[own]}`),
        );
      }),
    );
}
