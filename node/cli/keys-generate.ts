// rollcall keys generate: makes a maintainer's key. It needs no node, and the private key goes to no other place than its file.
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { messageOf, RollcallError } from '../base/errors.ts';
import { makeFolder } from '../base/folders.ts';
import type { Cli } from './cli.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import { newPassphrase, passphraseOption } from './passphrase.ts';

type Options = { name: string; email: string; out: string; passphrase: boolean; passphraseFd?: number };

export function addKeysGenerate(keys: Command, cli: Cli): void {
  keys
    .command('generate')
    .description("make a maintainer's key: a private one, a public one, and a certificate that revokes it")
    .requiredOption('--name <n>', 'who holds it')
    .requiredOption('--email <e>', 'where to reach the holder')
    .requiredOption('--out <dir>', 'the folder to write the three files into')
    .addOption(passphraseOption())
    .option('--no-passphrase', 'do not protect the private key: whoever reads the file can sign with it')
    .action(
      action<Options>(cli, async ({ out, now }, options) => {
        const { name, email } = options;
        const passphrase = options.passphrase ? await newPassphrase(options.passphraseFd, cli) : undefined;
        const { makeKey } = await import('../trust/make-key.ts');
        const key = await makeKey({ name: name.normalize('NFC').trim(), email, passphrase }, now).catch(wrongName);
        const folder = resolve(cli.cwd, options.out);
        const files = {
          private: join(folder, `${key.fingerprint}-private.asc`),
          public: join(folder, `${key.fingerprint}-public.asc`),
          revocation: join(folder, `${key.fingerprint}-revocation.asc`),
        };
        try {
          await makeFolder(folder);
          await write(files.private, key.privateArmored, 0o600);
          await write(files.public, key.publicArmored, 0o644);
          // Whoever has it can take the key out of service.
          await write(files.revocation, key.revocationCertificate, 0o600);
        } catch (error) {
          // Named by a key that was made just now: nobody else's. A part of it is of no use.
          await Promise.all(Object.values(files).map(path => rm(path).catch(() => undefined)));
          throw new CliError(exits.failed, 'CANNOT_WRITE', `cannot write the key: ${messageOf(error)}`);
        }
        out.result({ fingerprint: key.fingerprint, ...files }, () => {
          out.line('made the key ', { text: key.fingerprint, style: 'bold' });
          out.fields([
            ['private', `${files.private}: sign with it, and give it to nobody`],
            ['public', `${files.public}: for the nodes, "rollcall keys add"`],
            ['revocation', `${files.revocation}: put it aside, for when the key is lost or stolen`],
          ]);
        });
      }),
    );
}

/** Never over a file that is there. */
const write = (path: string, text: string, mode: number): Promise<void> =>
  writeFile(path, text, { mode, flag: 'wx', flush: true });

function wrongName(error: unknown): never {
  if (!(error instanceof RollcallError)) throw error;
  throw new CliError(exits.usage, error.code, error.message);
}
