// The viewer's files and addresses, over a folder that looks like a built one.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { setup } from '../../test/api/fake-node.ts';
import { readWebFiles, views } from './web.ts';

const files: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><script type="module" src="/assets/main-abc.js"></script>',
  'assets/main-abc.js': 'export {};',
  'assets/main-abc.js.br': 'as brotli',
  'assets/main-abc.js.gz': 'as gzip',
  'sources.sha256': 'abc',
};

async function built(t: ExecutionContext) {
  const webFolder = await mkdtemp(join(tmpdir(), 'rollcall-web-'));
  t.teardown(() => rm(webFolder, { recursive: true }));
  await mkdir(join(webFolder, 'assets'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(webFolder, name), text);
  return setup(t, { webFolder });
}

test('the page and its files are served from memory, and nothing beside them', async t => {
  const { app } = await built(t);
  const page = await app.inject('/');
  t.is(page.headers['content-type'], 'text/html; charset=utf-8');
  t.is(page.headers['cache-control'], 'no-cache');
  for (const url of ['/../package.json', '/%2e%2e/package.json', '/package.json', '/index.html', '/sources.sha256']) {
    t.is((await app.inject(url)).statusCode, 404, url);
  }
  t.is((await app.inject('/assets/main-abc.js.br')).statusCode, 404);
});

test('the page stands at the address of every view, however deep, and not at others', async t => {
  const { app } = await built(t);
  for (const view of views) {
    for (const url of [`/${view}`, `/${view}/abc`, `/${view}/a...b/c?q=1`]) {
      t.is((await app.inject(url)).body, files['index.html']!, url);
    }
  }
  t.is((await app.inject('/elsewhere')).statusCode, 404);
  t.is((await app.inject('/api/v1/nothing')).statusCode, 404);
  t.is((await app.inject({ method: 'POST', url: '/servers' })).statusCode, 405);
});

test('a browser at an address where there is nothing gets the page, with 404; programs and the API get a problem', async t => {
  const { app } = await built(t);
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const page = await app.inject({ url: '/xyz', headers: { accept } });
  t.is(page.statusCode, 404);
  t.is(page.body, files['index.html']!);
  t.is(page.headers['content-type'], 'text/html; charset=utf-8');
  t.truthy(page.headers['content-security-policy']);
  for (const [url, accepts] of [
    ['/xyz', '*/*'],
    ['/xyz', 'application/json'],
    ['/api/v1/xyz', accept],
    ['/list.git/xyz', accept],
  ] as const) {
    const answer = await app.inject({ url, headers: { accept: accepts } });
    t.is(answer.statusCode, 404);
    t.not(answer.headers['content-type'], 'text/html; charset=utf-8', url);
  }
  t.is((await app.inject({ method: 'POST', url: '/xyz', headers: { accept } })).json().code, 'NO_SUCH_PAGE');
});

test('files with a hash in their name are kept for ever, the page is asked for again', async t => {
  const { app } = await built(t);
  const script = await app.inject('/assets/main-abc.js');
  t.is(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  const page = await app.inject('/servers');
  const headers = { 'if-none-match': String(page.headers.etag) };
  t.is((await app.inject({ url: '/history', headers })).statusCode, 304);
});

for (const [accepted, coding, body] of [
  ['gzip, br', 'br', 'as brotli'],
  ['gzip', 'gzip', 'as gzip'],
  ['identity', undefined, 'export {};'],
] as const) {
  test(`who accepts ${accepted} gets ${coding ?? 'the file as it is'}`, async t => {
    const { app } = await built(t);
    const answer = await app.inject({ url: '/assets/main-abc.js', headers: { 'accept-encoding': accepted } });
    t.is(answer.headers['content-encoding'], coding);
    t.is(answer.body, body);
    t.is(answer.headers['content-type'], 'text/javascript; charset=utf-8');
  });
}

test('a viewer that was not built says how to build it, and the API works', async t => {
  const webFolder = join(tmpdir(), 'no-such-folder-of-rollcall');
  t.deepEqual(await readWebFiles(webFolder), []);
  const { app } = await setup(t, { webFolder });
  const answer = await app.inject('/servers');
  t.is(answer.statusCode, 503);
  t.regex(answer.json().remedy, /npm run build:web/);
  t.is((await app.inject('/api/v1/status')).statusCode, 200);
});
