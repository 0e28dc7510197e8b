// The list over time: commits, and what changed between two of them.
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import * as inputs from '../inputs-history.ts';
import type { HistoryQuery, Node } from '../port.ts';
import * as schemas from '../schemas.ts';

export type HistoryRoutesDeps = { readonly node: Pick<Node, 'history' | 'commit' | 'diff'> };

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

  app.get<{ Params: { oid: string } }>(
    '/api/v1/commits/:oid',
    {
      schema: {
        summary: 'One commit and what it changed; also by abbreviation, HEAD, main or HEAD~3',
        tags,
        response: { 200: schemas.CommitDetail },
      },
    },
    ({ params }) => node.commit(params.oid),
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
    ({ params }) => {
      const [a = '', b, ...more] = params.range.split('...');
      if (a === '' || b === '' || more.length > 0) {
        throw new RollcallError('BAD_RANGE', 'range: must be one commit, or two with "..." between them');
      }
      return b === undefined ? node.diff(a) : node.diff(a, b);
    },
  );
}
