import test from 'ava';
import { bearer, draft, fakeNode, fingerprint, key, oidOf, setup, statement } from '../../../test/api/fake-node.ts';
import { publishBytesMax } from './statements.ts';

const post = { method: 'POST', headers: bearer } as const;
const author = { name: 'Ada Quist', email: 'ada@example.org' };

test('statements and keys are open to read', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask('/api/v1/statements')).json(), { statements: await node.statements() });
  t.deepEqual((await ask('/api/v1/keys')).json(), { keys: [key] });
});

test('a draft is asked for with all that a rollback may order', async t => {
  const { ask, node } = await setup(t);
  const deny = { announcers: ['12D3'], addresses: ['203.0.113.0/24'], games: [], reason: 'bots', until: 5 };
  const payload = { kind: 'rollback', author, message: 'bots', to: 'HEAD~3', deny };
  const answer = await ask({ ...post, url: '/api/v1/statements/draft', payload });
  t.is(answer.statusCode, 200);
  t.deepEqual(answer.json(), draft);
  t.deepEqual(node.asked, [['draft', payload]]);
});

for (const [title, payload, status, code, field] of [
  ['an unknown kind', { kind: 'order', author }, 400, 'BAD_INPUT', 'kind'],
  ['no author', { kind: 'checkpoint' }, 400, 'BAD_INPUT', 'author'],
  ['deny rules without a reason', { kind: 'rollback', author, deny: {} }, 400, 'BAD_INPUT', 'reason'],
  ['a commit that is not there', { kind: 'rollback', author, to: 'feed' }, 404, 'NO_SUCH_COMMIT', undefined],
] as const) {
  test(`a draft with ${title} is refused`, async t => {
    const { ask } = await setup(t);
    const answer = await ask({ ...post, url: '/api/v1/statements/draft', payload });
    t.is(answer.statusCode, status);
    t.is(answer.json().code, code);
    t.is(answer.json().field, field);
  });
}

test('a signed commit is published, and what the node lacks for it is named', async t => {
  const { ask, node } = await setup(t);
  const url = '/api/v1/statements';
  const lacking = await ask({ ...post, url, payload: { commit: 'dHJlZQ==' } });
  t.is(lacking.statusCode, 409);
  t.like(lacking.json(), { code: 'OBJECTS_MISSING', missing: [oidOf(9)] });
  const objects = [{ type: 'tree', body: 'AAAA' }];
  const published = await ask({ ...post, url, payload: { commit: 'dHJlZQ==', objects } });
  t.is(published.statusCode, 201);
  t.deepEqual(published.json(), { statement: statement(13), adopted: true });
  t.deepEqual(node.asked.at(-1), ['publish', { commit: 'dHJlZQ==', objects }]);
  const refused = await ask({ ...post, url, payload: { commit: '', objects } });
  t.is(refused.statusCode, 403);
  t.like(refused.json(), { code: 'REFUSED', detail: 'statement: UNKNOWN_KEY' });
});

test('a statement may come with objects of 4 MiB, and with no more', async t => {
  const { ask, node } = await setup(t);
  const url = '/api/v1/statements';
  const around = JSON.stringify({ commit: 'dA==', objects: [{ type: 'blob', body: '' }] }).length;
  const payload = (bytes: number) => ({
    commit: 'dA==',
    objects: [{ type: 'blob', body: 'A'.repeat(bytes - around) }],
  });
  t.is((await ask({ ...post, url, payload: payload(publishBytesMax) })).statusCode, 201);
  t.is((await ask({ ...post, url, payload: payload(publishBytesMax + 1) })).statusCode, 413);
  t.is(node.asked.length, 1);
});

test('a key is added and removed, and a private or unknown one is refused', async t => {
  const { ask, node } = await setup(t);
  const added = await ask({ ...post, url: '/api/v1/keys', payload: { armored: 'a key' } });
  t.is(added.statusCode, 201);
  t.is(added.json().keys.length, 2);
  const secret = await ask({ ...post, url: '/api/v1/keys', payload: { armored: 'PRIVATE' } });
  t.is(secret.statusCode, 400);
  t.like(secret.json(), { code: 'PRIVATE_KEY', field: 'key' });
  const remove = { method: 'DELETE', headers: bearer } as const;
  t.deepEqual((await ask({ ...remove, url: `/api/v1/keys/${fingerprint}` })).json(), { removed: fingerprint });
  t.is((await ask({ ...remove, url: '/api/v1/keys/feed' })).statusCode, 404);
  t.deepEqual(node.asked.at(-2), ['removeKey', fingerprint]);
});

test('what is published or trusted is in the list that is asked for next', async t => {
  const node = fakeNode();
  // Building the list takes half a second here, so that an older one goes on being served for a while.
  let time = 0;
  const { ask } = await setup(t, { node, clock: () => (time += 500) });
  const etags = [(await ask('/api/v1/servers')).headers.etag];
  for (const [url, payload] of [
    ['/api/v1/statements', { commit: 'dA==', objects: [] }],
    ['/api/v1/keys', { armored: 'a key' }],
  ] as const) {
    node.bump();
    await ask({ ...post, url, payload });
    etags.push((await ask('/api/v1/servers')).headers.etag);
  }
  t.is(new Set(etags).size, etags.length);
});
