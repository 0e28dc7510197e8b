// The list: whole, filtered, and server by server.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import { codingFor, etagMatches, gunzipped } from '../encoding.ts';
import * as inputs from '../inputs.ts';
import { type Body, firstPageRows, type ListBodies } from '../list-body.ts';
import type { Node, ServerDetail, ServersQuery } from '../port.ts';
import * as schemas from '../schemas.ts';

export type ServerRoutesDeps = {
  readonly node: Pick<Node, 'server' | 'observation'>;
  readonly bodies: Pick<ListBodies, 'ready' | 'first' | 'filtered'>;
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
      const wantsGzip = () => codingFor(request.headers['accept-encoding'], ['gzip']) === 'gzip';
      const body = answerTo(bodies, request.query, wantsGzip);
      // What is asked most of all goes out without a promise.
      return body instanceof Promise ? body.then(it => sendBody(request, reply, it)) : sendBody(request, reply, body);
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

/** The whole list and its first page are built ahead of requests. */
function answerTo(
  bodies: ServerRoutesDeps['bodies'],
  query: ServersQuery,
  wantsGzip: () => boolean,
): Body | Promise<Body> {
  const { limit, ...others } = query;
  if (Object.keys(others).length > 0) return bodies.filtered(query, wantsGzip());
  if (limit === firstPageRows) return bodies.first(wantsGzip());
  if (limit !== undefined) return bodies.filtered(query, wantsGzip());
  const ready = bodies.ready();
  return ready instanceof Promise ? ready.then(({ whole }) => whole) : ready.whole;
}

async function detail(node: ServerRoutesDeps['node'], id: string): Promise<ServerDetail> {
  const server = await node.server(id);
  if (!server) throw new RollcallError('NO_SUCH_SERVER', 'neither the list nor its history knows such a server');
  return server;
}

/** Bodies are JSON already: no schema writes them again. */
function sendBody(request: FastifyRequest, reply: FastifyReply, { etag, forms }: Body): FastifyReply | undefined {
  reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'no-cache' });
  if (etagMatches(request.headers['if-none-match'], etag)) {
    reply.code(304).send();
    return undefined;
  }
  const coding = codingFor(request.headers['accept-encoding'], forms.br ? ['br', 'gzip'] : forms.gzip ? ['gzip'] : []);
  if (coding !== 'identity') reply.header('content-encoding', coding);
  reply.type('application/json; charset=utf-8');
  const form = forms[coding] ?? forms.identity;
  // A stream is not sent yet when this returns: else an answer without a body would follow.
  if (!form) return reply.send(gunzipped(forms.gzip!));
  reply.send(form);
  return undefined;
}
