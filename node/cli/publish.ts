// rollcall publish: gossips a statement that was signed elsewhere, with stock git and gpg, say.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { PublishRequest } from '../api/port.ts';
import type { Cli } from './cli.ts';
import type { NodeClient } from './client.ts';
import { action } from './command.ts';
import { CliError, exits } from './errors.ts';
import { findRepository, type Repository } from './repository.ts';
import type { Published } from './signing.ts';
import { publishedWords } from './statement-words.ts';

/** The node takes 4 MiB in one request: in base64 that is less than this, with room for the names around it. */
const objectsBytesMax = 2_500_000;
/** Around each in JSON. */
const objectFrameBytes = 48;
/** A list of 100,000 servers takes some 30 such requests, and six more for the levels of its tree. */
const roundsMax = 64;

export function addPublish(program: Command, cli: Cli): void {
  program
    .command('publish <statement>')
    .description(
      'gossip a statement signed elsewhere: a file with the raw commit, - for stdin, or a ref of this folder',
    )
    .action(
      action(cli, async ({ out, node }, _options, given) => {
        const { commit, repository } = await find(given, cli);
        const published = await publish(commit, repository, node);
        out.result(published, () => out.line(publishedWords(published)));
      }),
    );
}

type Objects = NonNullable<PublishRequest['objects']>;
type Found = { readonly commit: Uint8Array; readonly repository?: Repository };

async function find(given: string, cli: Cli): Promise<Found> {
  if (given === '-') return { commit: await buffer(cli.stdin()) };
  const commit = await readFile(resolve(cli.cwd, given)).catch(() => undefined);
  if (commit) return { commit };
  const repository = await findRepository(cli.cwd);
  const where = repository ? 'this git repository' : 'a git repository, which this folder is not';
  const missing = new CliError(
    exits.refused,
    'NO_SUCH_STATEMENT',
    `"${given}" is neither a file nor a ref of ${where}`,
  );
  const oid = await repository?.resolve(given);
  const object = oid === undefined ? undefined : await repository?.read(oid);
  if (!repository || !object) throw missing;
  if (object.type !== 'commit') throw new CliError(exits.usage, 'NOT_A_COMMIT', `${given} is a ${object.type}`);
  return { commit: object.body, repository };
}

/** Sends the commit; then, as long as the repository has it, what the node says it lacks of its tree, a part at a time. */
async function publish(commit: Uint8Array, repository: Repository | undefined, node: NodeClient): Promise<Published> {
  let objects: Objects = [];
  for (let round = 1; ; round++) {
    try {
      return await node.post<Published>('/statements', { commit: base64(commit), objects });
    } catch (error) {
      const missing = missingIn(error);
      if (missing.length > 0 && !repository) throw elsewhere(error as CliError);
      if (missing.length === 0 || !repository || round === roundsMax) throw error;
      objects = await readSome(missing, repository);
      // The repository has not got them either.
      if (objects.length === 0) throw error;
    }
  }
}

/** As many as go into one request; the node keeps them, and says what is still missing. */
async function readSome(oids: readonly string[], repository: Repository): Promise<Objects> {
  const objects: Objects = [];
  let bytes = 0;
  for (const oid of oids) {
    const found = await repository.read(oid);
    if (found?.type !== 'tree' && found?.type !== 'blob') continue;
    bytes += found.body.length + objectFrameBytes;
    if (bytes > objectsBytesMax && objects.length > 0) break;
    objects.push({ type: found.type, body: base64(found.body) });
  }
  return objects;
}

const elsewhere = ({ exit, code, message, details }: CliError): CliError =>
  new CliError(exit, code, message, 'run "rollcall publish <ref>" in the repository where it was made', details);

function missingIn(error: unknown): string[] {
  const missing = error instanceof CliError ? error.details?.missing : undefined;
  return Array.isArray(missing) ? missing : [];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
