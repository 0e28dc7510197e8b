// What stock git asks: `git clone http://<node>/list.git`, `git fetch`, and bundles. Read-only, smart protocol only.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { utf8 } from '../../base/bytes.ts';
import { RollcallError } from '../../base/errors.ts';
import { begun } from '../answer.ts';
import type { GitService } from '../port.ts';
import { problemOf, sendProblem } from '../problem.ts';
import { closed } from '../schema-kinds.ts';

export type GitRoutesDeps = { readonly git: GitService };

/** 4,096 haves of 50 bytes and as many wants stay far below; as sent and as inflated. */
export const gitBodyBytesMax = 1024 * 1024;
/** Each answers with up to the whole history; more wait for nobody and are told to come back. */
export const gitStreamsMax = 16;

/** The length of a pkt-line counts its own four digits. Source: gitprotocol-http(5). */
const serviceLine = utf8('001e# service=git-upload-pack\n0000');
const uploadPackType = 'application/x-git-upload-pack-request';
const tags = ['git'];
const bytes = (type: string) => ({ 200: { content: { [type]: { schema: Type.String({ format: 'binary' }) } } } });

export async function gitRoutes(app: FastifyInstance, { git }: GitRoutesDeps): Promise<void> {
  const streams = { open: 0 };
  app.addContentTypeParser(uploadPackType, { parseAs: 'buffer', bodyLimit: gitBodyBytesMax }, inflated);
  // git prints only plain text to the person who ran it.
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    const { status, code, detail } = problem;
    if (status >= 500) reply.log.error(error);
    if (!request.url.startsWith('/list.git/')) return sendProblem(reply, problem);
    return reply.code(status).type('text/plain; charset=utf-8').send(`${code}: ${detail}\n`);
  });

  app.get<{ Querystring: { service?: string } }>(
    '/list.git/info/refs',
    {
      schema: {
        summary: 'Where stock git begins',
        tags,
        querystring: Type.Object({ service: Type.Optional(Type.String()) }),
        response: bytes('application/x-git-upload-pack-advertisement'),
      },
    },
    async ({ query }, reply) => {
      if (query.service === 'git-receive-pack') throw readOnly();
      if (query.service !== 'git-upload-pack') {
        throw new RollcallError('DUMB_PROTOCOL', 'this repository speaks the smart protocol only (git 1.6.6 or newer)');
      }
      const refs = await git.advertise();
      reply.header('cache-control', 'no-cache').type('application/x-git-upload-pack-advertisement');
      return reply.send(Buffer.concat([serviceLine, refs]));
    },
  );

  app.post<{ Body: Buffer }>(
    '/list.git/git-upload-pack',
    { schema: { summary: 'Packs for stock git', tags, response: bytes('application/x-git-upload-pack-result') } },
    async ({ body }, reply) => {
      if (!Buffer.isBuffer(body))
        throw new RollcallError('UNSUPPORTED_MEDIA_TYPE', `the body must be ${uploadPackType}`);
      const headers = { 'cache-control': 'no-cache', 'content-type': 'application/x-git-upload-pack-result' };
      return streamed(reply, git.uploadPack(body), streams, headers);
    },
  );

  app.post('/list.git/git-receive-pack', { onRequest: async () => Promise.reject(readOnly()) }, () => {});

  app.get<{ Querystring: { since?: string } }>(
    '/list.bundle',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'The history, or what came after a commit, as a git bundle',
        tags,
        querystring: Type.Object({ since: Type.Optional(Type.String({ maxLength: 64 })) }, closed),
        response: bytes('application/x-git-bundle'),
      },
    },
    async ({ query }, reply) => {
      const headers = {
        'content-disposition': 'attachment; filename="list.bundle"',
        'content-type': 'application/x-git-bundle',
      };
      return streamed(reply, git.bundle(query.since), streams, headers);
    },
  );
}

async function streamed(
  reply: FastifyReply,
  chunks: AsyncIterable<Uint8Array>,
  streams: { open: number },
  headers: Readonly<Record<string, string>>,
) {
  // Gone while the request was inflated: nothing would tell any more when its place is free again.
  if (reply.raw.closed) return reply.hijack();
  if (streams.open >= gitStreamsMax) {
    reply.header('retry-after', '5');
    throw new RollcallError('TOO_BUSY', 'as many clones as are allowed are running; try again in a moment');
  }
  streams.open++;
  reply.raw.once('close', () => streams.open--);
  const body = await begun(chunks);
  return reply.headers(headers).send(body);
}

/** git compresses requests of more than 1,024 bytes. */
async function inflated({ headers }: FastifyRequest, body: Buffer): Promise<Buffer> {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding === 'identity') return body;
  if (coding !== 'gzip' && coding !== 'x-gzip') {
    throw new RollcallError('UNSUPPORTED_MEDIA_TYPE', 'the body may be compressed with gzip only');
  }
  try {
    return await inflate(body, { maxOutputLength: gitBodyBytesMax });
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new RollcallError('TOO_LARGE', `more than ${gitBodyBytesMax} bytes when inflated`)
      : new RollcallError('BAD_REQUEST', 'the body is no gzip');
  }
}

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const readOnly = () => new RollcallError('READ_ONLY', 'nobody pushes here: the list changes by announcements');
