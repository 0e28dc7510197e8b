// The web viewer: the files of one folder, read once, so that no path of a request ever reaches the disk.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { sha256Hex } from '../base/bytes.ts';
import { etagMatches } from './encoding.ts';

export type WebFile = { readonly url: string; readonly type: string; readonly etag: string; readonly body: Buffer };

/** What the viewer is made of; files of any other kind are not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export async function readWebFiles(folder: string): Promise<WebFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() && types[extname(entry.name)] !== undefined);
  return Promise.all(
    files.map(async entry => {
      const path = join(entry.parentPath, entry.name);
      const body = await readFile(path);
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      return { url, type: types[extname(entry.name)]!, etag: `"${sha256Hex(body).slice(0, 32)}"`, body };
    }),
  );
}

/** `index.html` is the page at `/`. */
export function webRoutes(app: FastifyInstance, files: readonly WebFile[]): void {
  for (const { url, type, etag, body } of files) {
    app.get(url === '/index.html' ? '/' : url, (request, reply) => {
      reply.headers({ etag, 'cache-control': 'no-cache' });
      if (etagMatches(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}
