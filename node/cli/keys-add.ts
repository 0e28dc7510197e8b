// rollcall keys add: trusts a maintainer, or takes in what is new about his key.
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import { readKeyFile } from './key-file.ts';
import { type Keys, showKey } from './key-words.ts';

export function addKeysAdd(keys: Command, cli: Cli): void {
  keys
    .command('add <file.asc>')
    .description('trust a public key, or take in a later end or a revocation of one')
    .action(
      action(cli, async ({ out, node }, _options, path) => {
        const armored = await readKeyFile(path, cli);
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
