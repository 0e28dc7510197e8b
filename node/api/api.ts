// Puts the HTTP server together. `buildApi` needs no port and answers `inject`; what `createApi` gives has yet to listen.
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from 'fastify';
import { messageOf, RollcallError } from '../base/errors.ts';
import { type Clock, second, type Ticker } from '../base/time.ts';
import { EventHub } from './events.ts';
import { ListBodies } from './list-body.ts';
import { collectRoutes, openApi } from './openapi.ts';
import type { Node } from './port.ts';
import { problemOf, problemType, sendProblem } from './problem.ts';
import { announcerRoutes } from './routes/announcers.ts';
import { denyRoutes } from './routes/deny.ts';
import { eventRoutes } from './routes/events.ts';
import { gatewayRoutes } from './routes/gateways.ts';
import { gitRoutes } from './routes/git.ts';
import { historyRoutes } from './routes/history.ts';
import { karmaRoutes } from './routes/karma.ts';
import { keyRoutes } from './routes/keys.ts';
import { nodeRoutes, type Readiness } from './routes/node.ts';
import { pastRoutes } from './routes/past.ts';
import { seriesRoutes } from './routes/series.ts';
import { serverRoutes } from './routes/servers.ts';
import { statementRoutes } from './routes/statements.ts';
import { writeRoutes } from './routes/writes.ts';
import { guard, securityHeaders } from './security.ts';
import { compilersFactory } from './validation.ts';
import { readWebFiles, sendNotFoundPage, webRoutes } from './web.ts';

export type ApiDeps = {
  readonly node: Node;
  /** For writes: the content of `<data>/api-token`. */
  readonly token: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Origins that may write beside the node's own, such as `https://list.example.org`. */
  readonly allowedOrigins?: readonly string[];
  /** The folder of the web viewer. */
  readonly webFolder: string;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly ready: () => Readiness;
  readonly logger?: FastifyBaseLogger;
  readonly eventClientsMax?: number;
};

export type Api = AsyncDisposable & {
  /**
   * Gives where a program on this machine reaches it: `http://127.0.0.1:7480`.
   * @throws RollcallError PORT_TAKEN, or CANNOT_LISTEN for anything else
   */
  listen(): Promise<string>;
  close(): Promise<void>;
};

/** An announcement is 2 KiB at most; keys and statements may be larger, and have limits of their own. */
const bodyBytesMax = 64 * 1024;
/** Proxies close a stream that is silent for 30 to 60 s. */
const heartbeatMs = 15 * second;
/** A range of two full hashes is 83 characters. */
const paramLengthMax = 160;

/** Everything but the port, ready to listen at once. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const app = await buildApi(deps);
  await app.ready();
  const close = async () => app.close();
  return { listen: () => listen(app, deps), close, [Symbol.asyncDispose]: close };
}

async function listen(app: FastifyInstance, { host, port }: ApiDeps): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const remedy = 'choose another with --http <host:port>, or http.host and http.port';
    if ((error as { code?: string }).code === 'EADDRINUSE') {
      throw new RollcallError('PORT_TAKEN', `port ${port} of ${host} is in use`, { remedy, cause: error });
    }
    throw new RollcallError('CANNOT_LISTEN', `cannot listen on ${host}, port ${port}: ${messageOf(error)}`, {
      remedy,
      cause: error,
    });
  }
  return addressOf(app.server);
}

export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const { node, token, host, allowedHosts, allowedOrigins = [], clock, ready, logger, eventClientsMax } = deps;
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    // Open event streams would keep `close()` waiting for ever.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: paramLengthMax },
    schemaController: { compilersFactory },
    // These come before any hook.
    frameworkErrors: (error, _, reply) => void sendProblem(reply.headers(securityHeaders), problemOf(error)),
    clientErrorHandler: refuseGarbage,
  });
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const problem = problemOf(error);
    if (problem.status === 500) reply.log.error(error);
    return sendProblem(reply, problem);
  });
  const files = await readWebFiles(deps.webFolder);
  app.setNotFoundHandler((request, reply) => {
    if (sendNotFoundPage(request, reply, files)) return reply;
    throw new RollcallError('NO_SUCH_PAGE', 'there is nothing at this address; /openapi.json lists what there is');
  });
  guard(app, { host, allowedHosts, allowedOrigins });

  const stop = new AbortController();
  app.addHook('preClose', async () => stop.abort());
  const run = clock().toString(36);
  const hub = new EventHub({ run, ...(eventClientsMax === undefined ? {} : { clientsMax: eventClientsMax }) });
  node.watch(event => hub.publish(event), stop.signal);
  deps.ticker(heartbeatMs, () => hub.heartbeat(), stop.signal);
  deps.ticker(second, () => hub.flush(), stop.signal);
  stop.signal.addEventListener('abort', () => hub.close());

  const methods = collectMethods(app);
  const routes = collectRoutes(app);
  const bodies = new ListBodies({ node, clock });
  deps.ticker(second, () => bodies.forgetOld(), stop.signal);
  serverRoutes(app, { node, bodies });
  historyRoutes(app, { node });
  pastRoutes(app, { node });
  seriesRoutes(app, { node });
  announcerRoutes(app, { node });
  nodeRoutes(app, { node, token, clock, ready, eventClients: () => hub.clients });
  gatewayRoutes(app, { node });
  writeRoutes(app, { node, bodies, token });
  statementRoutes(app, { node, bodies, token });
  keyRoutes(app, { node, bodies, token });
  denyRoutes(app, { node, bodies, token });
  karmaRoutes(app, { node, bodies, token });
  eventRoutes(app, { hub });
  await app.register(gitRoutes, { git: node.git });
  let document: string | undefined;
  app.get('/openapi.json', (_, reply) => {
    document ??= JSON.stringify(openApi(routes, node.status().version));
    return reply.type('application/json; charset=utf-8').send(document);
  });
  webRoutes(app, files);
  refuseOtherMethods(app, methods);
  return app;
}

/** Notes the methods of each route that is added to `app` from here on. */
function collectMethods(app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ method, url }) => {
    methods.set(url, (methods.get(url) ?? new Set()).union(new Set([method].flat())));
  });
  return methods;
}

/**
 * Where there is something, but not for this method, the answer is 405 and says which there are. To route all other methods to it
 * took half of the time in which the API was made.
 */
function refuseOtherMethods(app: FastifyInstance, known: ReadonlyMap<string, ReadonlySet<string>>): void {
  let routes: { readonly form: RegExp; readonly methods: ReadonlySet<string> }[] | undefined;
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    routes ??= [...known].map(([url, methods]) => ({ form: formOf(url), methods }));
    const path = request.url.replace(/\?.*$/, '');
    const here = routes.filter(({ form }) => form.test(path));
    const allow = knownMethods.filter(method => here.some(({ methods }) => methods.has(method))).join(', ');
    if (allow === '') return done();
    reply.header('allow', allow);
    done(new RollcallError('METHOD_NOT_ALLOWED', `${request.method} means nothing here, only ${allow}`));
  });
}

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Of the paths that a route takes: `/api/v1/servers/:id`, `/history/*`. */
const formOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);

/** What is no HTTP gets the shortest answer there is. */
function refuseGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = { ...problemOf(new RollcallError('BAD_REQUEST', 'this is no HTTP request')) };
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: ${problemType}\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** A server bound to all addresses is reached by the loopback one. */
function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}
