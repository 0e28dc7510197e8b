// The list: whole, filtered, and server by server.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import { codingFor, etagMatches } from '../encoding.ts';
import * as inputs from '../inputs.ts';
import { type Body, firstPageRows, type ListBodies, type Ready } from '../list-body.ts';
import type { Node, ServerDetail, ServersQuery } from '../port.ts';
import * as schemas from '../schemas.ts';

export type ServerRoutesDeps = {
  readonly node: Pick<Node, 'server' | 'observation'>;
  readonly bodies: Pick<ListBodies, 'ready' | 'filtered'>;
};

type ById = { Params: { id: string } };
const tags = ['servers'];

export function serverRoutes(app: FastifyInstance, { node, bodies }: ServerRoutesDeps): void {
  app.get<{ Querystring: ServersQuery }>(
    '/api/v1/servers',
    {
      schema: {
        summary: 'The servers that are listed, filtered and sorted',
        tags,
        querystring: inputs.ServersQuery,
        response: { 200: schemas.ServersPage },
      },
    },
    (request, reply) => {
      const send = (body: Body) => sendBody(request, reply, body);
      const part = readyPart(request.query);
      if (!part) {
        const wantsGzip = codingFor(request.headers['accept-encoding'], ['gzip']) === 'gzip';
        return bodies.filtered(request.query, wantsGzip).then(send);
      }
      const ready = bodies.ready();
      if (ready instanceof Promise) return ready.then(it => send(it[part]));
      // What is asked most of all goes out without a promise.
      return send(ready[part]);
    },
  );

  app.get<ById>(
    '/api/v1/servers/:id',
    {
      schema: {
        summary: 'One server, its history, and why it stands where it stands',
        tags,
        response: { 200: schemas.ServerDetail },
      },
    },
    ({ params }) => detail(node, params.id),
  );

  app.get<ById>(
    '/api/v1/servers/:id/history',
    { schema: { summary: 'The commits that changed a server', tags, response: { 200: schemas.ServerHistory } } },
    async ({ params }) => {
      const { id, history } = await detail(node, params.id);
      return { id, history };
    },
  );

  app.get<ById>(
    '/api/v1/observations/:id',
    { schema: { summary: 'What was last seen of a server', tags, response: { 200: schemas.Observed } } },
    async ({ params }) => {
      const observed = node.observation(params.id);
      if (observed === null) throw new RollcallError('NO_SUCH_OBSERVATION', 'nothing was seen of such a server lately');
      return observed;
    },
  );
}

/** What is built ahead of requests. */
function readyPart({ limit, ...others }: ServersQuery): keyof Ready | undefined {
  if (Object.keys(others).length > 0) return undefined;
  return limit === undefined ? 'whole' : limit === firstPageRows ? 'first' : undefined;
}

async function detail(node: ServerRoutesDeps['node'], id: string): Promise<ServerDetail> {
  const server = await node.server(id);
  if (!server) throw new RollcallError('NO_SUCH_SERVER', 'neither the list nor its history knows such a server');
  return server;
}

/** Bodies are JSON already: no schema writes them again. */
function sendBody(request: FastifyRequest, reply: FastifyReply, { etag, forms }: Body): void {
  reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'no-cache' });
  if (etagMatches(request.headers['if-none-match'], etag)) {
    reply.code(304).send();
    return;
  }
  const coding = codingFor(request.headers['accept-encoding'], forms.br ? ['br', 'gzip'] : forms.gzip ? ['gzip'] : []);
  if (coding !== 'identity') reply.header('content-encoding', coding);
  reply.type('application/json; charset=utf-8').send(forms[coding] ?? forms.identity);
}
