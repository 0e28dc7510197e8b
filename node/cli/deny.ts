// rollcall deny: whom this node bars by itself, beside those whom its configuration and the maintainers bar.
import type { Command } from 'commander';
import type { DenyRuleJson } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { addDenyAdd } from './deny-add.ts';
import { addDenyRemove } from './deny-remove.ts';
import { type DenyRules, subjectWords } from './deny-words.ts';
import { nameIn } from './statement-words.ts';
import type { Cell, Column } from './table.ts';
import { count, date } from './words.ts';

export function addDeny(program: Command, cli: Cli): void {
  const deny = program.command('deny').description("this node's own deny rules, beside the maintainers'");
  deny
    .command('list')
    .description('who is barred, why, until when, and by whose word')
    .action(
      action(cli, async ({ out, node }) => {
        const answer = await node.get<DenyRules>('/deny');
        const { rules } = answer;
        out.result(answer, () => {
          if (rules.length > 0) out.table(columns, rules.map(row));
          out.line({ text: count(rules.length, 'rule'), style: 'dim' });
        });
      }),
    );
  addDenyAdd(deny, cli);
  addDenyRemove(deny, cli);
}

const columns: readonly Column[] = [
  { title: 'BARRED', min: 20 },
  { title: 'UNTIL' },
  { title: 'BY', min: 8 },
  { title: 'REASON', min: 10 },
];

const row = (rule: DenyRuleJson): Cell[] => [
  subjectWords(rule),
  rule.until === null ? 'no end' : date(rule.until),
  rule.origin === 'node' ? 'this node' : nameIn(rule.from),
  rule.reason,
];
