// For tests with stock git: a store with a history, git itself, and the least HTTP server that it clones from.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';
import { utf8 } from '../node/base/bytes.ts';
import { RollcallError } from '../node/base/errors.ts';
import { type Encoded, encodeObject } from '../node/history/objects.ts';
import { openStore, type Store } from '../node/history/store.ts';
import { formatTree, type TreeEntry } from '../node/history/tree.ts';

export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-git-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function temporaryStore(t: ExecutionContext): Promise<Store> {
  const store = await openStore(await temporaryFolder(t));
  t.teardown(() => store.close());
  return store;
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Stock git that sees no configuration but ours. */
export const tryGit = (folder: string, ...args: readonly string[]): Promise<Ran> => runGit(folder, args, '');

async function runGit(folder: string, args: readonly string[], input: string): Promise<Ran> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'tester',
    GIT_AUTHOR_EMAIL: 'tester@example.org',
    GIT_COMMITTER_NAME: 'tester',
    GIT_COMMITTER_EMAIL: 'tester@example.org',
  };
  const child = spawn('git', args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise<number>((done, failed) => {
    child.once('error', failed);
    child.once('close', code => done(code ?? -1));
  });
  // Git may end before it has read everything: its exit code tells.
  child.stdin.on('error', () => {}).end(input);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out: out.trim(), err: err.trim() };
}

/** What git prints; fails the test with git's own words when it fails. */
export const git = (folder: string, ...args: readonly string[]): Promise<string> => gitFed(folder, '', ...args);

/** The same with something on its standard input. */
export async function gitFed(folder: string, input: string, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runGit(folder, args, input);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: exit ${code}\n${err}`);
  return out;
}

/** Files by path, their text. */
export type Files = Readonly<Record<string, string>>;

/** Writes a commit of just these files and makes it the head. */
export async function commitFiles(
  store: Store,
  files: Files,
  { parents, atSeconds }: { parents: readonly string[]; atSeconds: number },
): Promise<string> {
  const objects: Encoded[] = [];
  const add = (type: 'blob' | 'tree' | 'commit', body: Uint8Array): string => {
    const object = encodeObject(type, body);
    objects.push(object);
    return object.oid;
  };
  const treeOf = (paths: readonly (readonly [path: string, text: string])[]): string => {
    const names = Map.groupBy(paths, ([path]) => path.split('/')[0]!);
    const entries = [...names].map(([name, inside]): TreeEntry => {
      const file = inside.find(([path]) => path === name);
      if (file) return { mode: '100644', name, oid: add('blob', utf8(file[1])) };
      return { mode: '40000', name, oid: treeOf(inside.map(([path, body]) => [path.slice(name.length + 1), body])) };
    });
    const order = ({ mode, name }: TreeEntry) => (mode === '40000' ? `${name}/` : name);
    return add('tree', formatTree(entries.sort((a, b) => (order(a) < order(b) ? -1 : 1))));
  };
  const person = `node <node@rollcall> ${atSeconds} +0000`;
  const head = [`tree ${treeOf(Object.entries(files))}`, ...parents.map(oid => `parent ${oid}`)];
  const oid = add('commit', utf8(`${head.join('\n')}\nauthor ${person}\ncommitter ${person}\n\nat ${atSeconds}\n`));
  await store.write([
    ...objects.map(object => ({ space: 'objects' as const, put: object.oid, value: object.entry })),
    { space: 'refs', put: 'main', value: utf8(oid) },
  ]);
  return oid;
}

/** `servers/0/a/f/0af….json`: a file for each number below `count`, with the round in which it changed last. */
export function serverFiles(count: number, roundOf: (server: number) => number = () => 0): Files {
  const files: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    // Spread over the leaves as hashes are.
    const id = Math.imul(i + 1, 0x9e3779b1)
      .toString(16)
      .replace('-', '')
      .padStart(8, '0');
    files[`servers/${id[0]}/${id[1]}/${id[2]}/${id}.json`] = `{"server":${i},"round":${roundOf(i)}}\n`;
  }
  return files;
}

/** A line of commits: in each, a different few of the servers change. Newest last. */
export async function commitLine(
  store: Store,
  { servers, commits, from = 1, parents = [] }: { servers: number; commits: number; from?: number; parents?: string[] },
): Promise<string[]> {
  const line: string[] = [];
  for (let round = from; round < from + commits; round++) {
    const files = serverFiles(servers, server => Math.max(0, round - (server % 7)));
    const before = line.at(-1);
    const oid = await commitFiles(store, files, {
      parents: before === undefined ? parents : [before],
      atSeconds: 1_763_600_000 + round * 30,
    });
    line.push(oid);
  }
  return line;
}

export type Service = {
  readonly advertise: () => Promise<Uint8Array>;
  readonly answer: (request: Uint8Array) => AsyncIterable<Uint8Array>;
};

/** The address of a repository on loopback, and each request that came. */
export async function serveGit(t: ExecutionContext, service: Service): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    try {
      const sent = await buffer(request);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      if (request.url === '/list.git/info/refs?service=git-upload-pack') {
        response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
        response.end(Buffer.concat([utf8('001e# service=git-upload-pack\n0000'), await service.advertise()]));
      } else if (request.url === '/list.git/git-upload-pack' && request.method === 'POST') {
        requests.push(body.toString('latin1'));
        response.setHeader('content-type', 'application/x-git-upload-pack-result');
        for await (const chunk of service.answer(body)) response.write(chunk);
        response.end();
      } else {
        response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(error instanceof RollcallError ? 400 : 500).end();
    }
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.git`, requests };
}
