// rollcall deny remove: takes back a rule of this node's own.
import type { Command } from 'commander';
import type { DenyRuleJson } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { barredBy, type DenyRules, subjectWords } from './deny-words.ts';
import { CliError, exits } from './errors.ts';

type Options = { announcer?: string; address?: string; game?: string };
const kinds = ['announcer', 'address', 'game'] as const;
/** As for any peer that is named by the end of its id. */
const endingMin = 6;

export function addDenyRemove(deny: Command, cli: Cli): void {
  deny
    .command('remove [barred]')
    .description('take back a rule of this node; [barred] is what it bars, as "deny list" shows it')
    .option('--announcer <peer>', 'the one for this announcer: its id, or the end of it')
    .option('--address <cidr>', 'the one for this range')
    .option('--game <id>', 'the one for this game')
    .action(
      action<Options>(cli, async ({ out, node }, options, barred?: string) => {
        const { rules } = await node.get<DenyRules>('/deny');
        const { announcer, address, game } = ruleNamed(barred, options, rules);
        const removed = await node.delete<DenyRuleJson>('/deny', {
          announcer: announcer ?? undefined,
          address: address ?? undefined,
          game: game ?? undefined,
        });
        out.result(removed, () => out.line(`${subjectWords(removed)} is not barred by this node any more`));
      }),
    );
}

function ruleNamed(barred: string | undefined, options: Options, rules: readonly DenyRuleJson[]): DenyRuleJson {
  const named = kinds.flatMap(kind => (options[kind] === undefined ? [] : [{ kind, text: options[kind] }]));
  const asked = [...named, ...(barred === undefined ? [] : [{ kind: undefined, text: barred }])];
  const [wanted, ...more] = asked;
  if (!wanted || more.length > 0) {
    throw new CliError(exits.usage, 'BAD_USAGE', 'name exactly one rule by what it bars', 'see "rollcall deny list"');
  }
  const found = rules.filter(rule => fits(rule, wanted.kind, wanted.text));
  const own = found.filter(({ origin }) => origin === 'node');
  if (own.length === 1) return own[0]!;
  if (own.length > 1) {
    const remedy = `say which: ${own.map(subjectWords).join(', ')}`;
    throw new CliError(exits.refused, 'AMBIGUOUS_RULE', `"${wanted.text}" is what ${own.length} rules bar`, remedy);
  }
  const [other] = found;
  const remedy = other ? `it is barred by ${other.from}, and stays so` : 'see "rollcall deny list"';
  throw new CliError(
    exits.refused,
    'NO_SUCH_RULE',
    `this node has no deny rule of its own for "${wanted.text}"`,
    remedy,
  );
}

/** A single address is a range of one; a peer goes by the end of its id too. */
function fits(rule: DenyRuleJson, kind: (typeof kinds)[number] | undefined, text: string): boolean {
  if (kind !== undefined && rule[kind] === null) return false;
  const lower = text.toLowerCase();
  if (rule.address !== null) return [lower, `${lower}/32`, `${lower}/128`].includes(rule.address);
  if (rule.announcer !== null && text.length >= endingMin) return rule.announcer.endsWith(text.replace(/^…/, ''));
  return barredBy(rule) === text;
}
