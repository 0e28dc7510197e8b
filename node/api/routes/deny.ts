// Whom this node bars by itself, beside those whom its configuration and the maintainers bar.
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import * as inputs from '../inputs.ts';
import type { ListBodies } from '../list-body.ts';
import type { DenyAddRequest, DenySubject, Node } from '../port.ts';
import * as schemas from '../schemas-statements.ts';
import { needsToken } from '../security.ts';

export type DenyRoutesDeps = {
  readonly node: Pick<Node, 'deny' | 'addDeny' | 'removeDeny'>;
  /** Who is barred leaves the list at once. */
  readonly bodies: Pick<ListBodies, 'refresh'>;
  readonly token: string;
};

/** 10,000 ranges of IPv6, the longest there are, in JSON. */
const denyBodyBytesMax = 512 * 1024;

const url = '/api/v1/deny';
const tags = ['deny'];

export function denyRoutes(app: FastifyInstance, { node, bodies, token }: DenyRoutesDeps): void {
  const onRequest = needsToken(token);

  app.get(
    url,
    {
      schema: {
        summary: "Deny rules in force: this node's own, its configuration's and the maintainers'",
        tags,
        response: { 200: schemas.DenyRules },
      },
    },
    async () => ({ rules: node.deny() }),
  );

  app.post<{ Body: DenyAddRequest }>(
    url,
    {
      onRequest,
      bodyLimit: denyBodyBytesMax,
      schema: {
        summary:
          'Bars announcers, address ranges or games on this node; a rule for the same takes the place of the old',
        tags,
        secured: true,
        body: inputs.DenyAddRequest,
        response: { 201: schemas.DenyAdded },
      },
    },
    async ({ body }, reply) => {
      const added = await node.addDeny(body);
      bodies.refresh();
      return reply.code(201).send(added);
    },
  );

  app.delete<{ Querystring: DenySubject }>(
    url,
    {
      onRequest,
      schema: {
        summary: "Takes back one of this node's own rules",
        tags,
        secured: true,
        querystring: inputs.DenySubject,
        response: { 200: schemas.DenyRule },
      },
    },
    async ({ query }) => {
      if (Object.keys(query).length !== 1)
        throw new RollcallError('BAD_INPUT', 'query: must name exactly one of announcer, address, game');
      const removed = await node.removeDeny(query);
      bodies.refresh();
      return removed;
    },
  );
}
