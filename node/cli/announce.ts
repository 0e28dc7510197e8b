// rollcall announce: puts a game server on the list, and keeps it there while the node runs.
import { type Command, InvalidArgumentError } from 'commander';
import type { AnnouncementJson, AnnounceRequest } from '../api/port.ts';
import { tidyAddress } from '../base/address.ts';
import type { Cli } from './cli.ts';
import { action, each } from './command.ts';
import { ago, shortHash } from './words.ts';

type Options = {
  game: string;
  name: string;
  address: string[];
  server?: string;
  version?: string;
  tag?: string[];
  attribute?: Record<string, string>;
};
type Answer = { announcement: AnnouncementJson & { id: string }; warnings: string[] };

export function addAnnounce(program: Command, cli: Cli): void {
  program
    .command('announce')
    .description('announce a game server, and keep renewing while the node runs')
    .requiredOption('--game <id>', 'which game: sauerbraten, openarena, …')
    .requiredOption('--name <text>', 'what players see', composed)
    .requiredOption('--address <host:port>', 'where players join; once for each address, the best first', address)
    .option('--server <slug>', 'your own name for this server; announcing it again changes it')
    .option('--version <v>', "the game's version", composed)
    .option('--tag <t>', 'a word to find it by; once for each', each)
    .option('--attribute <k=v>', 'a free fact, such as country=de; once for each', attribute)
    .action(
      action<Options>(cli, async ({ out, node, now }, options) => {
        const request: AnnounceRequest = {
          game: options.game,
          name: options.name,
          addresses: options.address,
          ...(options.server === undefined ? {} : { server: options.server }),
          ...(options.version === undefined ? {} : { version: options.version }),
          ...(options.tag === undefined ? {} : { tags: options.tag.map(composed) }),
          ...(options.attribute === undefined ? {} : { attributes: options.attribute }),
        };
        const { announcement, warnings } = await node.post<Answer>('/announcements', request);
        for (const warning of warnings) out.note(`rollcall: ${warning}`);
        out.result(announcement, () => {
          const { name, server, id, expiresAt } = announcement;
          out.line('announced ', { text: name || '(no name)', style: 'bold' }, ` as ${server}, id ${shortHash(id)}`);
          out.line(`the node renews it while it runs; without it, it expires ${ago(expiresAt, now)}`);
        });
      }),
    );
}

/** Keyboards and file systems give decomposed letters too; records hold NFC only. */
const composed = (text: string): string => text.normalize('NFC').trim();

function address(text: string, previous: string[] | undefined): string[] {
  const tidy = tidyAddress(text);
  if (!tidy.ok) throw new InvalidArgumentError(tidy.message);
  return [...(previous ?? []), tidy.value];
}

function attribute(text: string, previous: Record<string, string> | undefined): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.');
  if (previous && Object.hasOwn(previous, key)) throw new InvalidArgumentError(`"${key}" is given twice.`);
  return { ...previous, [key]: composed(value) };
}
