// The list, or one server, over time.
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../answer.ts';
import * as inputs from '../inputs-history.ts';
import type { Node, SeriesQuery } from '../port.ts';
import { Series } from '../schemas-nodes.ts';

export function seriesRoutes(app: FastifyInstance, { node }: { readonly node: Pick<Node, 'series'> }): void {
  app.get<{ Querystring: SeriesQuery }>(
    '/api/v1/series',
    {
      schema: {
        summary: 'Servers and players as this node saw them, and who joined, left and changed, step by step',
        tags: ['history'],
        querystring: inputs.SeriesQuery,
        response: { 200: Series },
      },
    },
    async (request, reply) => sendJson(request, reply, await node.series(request.query)),
  );
}
