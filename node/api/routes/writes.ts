// What only this node's own people may do, with its token.
import { isAbsolute } from 'node:path';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { RollcallError } from '../../base/errors.ts';
import * as inputs from '../inputs.ts';
import type { ListBodies } from '../list-body.ts';
import type { AnnounceRequest, Node } from '../port.ts';
import { closed } from '../schema-kinds.ts';
import * as schemas from '../schemas.ts';
import { needsToken } from '../security.ts';

export type WriteRoutesDeps = {
  readonly node: Pick<Node, 'announce' | 'withdraw' | 'verify' | 'exportTo'>;
  readonly bodies: Pick<ListBodies, 'refresh'>;
  readonly token: string;
};

const Exported = Type.Object(
  {
    head: Type.Union([Type.String(), Type.Null()]),
    objects: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
  },
  closed,
);

export function writeRoutes(app: FastifyInstance, { node, bodies, token }: WriteRoutesDeps): void {
  const onRequest = needsToken(token);

  app.post<{ Body: AnnounceRequest }>(
    '/api/v1/announcements',
    {
      onRequest,
      schema: {
        summary: 'Announces a server, and goes on renewing it',
        tags: ['servers'],
        secured: true,
        body: inputs.AnnounceRequest,
        response: { 201: schemas.Announced },
      },
    },
    async ({ body }, reply) => {
      const announced = await node.announce(body);
      bodies.refresh();
      return reply.code(201).header('location', `/api/v1/servers/${announced.announcement.id}`).send(announced);
    },
  );

  app.delete<{ Params: { server: string } }>(
    '/api/v1/announcements/:server',
    {
      onRequest,
      schema: {
        summary: "Says that one of this node's servers left; by its own name or its id",
        tags: ['servers'],
        secured: true,
        response: { 200: schemas.Announcement },
      },
    },
    async ({ params }) => {
      const left = await node.withdraw(params.server);
      bodies.refresh();
      return left;
    },
  );

  app.post<{ Body: { full?: boolean } }>(
    '/api/v1/verify',
    {
      onRequest,
      schema: {
        summary: 'Checks the store: objects, indexes and, with `full`, every signature',
        tags: ['history'],
        secured: true,
        body: inputs.VerifyRequest,
        response: { 200: schemas.VerifyReport },
      },
    },
    ({ body }) => node.verify({ full: body.full ?? false }),
  );

  app.post<{ Body: { folder: string } }>(
    '/api/v1/export',
    {
      onRequest,
      schema: {
        summary: 'Writes the history as a bare repository, into a folder of the machine that the node runs on',
        tags: ['history'],
        secured: true,
        body: inputs.ExportRequest,
        response: { 200: Exported },
      },
    },
    ({ body }) => {
      if (!isAbsolute(body.folder)) throw new RollcallError('BAD_INPUT', 'folder: must be an absolute path');
      return node.exportTo(body.folder);
    },
  );
}
