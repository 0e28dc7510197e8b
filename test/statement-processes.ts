// What maintainers do with nodes that run as processes of their own, over HTTP.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Draft, DraftRequest, KeyJson, PublishRequest, StatementJson } from '../node/api/port.ts';
import type { Statement } from '../node/trust/statement.ts';
import type { Maintainer } from './maintainers.ts';
import type { NodeProcess } from './processes.ts';

export type Published = { readonly statement: StatementJson; readonly adopted: boolean };

export const trust = (node: NodeProcess, armored: string): Promise<{ keys: KeyJson[] }> =>
  node.send('POST', '/keys', { armored });

export const statementsOf = async (node: NodeProcess): Promise<StatementJson[]> =>
  (await node.get<{ statements: StatementJson[] }>('/statements')).statements;

/** Sequence of the statement in force. */
export const inForce = async (node: NodeProcess): Promise<number | undefined> =>
  (await node.status()).statement?.sequence;

export const announce = (node: NodeProcess, server: string, port = 20_000) =>
  node.send('POST', '/announcements', { game: 'openarena', name: server, addresses: [`127.0.0.1:${port}`], server });

/** Each listed server with its standing: `['eu-1 endorsed']`. */
export const standings = async (node: NodeProcess): Promise<string[]> =>
  (await node.servers()).servers.map(({ server, standing }) => `${server} ${standing}`).sort();

export const publish = (node: NodeProcess, { bytes }: Pick<Statement, 'bytes'>, objects?: PublishRequest['objects']) =>
  node.send<Published>('POST', '/statements', {
    commit: Buffer.from(bytes).toString('base64'),
    ...(objects ? { objects } : {}),
  });

export const draft = (
  node: NodeProcess,
  { name, email }: Pick<Maintainer, 'name' | 'email'>,
  request: Partial<DraftRequest> = {},
) => node.send<Draft>('POST', '/statements/draft', { kind: 'checkpoint', author: { name, email }, ...request });

/** Drafts, signs and publishes a checkpoint, or what is asked for. */
export async function state(
  node: NodeProcess,
  maintainer: Maintainer,
  request: Partial<DraftRequest> = {},
): Promise<Published> {
  return publish(node, await maintainer.signDraft(await draft(node, maintainer, request), Date.now()));
}

/** The one whose key `gpgHome` makes. */
export const grace = { name: 'Grace', email: 'grace@example.org' };

/** Stock gpg with a key of its own. The agent's socket lies in its home, whose path may have some 80 bytes at most. */
export async function gpgHome() {
  const GNUPGHOME = await mkdtemp('/tmp/rcg-');
  const env = { ...process.env, GNUPGHOME };
  const run = async (program: string, args: readonly string[]) =>
    (await promisify(execFile)(program, args, { env })).stdout;
  const gpg = (...args: string[]) => run('gpg', ['--batch', '--quiet', ...args]);
  await gpg('--passphrase', '', '--quick-generate-key', `${grace.name} <${grace.email}>`, 'ed25519', 'sign', '1y');
  return {
    GNUPGHOME,
    publicArmored: await gpg('--armor', '--export', grace.email),
    async [Symbol.asyncDispose]() {
      await run('gpgconf', ['--kill', 'all']);
      await rm(GNUPGHOME, { recursive: true, force: true });
    },
  };
}
