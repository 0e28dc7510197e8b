// rollcall keys add: trusts a maintainer, or takes in what is new about his key.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { messageOf } from '../base/errors.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import { type Keys, showKey } from './key-words.ts';

export function addKeysAdd(keys: Command, cli: Cli): void {
  keys
    .command('add <file.asc>')
    .description('trust a public key, or take in a later end or a revocation of one')
    .action(
      action(cli, async ({ out, node }, _options, path) => {
        const armored = await readFile(resolve(cli.cwd, path), 'latin1').catch(error => {
          throw new CliError(exits.usage, 'NO_KEY_FILE', `cannot read the key: ${messageOf(error)}`);
        });
        // The node refuses it as well, but it must not even get there.
        if (armored.includes('PRIVATE KEY BLOCK-----')) {
          const remedy = 'add the public one: "gpg --armor --export", or the file that ends in -public.asc';
          throw new CliError(exits.usage, 'PRIVATE_KEY', `${path} is a private key`, remedy);
        }
        const added = await node.post<Keys>('/keys', { armored });
        out.result(added, () => {
          for (const key of added.keys) showKey(key, out);
        });
      }),
    );
}
