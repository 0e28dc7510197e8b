// One commit in full: its bytes, the list as it stood there, and what a browser needs to check a statement by itself.
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { RollcallError } from '../../base/errors.ts';
import { isKnown, sendStream } from '../answer.ts';
import * as inputs from '../inputs-history.ts';
import type { CommitServersQuery, Node } from '../port.ts';
import type * as port from '../port-history.ts';
import { CommitServers } from '../schemas-history.ts';

export type PastRoutesDeps = { readonly node: Pick<Node, 'commitRaw' | 'commitServers' | 'commitRecords'> };

type ByOid = { Params: { oid: string } };
const tags = ['history'];
const binary = 'application/octet-stream';
/** Each reads up to the whole list from disk: 100,000 servers take seconds. More are told to come back. */
export const readersMax = 4;

export function pastRoutes(app: FastifyInstance, { node }: PastRoutesDeps): void {
  let readers = 0;
  const takePlace = (reply: FastifyReply): void => {
    if (readers >= readersMax) {
      reply.header('retry-after', '2');
      throw new RollcallError('TOO_BUSY', 'as many old lists as are allowed are being read; try again in a moment');
    }
    readers++;
    reply.raw.once('close', () => readers--);
  };

  app.get<ByOid>(
    '/api/v1/commits/:oid/raw',
    {
      schema: {
        summary:
          'The bytes of a commit, as they were signed and hashed: its hash is the SHA-1 of `commit <length>`, a NUL and these',
        tags,
        response: { 200: { content: { [binary]: { schema: Type.String({ format: 'binary' }) } } } },
      },
    },
    async (request, reply) => {
      const { oid, bytes } = await node.commitRaw(request.params.oid);
      if (isKnown(request, reply, request.params.oid, oid)) return reply.code(304).send();
      return reply.type(binary).send(Buffer.from(bytes));
    },
  );

  app.get<ByOid & { Querystring: CommitServersQuery }>(
    '/api/v1/commits/:oid/servers',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'The list as it stood at a commit, in the order of ids; who had withdrawn is not in it',
        tags,
        querystring: inputs.CommitServersQuery,
        response: { 200: CommitServers },
      },
    },
    async (request, reply) => {
      takePlace(reply);
      const list = await node.commitServers(request.params.oid, request.query);
      if (isKnown(request, reply, request.params.oid, list.oid)) return reply.code(304).send();
      return sendStream(request, reply, 'application/json; charset=utf-8', jsonOf(list));
    },
  );

  app.get<ByOid>(
    '/api/v1/commits/:oid/records',
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'All announcements of a commit, byte for byte, one after the other in the order of their paths: `Rollcall-Records` of a statement is `sha256:` and the SHA-256 of this, in hex',
        tags,
        response: { 200: { content: { [binary]: { schema: Type.String({ format: 'binary' }) } } } },
      },
    },
    async (request, reply) => {
      takePlace(reply);
      return sendStream(request, reply, binary, node.commitRecords(request.params.oid));
    },
  );
}

async function* jsonOf({ oid, servers }: port.CommitServers): AsyncGenerator<string> {
  let between = `{"oid":"${oid}","servers":[`;
  try {
    let slice = await servers.next();
    for (; !slice.done; slice = await servers.next()) {
      yield between + JSON.stringify(slice.value).slice(1, -1);
      between = ',';
    }
    yield `${between === ',' ? '' : between}],"total":${slice.value}}`;
  } finally {
    // Also when nobody reads on.
    await servers.return(0);
  }
}
