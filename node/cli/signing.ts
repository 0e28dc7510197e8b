// What `checkpoint` and `rollback` share: the node drafts, the person looks and signs here, the node publishes.
import type { Command } from 'commander';
import type { DraftRequest, ShownDraft, StatementJson } from '../api/port.ts';
import type { Cli } from './cli.ts';
import type { Run } from './command.ts';
import { showDraft } from './draft-words.ts';
import { CliError, exits } from './errors.ts';
import { Output } from './output.ts';
import { passphraseOption } from './passphrase.ts';
import { askYes } from './prompt.ts';
import { type Author, author, openSigner, type SignerOptions } from './signer.ts';
import { publishedWords } from './statement-words.ts';

export type Published = { readonly statement: StatementJson; readonly adopted: boolean };

export type SigningOptions = SignerOptions & {
  readonly author?: Author;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
};

/** In the author line of what is not going to be signed. */
const nobody: Author = { name: 'nobody', email: 'nobody@example.org' };

export const addSigningOptions = (command: Command): Command =>
  command
    .option('--key <file.asc>', 'sign with this private key')
    .option('--gpg [key id]', 'sign with your own gpg, and the key there that you name')
    .addOption(passphraseOption())
    .option('--author <name <address>>', "who speaks, if not the key's first user id", author)
    .option('--dry-run', 'sign nothing: show what it would do, and print the commit message');

export async function makeStatement(
  cli: Cli,
  run: Run,
  options: SigningOptions,
  order: Omit<DraftRequest, 'author'>,
): Promise<void> {
  const { out, node, globals } = run;
  const drafted = (author: Author) => node.post<ShownDraft>('/statements/draft', { ...order, author });
  // stdout is for the message, or for what came of it.
  const aside = new Output({ stdout: cli.stderr, stderr: cli.stderr, style: cli.style, json: false });
  if (options.dryRun) {
    const draft = await drafted(options.author ?? nobody);
    return out.result(draft, () => {
      showDraft(draft, aside);
      for (const line of draft.message.trimEnd().split('\n')) out.line(line);
    });
  }
  const signer = await openSigner(options, cli);
  const draft = await drafted(options.author ?? signer.author);
  const asks = order.kind === 'rollback' && cli.stdin().isTTY === true && !options.yes;
  if (asks || !globals.json) showDraft(draft, aside);
  if (asks && !(await askYes('sign and publish?', cli))) {
    throw new CliError(exits.failed, 'NOT_SIGNED', 'nothing was signed');
  }
  const payload = Buffer.from(draft.payload, 'base64');
  const commit = await signed(payload, await signer.sign(payload));
  const published = await node.post<Published>('/statements', { commit });
  const { sequence, servers, leaves, returns, barred, doubts } = draft;
  const counts = {
    ...{ sequence, servers, leaves: leaves.length, returns: returns.length, barred: barred.length },
    doubts: doubts.total,
  };
  out.result({ ...published, draft: counts }, () => out.line(publishedWords(published)));
}

/** The commit with its signature in it, in base64. */
async function signed(payload: Uint8Array, armored: string): Promise<string> {
  const { withSignature } = await import('../trust/statement.ts');
  const statement = withSignature(payload, armored);
  if (!statement.ok) throw new CliError(exits.failed, statement.code, statement.message);
  return Buffer.from(statement.value.bytes).toString('base64');
}
