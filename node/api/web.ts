// The web viewer: the files of one folder, read once, so that no path of a request ever reaches the disk.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sha256Hex } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { type Coding, codingFor, etagMatches } from './encoding.ts';

export type WebFile = {
  readonly url: string;
  readonly type: string;
  readonly etag: string;
  /** The file, and what lies compressed beside it as `<file>.br` and `<file>.gz`. */
  readonly forms: { readonly identity: Buffer } & Readonly<Partial<Record<Coding, Buffer>>>;
};

/** What the viewer is made of; files of any other kind are not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/** First parts of the viewer's addresses: each is answered with the page, which then shows that view. */
export const views = ['servers', 'history', 'commit', 'compare', 'rollbacks', 'nodes', 'status', 'series'] as const;

/** Names below it carry a hash of the content, so what is there never changes. */
const hashedFolder = '/assets/';
const forEver = 'public, max-age=31536000, immutable';

/** Empty when the viewer has not been built. */
export async function readWebFiles(folder: string): Promise<WebFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(error => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = entries.filter(entry => entry.isFile());
  const bodies = new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [`/${relative(folder, path).split(sep).join('/')}`, await readFile(path)] as const;
      }),
    ),
  );
  return [...bodies].flatMap(([url, identity]) => {
    const type = types[extname(url)];
    if (type === undefined) return [];
    const [br, gzip] = [bodies.get(`${url}.br`), bodies.get(`${url}.gz`)];
    const forms = { identity, ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) };
    return [{ url, type, etag: `"${sha256Hex(identity).slice(0, 32)}"`, forms }];
  });
}

/** `index.html` is the page at `/` and at the address of every view. */
export function webRoutes(app: FastifyInstance, files: readonly WebFile[]): void {
  const page = pageOf(files);
  for (const file of files) if (file !== page) app.get(file.url, (request, reply) => send(request, reply, file));
  for (const url of ['/', ...views.flatMap(view => [`/${view}`, `/${view}/*`])]) {
    app.get(url, (request, reply) => {
      if (page) return send(request, reply, page);
      throw new RollcallError('VIEWER_NOT_BUILT', 'the web viewer has not been built', {
        remedy: 'run "npm run build:web" and start the node again; the API is there in any case, see /openapi.json',
      });
    });
  }
}

/**
 * A browser at an address where there is nothing gets the viewer, which says so and leads on; programs, and whoever asks the
 * API, get a problem document. Whether it was sent.
 */
export function sendNotFoundPage(request: FastifyRequest, reply: FastifyReply, files: readonly WebFile[]): boolean {
  const { method, url, headers } = request;
  const wantsPage = /\btext\/html\b/.test(headers.accept ?? '') && !/^\/(?:api|list\.git)\//.test(url);
  const page = pageOf(files);
  reply.header('vary', 'accept');
  if (!wantsPage || !page || (method !== 'GET' && method !== 'HEAD')) return false;
  reply.code(404).header('cache-control', 'no-cache').type(page.type).send(page.forms.identity);
  return true;
}

const pageOf = (files: readonly WebFile[]) => files.find(({ url }) => url === '/index.html');

function send(request: FastifyRequest, reply: FastifyReply, { url, type, etag, forms }: WebFile): FastifyReply {
  const hashed = url.startsWith(hashedFolder);
  reply.headers({ etag, vary: 'accept-encoding', 'cache-control': hashed ? forEver : 'no-cache' });
  if (etagMatches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const offered = (['br', 'gzip'] as const).filter(coding => forms[coding]);
  const coding = codingFor(request.headers['accept-encoding'], offered);
  if (coding !== 'identity') reply.header('content-encoding', coding);
  return reply.type(type).send(forms[coding]);
}
