// The maintainers whose signatures this node trusts.
import type { FastifyInstance } from 'fastify';
import * as inputs from '../inputs.ts';
import type { ListBodies } from '../list-body.ts';
import type { Node } from '../port.ts';
import * as schemas from '../schemas-statements.ts';
import { needsToken } from '../security.ts';

export type KeyRoutesDeps = {
  readonly node: Pick<Node, 'keys' | 'addKey' | 'removeKey'>;
  /** With the keys changes which statement is in force, and with that the list. */
  readonly bodies: Pick<ListBodies, 'refresh'>;
  readonly token: string;
};

/** A key file of 64 KiB (trust/key.ts), its line ends escaped in JSON. */
const keyBodyBytesMax = 96 * 1024;

const url = '/api/v1/keys';
const tags = ['keys'];

export function keyRoutes(app: FastifyInstance, { node, bodies, token }: KeyRoutesDeps): void {
  const onRequest = needsToken(token);

  app.get(
    url,
    {
      schema: {
        summary: "This node's trusted maintainers' keys, and how each stands now",
        tags,
        response: { 200: schemas.Keys },
      },
    },
    async () => ({ keys: await node.keys() }),
  );

  app.post<{ Body: { armored: string } }>(
    url,
    {
      onRequest,
      bodyLimit: keyBodyBytesMax,
      schema: {
        summary: 'Trusts an armored public key, or takes in what is new about one: a later end, a revocation',
        tags,
        secured: true,
        body: inputs.AddKeyRequest,
        response: { 201: schemas.Keys },
      },
    },
    async ({ body }, reply) => {
      const keys = await node.addKey(body.armored);
      bodies.refresh();
      return reply.code(201).send({ keys });
    },
  );

  app.delete<{ Params: { fingerprint: string } }>(
    `${url}/:fingerprint`,
    {
      onRequest,
      schema: {
        summary: 'Trusts a key no longer, also one that ships with a release',
        tags,
        secured: true,
        response: { 200: schemas.KeyRemoved },
      },
    },
    async ({ params }) => {
      await node.removeKey(params.fingerprint);
      bodies.refresh();
      return { removed: params.fingerprint };
    },
  );
}
