// One commit in full: its bytes, the list as it stood there, and what a browser needs to check a statement by itself.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { RollcallError } from '../../base/errors.ts';
import { isKnown, sendJson } from '../answer.ts';
import * as inputs from '../inputs-history.ts';
import type { CommitServersQuery, Node } from '../port.ts';
import { CommitRecord, CommitServers } from '../schemas-history.ts';

export type PastRoutesDeps = { readonly node: Pick<Node, 'commitRaw' | 'commitServers' | 'commitRecords'> };

type ByOid = { Params: { oid: string } };
const tags = ['history'];
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
        response: { 200: { content: { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } } } },
      },
    },
    async (request, reply) => {
      const { oid, bytes } = await node.commitRaw(request.params.oid);
      if (isKnown(request, reply, request.params.oid, oid)) return reply.code(304).send();
      return reply.type('application/octet-stream').send(Buffer.from(bytes));
    },
  );

  app.get<ByOid & { Querystring: CommitServersQuery }>(
    '/api/v1/commits/:oid/servers',
    {
      schema: {
        summary: 'The list as it stood at a commit, in the order of ids; who had withdrawn is not in it',
        tags,
        querystring: inputs.CommitServersQuery,
        response: { 200: CommitServers },
      },
    },
    async (request, reply) => {
      takePlace(reply);
      return sendJson(request, reply, await node.commitServers(request.params.oid, request.query));
    },
  );

  app.get<ByOid>(
    '/api/v1/commits/:oid/records',
    {
      exposeHeadRoute: false,
      schema: {
        summary:
          'All announcements of a commit, one line of JSON each, in the order of their paths. `Rollcall-Records` of a statement is `sha256:` and the SHA-256, in hex, of what the blobs hold when it is put one after the other: decode the base64 of each line in turn and hash it, with nothing between',
        tags,
        response: { 200: { content: { 'application/x-ndjson': { schema: CommitRecord } } } },
      },
    },
    async ({ params }, reply) => {
      takePlace(reply);
      const lines = node.commitRecords(params.oid)[Symbol.asyncIterator]();
      // Waited for, so that a refusal is still an answer of its own.
      const first = await lines.next();
      return reply
        .type('application/x-ndjson; charset=utf-8')
        .send(Readable.from(from(first, lines), { objectMode: false }));
    },
  );
}

async function* from(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
