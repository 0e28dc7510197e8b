// Talks HTTP to the node that runs on a data folder.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Cli } from './cli.ts';
import { CliError, exitOfStatus, exits } from './errors.ts';

export type NodeClientDeps = Pick<Cli, 'fetch' | 'alive'> & { readonly dataDir: string };

type Query = Readonly<Record<string, string | number | boolean | undefined>>;
type Request = { readonly method: 'GET' | 'POST' | 'DELETE'; readonly body?: unknown; readonly token?: boolean };

export class NodeClient {
  readonly #deps: NodeClientDeps;

  constructor(deps: NodeClientDeps) {
    this.#deps = deps;
  }

  /** @throws CliError with the exit code that fits, as do all of them */
  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#ask(path + search(query), { method: 'GET' });
  }

  /** For a reading that only the owner of the data folder may do. */
  getOwn<T>(path: string): Promise<T> {
    return this.#ask(path, { method: 'GET', token: true });
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#ask(path, { method: 'POST', body, token: true });
  }

  delete<T>(path: string, query: Query = {}): Promise<T> {
    return this.#ask(path + search(query), { method: 'DELETE', token: true });
  }

  async #ask<T>(path: string, { method, body, token }: Request): Promise<T> {
    const address = await this.#address();
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
    if (token) headers.authorization = `Bearer ${await this.#token()}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const exchange = async () => {
      const response = await this.#deps.fetch(`${address}/api/v1${path}`, { method, headers, ...payload });
      return { response, answer: (await response.json()) as unknown };
    };
    const { response, answer } = await exchange()
      // Reading once more changes nothing: then it is answered, or nobody listens any more.
      .catch(error => (method === 'GET' && isCutOff(error) ? exchange() : Promise.reject(error)))
      .catch(error => {
        throw refusedConnection(error) ? this.#noNode() : brokenOff(error);
      });
    if (!response.ok) throw problem(response.status, answer);
    return answer as T;
  }

  async #address(): Promise<string> {
    const text = await readFile(join(this.#deps.dataDir, 'node.json'), 'utf8').catch(error => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw unreadable('which node runs', error);
      return '';
    });
    const running = parseRunning(text);
    if (running === undefined || !this.#deps.alive(running.pid)) throw this.#noNode();
    return running.http;
  }

  async #token(): Promise<string> {
    const path = join(this.#deps.dataDir, 'api-token');
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw unreadable('the token', error);
    }
  }

  #noNode(): CliError {
    const { dataDir } = this.#deps;
    const remedy = `start one with "rollcall start --data ${dataDir}", or name its folder with --data`;
    return new CliError(exits.noNode, 'NO_NODE', `no node is running on ${dataDir}`, remedy);
  }
}

/** `{"pid": 4711, "http": "http://127.0.0.1:7480"}`: what a running node leaves in its data folder. */
export function parseRunning(text: string): { pid: number; http: string } | undefined {
  try {
    const { pid, http } = JSON.parse(text);
    if (!Number.isSafeInteger(pid) || pid <= 0 || typeof http !== 'string') return undefined;
    const url = new URL(http.includes('://') ? http : `http://${http}`);
    return url.protocol === 'http:' ? { pid, http: url.origin } : undefined;
  } catch {
    return undefined;
  }
}

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function unreadable(what: string, error: unknown): CliError {
  const remedy = 'run this as the user who started the node';
  return new CliError(exits.failed, 'UNREADABLE', `cannot read ${what}: ${messageOf(error)}`, remedy);
}

/** RFC 9457: `detail` says what is wrong in this case, `title` in general. */
function problem(status: number, answer: unknown): CliError {
  const { code, title, detail, remedy, missing } = (answer ?? {}) as Record<string, unknown>;
  const message = [detail, title].find(text => typeof text === 'string' && text !== '');
  return new CliError(
    exitOfStatus(status),
    typeof code === 'string' ? code : 'FAILED',
    typeof message === 'string' ? message : `the node answered with status ${status}`,
    typeof remedy === 'string' ? remedy : undefined,
    Array.isArray(missing) ? { missing: missing.map(String) } : undefined,
  );
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;

const refusedConnection = (error: unknown): boolean => codeOf(error) === 'ECONNREFUSED';

/** The node ended the connection: it is about to stop, or has just closed one on which nothing was asked for long. */
const isCutOff = (error: unknown): boolean => ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error) ?? '');

function brokenOff(error: unknown): CliError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new CliError(exits.failed, 'NODE_SILENT', `the node did not answer as it should: ${messageOf(cause)}`);
}
