// Answers that are made for one request and may be large: with an ETag, so that who has them gets 304, and compressed.
import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256Hex, utf8 } from '../base/bytes.ts';
import { codingFor, compressBytesMin, etagMatches, gzipped } from './encoding.ts';

/** 100,000 announcements take 0.6 s of another thread; to make them a tenth smaller takes three times as long. */
const quickly = constants.Z_BEST_SPEED;
/** An id of 128 bits is nobody else's by chance. */
const etagBytes = 16;
/** What belongs to a commit never changes. */
const immutable = 'public, max-age=31536000, immutable';

/** JSON that the node itself made: no schema writes it again, tests compare it with the one that is shown. */
export async function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): Promise<FastifyReply> {
  const body = utf8(JSON.stringify(value));
  const etag = `"${sha256Hex(body, etagBytes)}"`;
  reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'no-cache' });
  if (etagMatches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  reply.type('application/json; charset=utf-8');
  const small = body.length < compressBytesMin || codingFor(request.headers['accept-encoding'], ['gzip']) !== 'gzip';
  return small ? reply.send(body) : reply.header('content-encoding', 'gzip').send(await gzipped(Buffer.from(body)));
}

/** What is made while it is sent, compressed on the way. What is thrown before the first piece is an answer of its own. */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<FastifyReply> {
  const body = await begun(pieces);
  reply.type(type).header('vary', 'accept-encoding');
  if (codingFor(request.headers['accept-encoding'], ['gzip']) !== 'gzip') return reply.send(body);
  // The error reaches the answer through the stream that it is sent from.
  return reply.header('content-encoding', 'gzip').send(pipeline(body, createGzip({ level: quickly }), () => {}));
}

/** A stream whose first piece is there already: what is thrown before it is an answer of its own. Ends what it is read from. */
export async function begun(pieces: AsyncIterable<string | Uint8Array>): Promise<Readable> {
  const rest = pieces[Symbol.asyncIterator]();
  const body = Readable.from(following(await rest.next(), rest), { objectMode: false });
  // Not by `finally` of `following`: it never runs when the client hung up before anything was read from it.
  body.once('close', () => void Promise.resolve(rest.return?.()).catch(() => {}));
  return body;
}

async function* following<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}

/** Bytes that a commit is known by; gives whether the client has them already. Only a full hash names the same for ever. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, asked: string, oid: string): boolean {
  const etag = `"${oid}"`;
  reply.headers({ etag, 'cache-control': asked === oid ? immutable : 'no-cache' });
  return etagMatches(request.headers['if-none-match'], etag);
}
