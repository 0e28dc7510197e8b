// rollcall keys remove: takes a maintainer's word no longer.
import type { Command } from 'commander';
import type { KeyJson, Status } from '../api/port.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import type { Keys } from './key-words.ts';
import { statementWords } from './statement-words.ts';

/** Fewer digits are typed by chance, or made to fit. */
const digitsMin = 8;

export function addKeysRemove(keys: Command, cli: Cli): void {
  keys
    .command('remove <fingerprint>')
    .description(`trust a key no longer; its last ${digitsMin} digits are enough when no other key ends so`)
    .action(
      action(cli, async ({ out, node }, _options, given) => {
        const { fingerprint, userIds } = keyNamed(given, (await node.get<Keys>('/keys')).keys);
        const removed = await node.delete<{ removed: string }>(`/keys/${fingerprint}`);
        const { statement } = await node.get<Status>('/status');
        out.result(removed, () => {
          out.line(`removed ${fingerprint}, ${userIds[0] ?? 'nobody'}`);
          out.line({ text: `in force now: ${statementWords(statement)}`, style: 'dim' });
        });
      }),
    );
}

/** As people copy it: in groups, in capitals, behind 0x. @throws CliError BAD_FINGERPRINT, NO_SUCH_KEY, AMBIGUOUS_KEY */
export function keyNamed(given: string, keys: readonly KeyJson[]): KeyJson {
  const digits = given.replaceAll(' ', '').replace(/^0x/i, '').toLowerCase();
  if (!new RegExp(`^[0-9a-f]{${digitsMin},40}$`).test(digits)) {
    const message = `"${given}" is neither a fingerprint nor at least the last ${digitsMin} digits of one`;
    throw new CliError(exits.usage, 'BAD_FINGERPRINT', message);
  }
  const [key, ...more] = keys.filter(({ fingerprint }) => fingerprint.endsWith(digits));
  if (!key)
    throw new CliError(exits.refused, 'NO_SUCH_KEY', `no trusted key ends in ${digits}`, 'see "rollcall keys list"');
  if (more.length === 0) return key;
  const names = [key, ...more].map(({ fingerprint }) => fingerprint).join(', ');
  throw new CliError(exits.refused, 'AMBIGUOUS_KEY', `${more.length + 1} keys end in ${digits}`, names);
}
