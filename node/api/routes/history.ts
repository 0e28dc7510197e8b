// The list over time: commits, and what changed between two of them.
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import { sendJson } from '../answer.ts';
import * as inputs from '../inputs-history.ts';
import type { GraphQuery, HistoryQuery, Node } from '../port.ts';
import type { CommitQuery } from '../port-history.ts';
import * as schemas from '../schemas.ts';
import { HistoryGraph } from '../schemas-history.ts';

export type HistoryRoutesDeps = { readonly node: Pick<Node, 'history' | 'graph' | 'commit' | 'diff'> };

const tags = ['history'];

export function historyRoutes(app: FastifyInstance, { node }: HistoryRoutesDeps): void {
  app.get<{ Querystring: HistoryQuery }>(
    '/api/v1/history',
    {
      schema: {
        summary: 'Commits, the newest first; the next page is `before` the last one of this',
        tags,
        querystring: inputs.HistoryQuery,
        response: { 200: schemas.History },
      },
    },
    ({ query }) => node.history({ limit: inputs.historyLimitDefault, ...query }),
  );

  app.get<{ Querystring: GraphQuery }>(
    '/api/v1/history/graph',
    {
      schema: {
        summary:
          'Every commit made or adopted here, the newest first, with branches that a rollback left; the next page is `before` its `next`',
        tags,
        querystring: inputs.GraphQuery,
        response: { 200: HistoryGraph },
      },
    },
    async (request, reply) => sendJson(request, reply, await node.graph(request.query)),
  );

  app.get<{ Params: { oid: string }; Querystring: CommitQuery }>(
    '/api/v1/commits/:oid',
    {
      schema: {
        summary: 'One commit and what it changed; also by abbreviation, HEAD, main or HEAD~3',
        tags,
        querystring: inputs.CommitQuery,
        response: { 200: schemas.CommitDetail },
      },
    },
    async (request, reply) => sendJson(request, reply, await node.commit(request.params.oid, request.query)),
  );

  app.get<{ Params: { range: string } }>(
    '/api/v1/compare/:range',
    {
      schema: {
        summary: 'What changed over a range `a...b`; over `a` alone, from there to the list as it stands',
        tags,
        response: { 200: schemas.ServersDiff },
      },
    },
    async (request, reply) => {
      const [a = '', b, ...more] = request.params.range.split('...');
      if (a === '' || b === '' || more.length > 0) {
        throw new RollcallError('BAD_RANGE', 'range: must be one commit, or two with "..." between them');
      }
      return sendJson(request, reply, await (b === undefined ? node.diff(a) : node.diff(a, b)));
    },
  );
}
