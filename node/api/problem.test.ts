import test from 'ava';
import { bearer, fakeNode, setup } from '../../test/api/fake-node.ts';
import { RollcallError } from '../base/errors.ts';
import { problemOf, statusOf } from './problem.ts';

for (const [code, status] of [
  ['BAD_FIELD', 400],
  ['NOT_CANONICAL', 400],
  ['UNKNOWN_FIELD', 400],
  ['AMBIGUOUS_COMMIT', 400],
  ['BAD_PEER', 400],
  ['UNKNOWN_ACTION', 400],
  ['OWN_SUBJECT', 400],
  ['NO_SUCH_COMMIT', 404],
  ['PRIVATE_KEY', 400],
  ['NO_SUCH_KEY', 404],
  ['REFUSED', 403],
  ['TOO_MANY_KEYS', 403],
  ['EXISTS', 409],
  ['NOTHING_LISTED', 409],
  ['OBJECTS_MISSING', 409],
  ['SHALLOW', 409],
  ['NOT_READY', 503],
  ['STORE_DAMAGED', 500],
  ['toString', 500],
] as const) {
  test(`${code} is ${status} over HTTP`, t => t.is(statusOf(code), status));
}

test('a problem takes its field from the fault, and keeps the remedy', t => {
  t.deepEqual(problemOf(new RollcallError('BAD_FIELD', 'name: is too long', { remedy: 'shorten it' })), {
    title: 'Bad Request',
    status: 400,
    code: 'BAD_FIELD',
    detail: 'name: is too long',
    field: 'name',
    remedy: 'shorten it',
  });
  t.is(problemOf(new RollcallError('NO_SUCH_SERVER', 'here: nothing')).field, undefined);
});

test('a problem says what is missing, and nothing else of the details', t => {
  const details = { missing: ['c0ffee'], where: '/home/alice' };
  const problem = problemOf(new RollcallError('OBJECTS_MISSING', '1 object is missing', { details }));
  t.deepEqual(problem.missing, ['c0ffee']);
  t.false(JSON.stringify(problem).includes('alice'));
});

test('an unexpected error shows nothing of itself', async t => {
  const status = () => {
    throw new Error('/home/alice/secret');
  };
  // The first call is for the version in /openapi.json.
  const node = fakeNode();
  const { ask } = await setup(t, { node });
  node.status = status;
  const answer = await ask('/api/v1/status');
  t.is(answer.statusCode, 500);
  t.is(answer.json().code, 'INTERNAL');
  t.false(answer.body.includes('alice'));
});

const json = { ...bearer, 'content-type': 'application/json' };
for (const [title, request, status, code, field] of [
  ['an unknown page', { url: '/api/v1/nothing' }, 404, 'NO_SUCH_PAGE'],
  ['an unknown parameter', { url: '/api/v1/servers?gmae=x' }, 400, 'BAD_INPUT', 'gmae'],
  ['an unknown parameter with a hostile name', { url: '/api/v1/servers?%1b[31m=x' }, 400, 'BAD_INPUT', 'querystring'],
  ['a limit that is no number', { url: '/api/v1/servers?limit=many' }, 400, 'BAD_INPUT', 'limit'],
  ['an empty limit', { url: '/api/v1/servers?limit=' }, 400, 'BAD_INPUT', 'limit'],
  ['a limit of zero', { url: '/api/v1/history?limit=0' }, 400, 'BAD_INPUT', 'limit'],
  ['a limit in hex', { url: '/api/v1/history?limit=0x10' }, 400, 'BAD_INPUT', 'limit'],
  ['a page of history that is too long', { url: '/api/v1/history?limit=1001' }, 400, 'BAD_INPUT', 'limit'],
  ['a flag that is none', { url: '/api/v1/servers?all=maybe' }, 400, 'BAD_INPUT', 'all'],
  ['a parameter given twice', { url: '/api/v1/servers?game=a&game=b' }, 400, 'BAD_INPUT', 'game'],
  ['a filter that does not parse', { url: '/api/v1/servers?filter=((' }, 400, 'BAD_FILTER', 'filter'],
  ['a broken percent sign', { url: '/%' }, 400, 'BAD_REQUEST'],
  [
    'another method',
    { method: 'PUT', url: '/api/v1/servers', headers: json, payload: '{}' },
    405,
    'METHOD_NOT_ALLOWED',
  ],
  ['broken JSON', { method: 'POST', url: '/api/v1/verify', headers: json, payload: '{' }, 400, 'BAD_REQUEST'],
  [
    'a body of another kind',
    { method: 'POST', url: '/api/v1/verify', headers: { ...bearer, 'content-type': 'text/xml' }, payload: '<x/>' },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a body that is too large',
    { method: 'POST', url: '/api/v1/verify', headers: json, payload: `"${'x'.repeat(65_536)}"` },
    413,
    'TOO_LARGE',
  ],
  [
    'a field of the wrong type',
    { method: 'POST', url: '/api/v1/announcements', headers: json, payload: { game: 'x', name: 5, addresses: ['y'] } },
    400,
    'BAD_INPUT',
    'name',
  ],
  [
    'a missing field',
    { method: 'POST', url: '/api/v1/announcements', headers: json, payload: { game: 'x', name: '' } },
    400,
    'BAD_INPUT',
    'addresses',
  ],
  [
    'an unknown field',
    { method: 'POST', url: '/api/v1/verify', headers: json, payload: { ful: true } },
    400,
    'BAD_INPUT',
    'ful',
  ],
  ['no body at all', { method: 'POST', url: '/api/v1/announcements', headers: bearer }, 400, 'BAD_INPUT', 'game'],
] as const) {
  test(`${title} gives a ${status} problem document`, async t => {
    const { ask } = await setup(t);
    const answer = await ask(request);
    t.is(answer.headers['content-type'], 'application/problem+json');
    const problem = answer.json();
    t.is(problem.status, status);
    t.is(answer.statusCode, status);
    t.is(problem.code, code);
    t.is(problem.field, field);
  });
}

test('405 says what is allowed', async t => {
  const { ask } = await setup(t);
  t.is((await ask({ method: 'POST', url: '/api/v1/servers' })).headers.allow, 'GET, HEAD');
  t.is((await ask({ method: 'GET', url: '/api/v1/announcements' })).headers.allow, 'POST');
});
