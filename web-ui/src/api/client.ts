// Asks the node's API. Errors are its problem documents; what was answered before is asked for by its ETag.
import { PageParser } from '../lib/page-parser.ts';
import type { ServerRow, ServersPage } from './types.ts';

/** An answer that says no, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(status: number, code: string, detail: string, remedy?: string) {
    super(detail);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

const base = '/api/v1';

/** @throws ApiError */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

/** What is not JSON: bytes, or lines. @throws ApiError */
export const getBody = (path: string): Promise<Response> => ask(path, {});

/** Writes need the token of the node. @throws ApiError */
export async function post<T>(path: string, token: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as T;
}

/** Takes something back. @throws ApiError */
export async function remove(path: string, token: string): Promise<void> {
  await ask(path, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
}

/**
 * The list, handed over in pieces as it arrives. Undefined when it is still the one with `etag`.
 * @throws ApiError
 */
export async function servers(
  query: string,
  etag: string | undefined,
  onRows: (rows: ServerRow[], total: number) => void | Promise<void>,
): Promise<{ page: ServersPage; etag: string | undefined } | undefined> {
  const response = await ask(`/servers${query}`, etag === undefined ? {} : { headers: { 'if-none-match': etag } });
  if (response.status === 304) return undefined;
  const parser = new PageParser();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const rows of parser.push(piece.value)) await onRows(rows, parser.total);
  }
  const { rows, page } = parser.end();
  await onRows(rows, page.total);
  return { page, etag: response.headers.get('etag') ?? undefined };
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  // The node answers `no-cache` with an ETag: what the page holds is asked for by hand, so no second copy is kept.
  const response = await fetch(`${base}${path}`, { cache: 'no-store', ...init }).catch(error => {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'NO_ANSWER', 'the node does not answer');
  });
  if (response.ok || response.status === 304) return response;
  const problem = await response.json().catch(() => ({}));
  const detail = typeof problem.detail === 'string' ? problem.detail : `${response.status} ${response.statusText}`;
  throw new ApiError(response.status, String(problem.code ?? 'UNKNOWN'), detail, problem.remedy);
}
