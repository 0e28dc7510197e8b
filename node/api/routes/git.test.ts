import { gzipSync } from 'node:zlib';
import test from 'ava';
import { fakeNode, setup } from '../../../test/api/fake-node.ts';
import { gitBodyBytesMax, gitStreamsMax } from './git.ts';

const refs = '/list.git/info/refs';
const post = { method: 'POST', url: '/list.git/git-upload-pack' } as const;
const headers = { 'content-type': 'application/x-git-upload-pack-request' };

test('the advertisement begins with the line of the service', async t => {
  const { ask } = await setup(t);
  const answer = await ask(`${refs}?service=git-upload-pack`);
  t.is(answer.headers['content-type'], 'application/x-git-upload-pack-advertisement');
  t.is(answer.headers['cache-control'], 'no-cache');
  t.is(answer.body, '001e# service=git-upload-pack\n00000000');
});

test('the dumb protocol and pushes are refused in words that git shows', async t => {
  const { ask } = await setup(t);
  for (const [request, reason] of [
    [{ url: refs }, /smart protocol/],
    [{ url: `${refs}?service=git-receive-pack` }, /nobody pushes here/],
    [{ method: 'POST', url: '/list.git/git-receive-pack', payload: 'x' }, /nobody pushes here/],
  ] as const) {
    const answer = await ask(request);
    t.is(answer.statusCode, 403);
    t.is(answer.headers['content-type'], 'text/plain; charset=utf-8');
    t.regex(answer.body, reason);
  }
});

test('a request is handed on as it came, or inflated', async t => {
  const { ask, node } = await setup(t);
  const plain = await ask({ ...post, headers, payload: '0000' });
  t.is(plain.headers['content-type'], 'application/x-git-upload-pack-result');
  t.is(plain.body, '0008NAK\nPACK');
  await ask({ ...post, headers: { ...headers, 'content-encoding': 'gzip' }, payload: gzipSync('0032want') });
  t.deepEqual(node.asked, [
    ['uploadPack', '0000'],
    ['uploadPack', '0032want'],
  ]);
});

for (const [title, request, status] of [
  ['too large', { headers, payload: 'x'.repeat(gitBodyBytesMax + 1) }, 413],
  [
    'a bomb',
    { headers: { ...headers, 'content-encoding': 'gzip' }, payload: gzipSync(Buffer.alloc(gitBodyBytesMax + 1)) },
    413,
  ],
  ['no gzip', { headers: { ...headers, 'content-encoding': 'gzip' }, payload: 'x' }, 400],
  ['compressed otherwise', { headers: { ...headers, 'content-encoding': 'br' }, payload: 'x' }, 415],
  ['JSON', { headers: { 'content-type': 'application/json' }, payload: '{}' }, 415],
  ['not there', { headers: {} }, 415],
  ['empty', { headers, payload: '' }, 400],
] as const) {
  test(`a body that is ${title} is refused`, async t => {
    const { ask, node } = await setup(t);
    const answer = await ask({ ...post, ...request });
    t.is(answer.statusCode, status);
    t.is(answer.headers['content-type'], 'text/plain; charset=utf-8');
    t.true(node.asked.every(asked => (asked as string[])[1] === ''));
  });
}

test('the bundle is whole, or only what came since', async t => {
  const { ask } = await setup(t);
  const whole = await ask('/list.bundle');
  t.is(whole.headers['content-type'], 'application/x-git-bundle');
  t.is(whole.body, '# v2 git bundle\n');
  t.is((await ask('/list.bundle?since=abc')).body, '# v2 git bundle\nabc');
  const unknown = await ask('/list.bundle?since=feed');
  t.is(unknown.statusCode, 404);
  t.is(unknown.json().code, 'NO_SUCH_COMMIT');
  t.is(unknown.headers['content-disposition'], undefined);
  const shallow = await ask('/list.bundle?since=cut');
  t.is(shallow.statusCode, 409);
  t.like(shallow.json(), { code: 'SHALLOW', detail: 'the history before it is not here' });
  t.is((await ask('/list.bundle?from=abc')).statusCode, 400);
});

test('a type that only git uses is not taken elsewhere', async t => {
  const { app } = await setup(t);
  const payload = '0000';
  const answer = await app.inject({ method: 'POST', url: '/api/v1/verify', headers, payload });
  t.is(answer.statusCode, 401);
});

test('only so many clones run at once, and one that ends makes room', async t => {
  const started = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let running = 0;
  const node = fakeNode();
  const { bundle } = node.git;
  const git = {
    ...node.git,
    async *bundle() {
      yield Buffer.from('first');
      if (++running === gitStreamsMax) started.resolve();
      await go.promise;
      yield* bundle();
    },
  };
  const { ask } = await setup(t, { node: { ...node, git } });
  const clones = Array.from({ length: gitStreamsMax }, () => ask('/list.bundle'));
  await started.promise;
  const refused = await ask('/list.bundle');
  t.is(refused.statusCode, 503);
  t.is(refused.headers['retry-after'], '5');
  go.resolve();
  for (const { body } of await Promise.all(clones)) t.is(body, 'first# v2 git bundle\n');
  t.is((await ask('/list.bundle')).statusCode, 200);
});
