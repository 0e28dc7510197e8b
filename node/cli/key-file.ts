// A key in a file that the person named.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Cli } from './cli.ts';
import { CliError, exits } from './errors.ts';

/** As it stands there: armor is ASCII, and anything else is refused by whoever parses it. @throws CliError NO_KEY_FILE */
export const readKeyFile = (path: string, cli: Pick<Cli, 'cwd'>): Promise<string> =>
  readFile(resolve(cli.cwd, path), 'latin1').catch(error => {
    throw new CliError(
      exits.usage,
      'NO_KEY_FILE',
      `cannot read the key: ${messageOf(error)}`,
      'name the armored file of a key, such as "rollcall keys generate" makes',
    );
  });
