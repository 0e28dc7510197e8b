import test from 'ava';
import { bearer, setup } from '../../test/api/fake-node.ts';
import { hostAllowed, originAllowed, tokenMatches } from './security.ts';

const local = { host: '127.0.0.1', allowedHosts: ['list.example.org', '[2001:db8::7]'] };
const everywhere = { host: '0.0.0.0', allowedHosts: [] };

for (const [header, rules, allowed] of [
  ['127.0.0.1:7480', local, true],
  ['localhost:9', local, true],
  ['LOCALHOST', local, true],
  ['[::1]:7480', local, true],
  ['list.example.org', local, true],
  ['list.example.org:443', local, true],
  ['[2001:db8::7]:80', local, true],
  ['evil.example:7480', local, false],
  ['127.0.0.1.evil.example', local, false],
  ['localhost@evil.example', local, false],
  ['192.0.2.1', local, false],
  ['', local, false],
  [undefined, local, false],
  ['192.0.2.1:7480', everywhere, true],
  ['[2001:db8::1]', { host: '::', allowedHosts: [] }, true],
  ['evil.example', everywhere, false],
  ['2130706433', everywhere, false],
] as const) {
  test(`a Host of ${header ?? 'nothing'} is ${allowed ? 'let in' : 'refused'} by a node on ${rules.host}`, t => {
    t.is(hostAllowed(header, rules), allowed);
  });
}

for (const [origin, host, allowed] of [
  [undefined, '127.0.0.1:7480', true],
  ['http://127.0.0.1:7480', '127.0.0.1:7480', true],
  ['https://list.example.org', 'List.example.org', true],
  ['http://127.0.0.1:3000', '127.0.0.1:7480', false],
  ['http://evil.example', '127.0.0.1:7480', false],
  ['null', '127.0.0.1:7480', false],
  ['https://admin.example.org', '127.0.0.1:7480', true],
] as const) {
  test(`an Origin of ${origin ?? 'nothing'} ${allowed ? 'may' : 'may not'} write to ${host}`, t => {
    t.is(originAllowed(origin, host, ['https://admin.example.org']), allowed);
  });
}

for (const [header, matches] of [
  ['Bearer secret', true],
  ['bearer secret', true],
  ['Bearer secret2', false],
  ['Bearer', false],
  ['Basic secret', false],
  [undefined, false],
] as const) {
  test(`"${header ?? ''}" ${matches ? 'is' : 'is not'} the token`, t => t.is(tokenMatches(header, 'secret'), matches));
}

test('a node without a token lets nobody write', t => t.false(tokenMatches('Bearer ', '')));

test('a request under a foreign name is misdirected, whatever it asks', async t => {
  const { ask } = await setup(t);
  for (const url of ['/', '/api/v1/status', '/list.git/info/refs?service=git-upload-pack', '/nothing']) {
    const answer = await ask({ url, headers: { host: 'rebound.example:7480' } });
    t.is(answer.statusCode, 421, url);
    t.true(answer.body.includes('HOST_NOT_ALLOWED'));
  }
});

const write = { method: 'POST', url: '/api/v1/verify', payload: {} } as const;

test('a write without the token is unauthorized and says how to authorize', async t => {
  const { ask, node } = await setup(t);
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
    const answer = await ask({ ...write, headers });
    t.is(answer.statusCode, 401);
    t.is(answer.headers['www-authenticate'], 'Bearer realm="rollcall"');
    t.is(answer.json().code, 'UNAUTHORIZED');
  }
  t.deepEqual(node.asked, []);
});

test('every write needs the token before its body is looked at', async t => {
  const { app, ask } = await setup(t);
  const urls = [
    'POST /announcements',
    'DELETE /announcements/:server',
    'POST /verify',
    'POST /export',
    'GET /config',
    'POST /statements',
    'POST /statements/draft',
    'POST /keys',
    'DELETE /keys/:fingerprint',
  ];
  for (const [method, path] of urls.map(url => url.split(' ') as ['GET' | 'POST' | 'DELETE', string])) {
    t.true(app.hasRoute({ method, url: `/api/v1${path}` }));
    const payload = method === 'POST' ? { payload: 'no json', headers: { 'content-type': 'application/json' } } : {};
    t.is((await ask({ method, url: `/api/v1${path}`, ...payload })).statusCode, 401, path);
  }
});

test('a page of another site may not write even with the token; the own page may', async t => {
  const { ask } = await setup(t);
  const foreign = await ask({ ...write, headers: { ...bearer, origin: 'http://evil.example' } });
  t.is(foreign.statusCode, 403);
  t.is(foreign.json().code, 'ORIGIN_NOT_ALLOWED');
  const own = await ask({ ...write, headers: { ...bearer, host: 'localhost:1', origin: 'http://localhost:1' } });
  t.is(own.statusCode, 200);
});

test('security headers are on answers, errors and files, and nothing is opened to other origins', async t => {
  const { ask, app } = await setup(t);
  const answers = [
    await ask('/api/v1/status'),
    await ask('/nothing'),
    await ask({ ...write, headers: {} }),
    await app.inject('/app.js'),
    await app.inject('/%'),
  ];
  for (const { headers } of answers) {
    t.is(headers['x-content-type-options'], 'nosniff');
    t.is(headers['referrer-policy'], 'no-referrer');
    t.regex(
      String(headers['content-security-policy']),
      /^default-src 'none'; .*; trusted-types 'none'; form-action 'none'; manifest-src 'self'$/,
    );
    t.is(headers['access-control-allow-origin'], undefined);
  }
});
