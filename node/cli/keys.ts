// rollcall keys: the maintainers whose word this node takes.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { type Keys, showKey } from './key-words.ts';
import { addKeysAdd } from './keys-add.ts';
import { addKeysGenerate } from './keys-generate.ts';
import { addKeysRemove } from './keys-remove.ts';
import { count } from './words.ts';

export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command('keys').description("this node's trusted maintainers' keys");
  keys
    .command('list')
    .description('what each key is, who holds it, and whether it is good now')
    .action(
      action(cli, async ({ out, node }) => {
        const answer = await node.get<Keys>('/keys');
        out.result(answer, () => {
          for (const key of answer.keys) showKey(key, out);
          const bad = answer.keys.filter(({ state }) => state !== 'good').length;
          const spoiled = bad > 0 ? `, ${bad} of them no good now` : '';
          out.line({ text: `${count(answer.keys.length, 'key')} trusted${spoiled}`, style: 'dim' });
        });
      }),
    );
  addKeysAdd(keys, cli);
  addKeysRemove(keys, cli);
  addKeysGenerate(keys, cli);
}
