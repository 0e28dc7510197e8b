// rollcall karma: what the node thinks of others; of one of them, with everything that went into it.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KarmaJson, KarmaPage, KarmaSummary } from '../api/port.ts';
import type { Cli } from './cli.ts';
import type { NodeClient } from './client.ts';
import { action, positive } from './command.ts';
import { CliError, exits } from './errors.ts';
import { showKarma } from './karma-explained.ts';
import { hundredths, tierCell } from './karma-words.ts';
import type { Output } from './output.ts';
import { peerId } from './peer-id.ts';
import type { Column } from './table.ts';
import { count } from './words.ts';

type Options = { limit?: number; tier?: string; below?: number };
type Shown = Pick<KarmaPage, 'remembered' | 'subjects'>;

/** A screenful or two; whoever wants more says so. */
const limitDefault = 100;
/** What the node gives in one page. */
const pageMax = 1_000;

export function addKarma(program: Command, cli: Cli): void {
  program
    .command('karma [peer]')
    .description('what this node thinks of others, the worst first; <peer> may be the end of an id')
    .addOption(new Option('--tier <tier>', 'only those shown in this colour').choices(['green', 'yellow', 'red']))
    .option('--below <karma>', 'only those with less karma', score)
    .option('--limit <n>', `at most so many; without it ${limitDefault}`, positive)
    .action(
      action<Options>(cli, async ({ out, node }, options, given?: string) => {
        if (given === undefined) {
          const shown = await pages(node, options);
          return out.result(shown, () => showAll(shown, out));
        }
        if ([options.tier, options.below, options.limit].some(it => it !== undefined)) {
          const remedy = 'leave the peer out to see all, or the options to see one';
          throw new CliError(exits.usage, 'BAD_USAGE', '--tier, --below and --limit choose among all peers', remedy);
        }
        const karma = await node.get<KarmaJson>(`/karma/${await peerId(given, node)}`);
        out.result(karma, () => showKarma(karma, out));
      }),
    );
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(Math.abs(value) <= 1))
    throw new InvalidArgumentError('It must be a number from -1 to 1.');
  return value;
}

async function pages(node: NodeClient, { limit = limitDefault, tier, below }: Options): Promise<Shown> {
  const subjects: KarmaSummary[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { limit: Math.min(limit - subjects.length, pageMax), tier, below, cursor };
    const page = await node.get<KarmaPage>('/karma', query);
    subjects.push(...page.subjects);
    if (page.next === null || subjects.length >= limit) return { remembered: page.remembered, subjects };
    cursor = page.next;
  }
}

const columns: readonly Column[] = [
  { title: 'PEER', min: 16 },
  { title: 'KARMA', align: 'right' },
  { title: 'TIER' },
  { title: 'EVENTS', align: 'right' },
];

function showAll({ remembered, subjects }: Shown, out: Output): void {
  if (subjects.length > 0) {
    out.table(
      columns,
      subjects.map(it => [it.subject, hundredths(it.value), tierCell(it), String(it.events)]),
    );
  }
  const part = subjects.length < remembered ? `${subjects.length} of ` : '';
  out.line({ text: `${part}${count(remembered, 'peer')} known; of a stranger the karma is 0.00`, style: 'dim' });
}
