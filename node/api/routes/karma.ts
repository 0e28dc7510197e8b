// What this node thinks of others, open to read; and what its own people and games tell it, with the token.
import type { FastifyInstance } from 'fastify';
import * as inputs from '../inputs.ts';
import type { ListBodies } from '../list-body.ts';
import type { KarmaQuery, Node, RateRequest } from '../port.ts';
import * as schemas from '../schemas-karma.ts';
import { needsToken } from '../security.ts';

export type KarmaRoutesDeps = {
  readonly node: Pick<Node, 'karma' | 'karmaOf' | 'rate'>;
  /** Each row of the list tells the karma of its announcer. */
  readonly bodies: Pick<ListBodies, 'refresh'>;
  readonly token: string;
};

const url = '/api/v1/karma';
const tags = ['karma'];

export function karmaRoutes(app: FastifyInstance, { node, bodies, token }: KarmaRoutesDeps): void {
  app.get<{ Querystring: KarmaQuery }>(
    url,
    {
      schema: {
        summary: 'Everybody who is no stranger to this node, the worst first, page by page',
        tags,
        querystring: inputs.KarmaQuery,
        response: { 200: schemas.KarmaPage },
      },
    },
    async ({ query }) => node.karma(query),
  );

  app.get<{ Params: { peer: string } }>(
    `${url}/:peer`,
    {
      schema: {
        summary: 'What this node thinks of a peer, a stranger too, and everything behind it',
        tags,
        response: { 200: schemas.Karma },
      },
    },
    ({ params }) => node.karmaOf(params.peer),
  );

  app.post<{ Body: RateRequest }>(
    `${url}/events`,
    {
      onRequest: needsToken(token),
      schema: {
        summary: 'Tells what a peer did; an event with an `id` that was told before counts once',
        tags,
        secured: true,
        body: inputs.RateRequest,
        response: { 201: schemas.Karma },
      },
    },
    async ({ body }, reply) => {
      const karma = await node.rate({ source: 'game', ...body });
      bodies.refresh();
      return reply.code(201).header('location', `${url}/${karma.subject}`).send(karma);
    },
  );
}
