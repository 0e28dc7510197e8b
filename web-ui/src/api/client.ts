// Asks the node's API. Errors are its problem documents; what was answered before is asked for by its ETag.
import { PageParser } from '../lib/page-parser.ts';
import type { CommitServer, CommitServersPage, ServerRow, ServersPage } from './types.ts';

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
/** The most that the node takes for a limit. */
const everyServer = 1_000_000;

/** @throws ApiError */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

/** What is not JSON. `onPiece` sees it arrive. @throws ApiError */
export async function getBytes(
  path: string,
  onPiece: (piece: Uint8Array) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await ask(path, {});
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of piecesOf(response.body!)) {
    pieces.push(piece);
    onPiece(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

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
  const parser = new PageParser<ServersPage>();
  for await (const text of piecesOf(response.body!.pipeThrough(new TextDecoderStream()))) {
    for (const rows of parser.push(text)) await onRows(rows, parser.total);
  }
  const page = parser.end();
  await onRows(page.servers, page.total);
  return { page, etag: response.headers.get('etag') ?? undefined };
}

/** The list as it was at a commit, handed over in pieces as it arrives. @throws ApiError */
export async function pastServers(oid: string, onRows: (rows: CommitServer[]) => void | Promise<void>): Promise<void> {
  const response = await ask(`/commits/${oid}/servers?limit=${everyServer}`, {});
  const parser = new PageParser<CommitServersPage>();
  for await (const text of piecesOf(response.body!.pipeThrough(new TextDecoderStream()))) {
    for (const rows of parser.push(text)) await onRows(rows);
  }
  await onRows(parser.end().servers);
}

/** Streams are not iterable in every browser yet. @throws ApiError when the answer breaks off */
async function* piecesOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  const broken = () => {
    throw new ApiError(0, 'BROKEN_ANSWER', 'the answer of the node broke off');
  };
  for (;;) {
    const piece = await reader.read().catch(broken);
    if (piece.done) return;
    yield piece.value;
  }
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
