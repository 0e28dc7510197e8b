// HTTP for gateways whose game servers announce themselves with a form: small requests, whole answers, bounds on both.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Address, formatAddress } from '../base/address.ts';
import { messageOf } from '../base/errors.ts';
import { second } from '../base/time.ts';
import type { FamilyDeps } from './family.ts';
import { cannotListen, peerOf } from './peers.ts';

export type Request = {
  /** The connection's other end. Behind a proxy this is the proxy: gateways are not put behind one. */
  readonly from: Address;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type HttpOptions = {
  readonly deps: Pick<FamilyDeps, 'host' | 'port' | 'sources' | 'counters' | 'log'>;
  /** Larger bodies are answered with 413 and not read on. */
  readonly bodyBytesMax: number;
  /** Answers one request. HEAD is answered like GET, without the body. */
  readonly answer: (request: Request) => Answer | Promise<Answer>;
};

export type Http = { readonly address: string; readonly close: () => Promise<void> };

/** Each takes about 30 KB. */
const connectionsMax = 4_096;
/** As many as one address may register servers, and some clients beside them. */
const perHostMax = 64;
/** Game servers send their form at once. */
const requestMs = 10 * second;
/** How often Node looks for those who take longer: every 30 s by itself. */
const overdueMs = second;
/** A connection on which nothing moves, either way, is closed: a list that is not read holds memory. */
const idleMs = 30 * second;
const headerBytesMax = 8 * 1024;

/** @throws RollcallError PORT_TAKEN, CANNOT_LISTEN */
export async function openHttp({ deps, bodyBytesMax, answer }: HttpOptions): Promise<Http> {
  const { host, port, sources, counters, log } = deps;
  const limits = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: overdueMs,
  };
  const server = createServer(limits, (message, response) => {
    const { remoteAddress = '0.0.0.0', remotePort = 0 } = message.socket;
    const from = peerOf(remoteAddress, remotePort);
    counters.add('requests');
    if (!sources.mayAsk(from)) {
      counters.add('throttled');
      write(response, { status: 429, headers: { 'retry-after': '10' } }, true);
      return;
    }
    handle(message, from)
      .then(({ answer, over }) => write(response, answer, message.method !== 'HEAD', over))
      .catch(error => {
        log(`${message.method} ${message.url}: ${messageOf(error)}`);
        write(response, { status: 500 }, true);
      });
  });
  const handle = async (message: IncomingMessage, from: Address): Promise<{ answer: Answer; over: boolean }> => {
    const url = urlOf(message.url);
    if (!url) return { answer: { status: 400 }, over: true };
    const body = await bodyOf(message, bodyBytesMax);
    if (!body) {
      counters.add('malformed');
      return { answer: { status: 413, body: `more than ${bodyBytesMax} bytes\n` }, over: true };
    }
    const { pathname: path, searchParams: query } = url;
    const { method = 'GET', headers } = message;
    return { answer: await answer({ from, method, path, query, headers, body }), over: false };
  };
  server.maxConnections = connectionsMax;
  server.timeout = idleMs;
  const perHost = new Map<string, number>();
  server.on('connection', socket => {
    const from = peerOf(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0);
    const there = perHost.get(from.host) ?? 0;
    if (there >= perHostMax && !sources.shared(from)) {
      counters.add('throttled');
      socket.destroy();
      return;
    }
    perHost.set(from.host, there + 1);
    socket.on('close', () => {
      const left = perHost.get(from.host)! - 1;
      if (left > 0) perHost.set(from.host, left);
      else perHost.delete(from.host);
    });
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, deps);
  }
  server.on('error', error => log(`HTTP: ${error.message}`));
  const bound = server.address() as { address: string; port: number };
  return {
    address: formatAddress(peerOf(bound.address, bound.port)),
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function urlOf(text = '/'): URL | undefined {
  // Not as a relative address: `//announce`, which servers ask for when their setting ends in a slash, would be a host.
  return URL.parse(text.startsWith('/') ? `http://gateway${text}` : text) ?? undefined;
}

/** Undefined when it is too large. @throws Error when the sender hangs up */
async function bodyOf(message: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, headers, body = '' }: Answer, full: boolean, over = false): void {
  // Lists are large and kept: they are not copied for each client.
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'content-length': bytes.length,
    ...(over ? { connection: 'close' } : {}),
  });
  response.end(full ? bytes : undefined);
}
