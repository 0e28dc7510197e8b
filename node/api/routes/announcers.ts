// Who announces what, and who knows whom: tables and a graph of nodes, as far as this one sees.
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import { sendJson } from '../answer.ts';
import * as inputs from '../inputs-history.ts';
import type { AnnouncersQuery, Node, NodesGraphQuery } from '../port.ts';
import { AnnouncerDetail, AnnouncersPage, NodesGraph } from '../schemas-nodes.ts';

export type AnnouncerRoutesDeps = { readonly node: Pick<Node, 'announcers' | 'announcer' | 'nodesGraph'> };

const url = '/api/v1/announcers';
const tags = ['node'];

export function announcerRoutes(app: FastifyInstance, { node }: AnnouncerRoutesDeps): void {
  app.get<{ Querystring: AnnouncersQuery }>(
    url,
    {
      schema: {
        summary: 'Who has servers on the list, and how they stand; sums may be 5 s old',
        tags,
        querystring: inputs.AnnouncersQuery,
        response: { 200: AnnouncersPage },
      },
    },
    async (request, reply) => sendJson(request, reply, await node.announcers(request.query)),
  );

  app.get<{ Params: { peer: string } }>(
    `${url}/:peer`,
    {
      schema: {
        summary: 'One announcer, what its servers did on each of the last 30 days, and proofs of equivocation',
        tags,
        response: { 200: AnnouncerDetail },
      },
    },
    async ({ params }) => {
      const announcer = await node.announcer(params.peer);
      if (!announcer)
        throw new RollcallError('NO_SUCH_ANNOUNCER', 'neither the list nor its history knows servers of it');
      return announcer;
    },
  );

  app.get<{ Querystring: NodesGraphQuery }>(
    '/api/v1/nodes/graph',
    {
      schema: {
        summary:
          'This node, its peers, the largest announcers and the raters it hears, and what they say of each other',
        tags,
        querystring: inputs.NodesGraphQuery,
        response: { 200: NodesGraph },
      },
    },
    async (request, reply) => sendJson(request, reply, await node.nodesGraph(request.query)),
  );
}
