// What maintainers said, and the two steps of saying something: a draft to sign elsewhere, and the signed commit.
import type { FastifyInstance } from 'fastify';
import { RollcallError } from '../../base/errors.ts';
import { sendJson } from '../answer.ts';
import * as inputs from '../inputs.ts';
import type { ListBodies } from '../list-body.ts';
import type { DraftRequest, Node, PublishRequest } from '../port.ts';
import { StatementEffect } from '../schemas-history.ts';
import * as schemas from '../schemas-statements.ts';
import { needsToken } from '../security.ts';

export type StatementRoutesDeps = {
  readonly node: Pick<Node, 'statements' | 'effect' | 'draft' | 'publish'>;
  readonly bodies: Pick<ListBodies, 'refresh'>;
  readonly token: string;
};

/** The trees and announcements of a statement that was made elsewhere, in base64: a thousand servers at a time. */
export const publishBytesMax = 4 * 1024 * 1024;

const url = '/api/v1/statements';
const tags = ['statements'];

export function statementRoutes(app: FastifyInstance, { node, bodies, token }: StatementRoutesDeps): void {
  const onRequest = needsToken(token);

  app.get(
    url,
    { schema: { summary: 'Statements of maintainers, the latest first', tags, response: { 200: schemas.Statements } } },
    async () => ({ statements: await node.statements() }),
  );

  app.get<{ Params: { digest: string } }>(
    `${url}/:digest`,
    {
      schema: {
        summary: 'A statement that is kept, by its digest, and what came into force with it on this node',
        tags,
        response: { 200: StatementEffect },
      },
    },
    async (request, reply) => {
      const effect = await node.effect(request.params.digest);
      if (!effect) throw new RollcallError('NO_SUCH_STATEMENT', 'no statement of this digest is kept here');
      return sendJson(request, reply, effect);
    },
  );

  app.post<{ Body: DraftRequest }>(
    `${url}/draft`,
    {
      onRequest,
      schema: {
        summary: 'What a maintainer would sign now, and what it would do; nothing is published',
        tags,
        secured: true,
        body: inputs.DraftRequest,
        response: { 200: schemas.Draft },
      },
    },
    ({ body }) => node.draft(body),
  );

  app.post<{ Body: PublishRequest }>(
    url,
    {
      onRequest,
      bodyLimit: publishBytesMax,
      schema: {
        summary: 'Takes in a signed commit, and gossips it; OBJECTS_MISSING names what has to come with it',
        tags,
        secured: true,
        body: inputs.PublishRequest,
        response: { 201: schemas.Published },
      },
    },
    async ({ body }, reply) => {
      const published = await node.publish(body);
      bodies.refresh();
      return reply.code(201).send(published);
    },
  );
}
