// Runs command lines against a node that only looks like one: an HTTP server with canned answers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Cli, Source } from '../../node/cli/cli.ts';
import { run } from '../../node/cli/program.ts';

export const now = 1_763_600_000_000;
export const token = 'a-token-for-tests';

export type Asked = { method: string; path: string; authorization: string | undefined; body: unknown };
export type Answer = { status?: number; body: unknown };
/** By method and path without the query: `GET /api/v1/status`. */
export type Answers = Record<string, Answer | ((body: never) => Answer)>;
export type Ran = { exit: number; stdout: string; stderr: string };

/** A data folder in which nothing runs. */
export async function emptyFolder(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-cli-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

export async function fakeNode(answers: Answers): Promise<{ folder: string; asked: Asked[] } & AsyncDisposable> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await jsonOf(request);
    asked.push({ method: request.method ?? '', path, authorization: request.headers.authorization, body });
    const given = answers[`${request.method} ${path.split('?')[0]}`] ?? noSuchPage;
    const answer = typeof given === 'function' ? given(body as never) : given;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const temporary = await emptyFolder();
  await writeFile(join(temporary.folder, 'api-token'), `${token}\n`, { mode: 0o600 });
  await writeFile(join(temporary.folder, 'node.json'), JSON.stringify({ pid: 1, http: `http://127.0.0.1:${port}` }));
  return {
    folder: temporary.folder,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(closed => server.close(closed));
      await temporary[Symbol.asyncDispose]();
    },
  };
}

/** Runs `rollcall <argv>` in this process. */
export async function rollcall(argv: readonly string[], changes: Partial<Cli> = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const exit = await run({
    argv,
    env: {},
    pid: 1,
    cwd: tmpdir(),
    version: '1.2.3',
    stdin: () => typed(''),
    stdout: { write: text => (written.stdout += text) },
    stderr: { write: text => (written.stderr += text) },
    style: (_style, text) => text,
    clock: () => now,
    monotonic: () => now,
    random: () => 0,
    fetch,
    alive: () => true,
    interrupted: () => new AbortController().signal,
    ...changes,
  });
  return { exit, ...written };
}

/** What is typed, or piped in, before the input ends. */
export const typed = (text: string, isTTY = false): Source => Object.assign(Readable.from([text]), { isTTY });

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

const noSuchPage = {
  status: 404,
  body: { status: 404, code: 'NO_SUCH_PAGE', title: 'Not Found', detail: 'no such page' },
};
