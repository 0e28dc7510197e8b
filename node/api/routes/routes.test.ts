import test from 'ava';
import { bearer, oidOf, row, setup } from '../../../test/api/fake-node.ts';

test('status, peers and configuration are what the node says', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask('/api/v1/status')).json(), node.status());
  t.deepEqual((await ask('/api/v1/peers')).json(), { peers: node.peers() });
  t.deepEqual((await ask({ url: '/api/v1/config', headers: bearer })).json(), { settings: node.config() });
});

test('the list reaches the client whole, field by field', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask('/api/v1/servers')).json(), node.servers({}));
});

test('filters reach the node as numbers, flags and text', async t => {
  const { ask, node } = await setup(t);
  await ask('/api/v1/servers?game=sauerbraten&filter=players%3E1&sort=players&limit=1&all=true');
  await ask('/api/v1/servers?all');
  await ask('/api/v1/servers?all=0&game=5');
  t.deepEqual(node.asked, [
    ['servers', { game: 'sauerbraten', filter: 'players>1', sort: 'players', limit: 1, all: true }],
    ['servers', { all: true }],
    ['servers', { all: false, game: '5' }],
  ]);
});

for (const [query, detail] of [
  ['servers?limit=-1', 'limit: must be a whole number from 1 to 1000000'],
  ['servers?limit=0', 'limit: must be a whole number from 1 to 1000000'],
  ['servers?limit=many', 'limit: must be a whole number from 1 to 1000000'],
  ['karma?below=2', 'below: must be a number from -1 to 1'],
  ['karma?ending=0O', 'ending: must be the end of a peer id, 6 characters or more: only such peers'],
  ['karma?cursor=2', 'cursor: must be `next` of the page before; without it, the worst come'],
  ['history?server=zz', 'server: must be the id of a server, 40 digits of 0-9 and a-f'],
  ['history?server=', 'server: must be the id of a server, 40 digits of 0-9 and a-f'],
  ['history?signer=ada', "signer: must be the fingerprint of a maintainer's key, 40 hex digits"],
  ['commits/HEAD?limit=2&after=1', 'after: must be `next` of the part before, and goes with `limit`'],
  ['series?of=me', 'of: must be `list`, or the id of a server, 40 digits of 0-9 and a-f'],
] as const) {
  test(`/${query} is told what it has to be`, async t => {
    const { ask } = await setup(t);
    const answer = await ask(`/api/v1/${query}`);
    t.is(answer.statusCode, 400);
    t.is(answer.json().detail, detail);
  });
}

test('one server comes with its reasons and history, and an unknown one is not found', async t => {
  const { ask, node } = await setup(t);
  const detail = await ask(`/api/v1/servers/${oidOf(1)}`);
  t.deepEqual(detail.json(), await node.server(oidOf(1)));
  const { history } = detail.json();
  t.deepEqual((await ask(`/api/v1/servers/${oidOf(1)}/history`)).json(), { id: oidOf(1), history });
  for (const path of ['', '/history']) {
    const answer = await ask(`/api/v1/servers/${oidOf(7)}${path}`);
    t.is(answer.statusCode, 404);
    t.is(answer.json().code, 'NO_SUCH_SERVER');
  }
});

test('an observation is given where there is one', async t => {
  const { ask } = await setup(t);
  t.deepEqual((await ask(`/api/v1/observations/${oidOf(1)}`)).json(), row(1).observed);
  t.is((await ask(`/api/v1/observations/${oidOf(2)}`)).json().code, 'NO_SUCH_OBSERVATION');
});

test('history is asked a page at a time', async t => {
  const { ask, node } = await setup(t);
  t.is((await ask('/api/v1/history')).json().commits.length, 2);
  await ask(`/api/v1/history?server=${oidOf(1)}&announcer=12D3&signed=true&limit=5&before=HEAD`);
  t.deepEqual(node.asked, [
    ['history', { limit: 100 }],
    ['history', { server: oidOf(1), announcer: '12D3', signed: true, limit: 5, before: 'HEAD' }],
  ]);
  t.is((await ask('/api/v1/history?before=feed')).statusCode, 404);
});

test('a commit is found by any revision that the node resolves', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask('/api/v1/commits/HEAD~1')).json(), await node.commit('HEAD~1'));
  t.is((await ask('/api/v1/commits/abcd')).statusCode, 400);
  t.is((await ask(`/api/v1/commits/${oidOf(7)}`)).statusCode, 404);
});

test('two commits are compared, or one with the list as it stands', async t => {
  const { ask, node } = await setup(t);
  t.deepEqual((await ask('/api/v1/compare/HEAD~2...main')).json(), await node.diff('HEAD~2', 'main'));
  await ask('/api/v1/compare/HEAD');
  t.is((await ask(`/api/v1/compare/${oidOf(1)}...${oidOf(2)}`)).statusCode, 200);
  t.deepEqual(node.asked.slice(2), [
    ['diff', 'HEAD'],
    ['diff', oidOf(1), oidOf(2)],
  ]);
  for (const range of ['...main', 'main...', 'a...b...c']) {
    t.is((await ask(`/api/v1/compare/${range}`)).json().code, 'BAD_RANGE', range);
  }
});

test('an announcement is created, and a refused one names the field', async t => {
  const { ask, node } = await setup(t);
  const payload = { game: 'sauerbraten', name: 'x', addresses: ['203.0.113.7:1'], tags: [], attributes: { a: 'b' } };
  const request = { method: 'POST', url: '/api/v1/announcements', headers: bearer } as const;
  const created = await ask({ ...request, payload });
  t.is(created.statusCode, 201);
  t.is(created.headers.location, `/api/v1/servers/${oidOf(1)}`);
  t.is(created.json().announcement.id, oidOf(1));
  t.deepEqual(node.asked, [['announce', payload]]);
  const refused = await ask({ ...request, payload: { ...payload, name: 'twice' } });
  t.is(refused.statusCode, 400);
  t.like(refused.json(), { code: 'BAD_FIELD', field: 'name' });
});

test('an own server is withdrawn; another is not found', async t => {
  const { ask } = await setup(t);
  const request = { method: 'DELETE', headers: bearer } as const;
  t.is((await ask({ ...request, url: '/api/v1/announcements/eu-1' })).json().state, 'left');
  t.is((await ask({ ...request, url: '/api/v1/announcements/eu-2' })).statusCode, 404);
});

test('the store is verified, in full when asked', async t => {
  const { ask, node } = await setup(t);
  const request = { method: 'POST', url: '/api/v1/verify', headers: bearer } as const;
  t.true((await ask(request)).json().ok);
  await ask({ ...request, payload: { full: true } });
  t.deepEqual(node.asked, [
    ['verify', { full: false }],
    ['verify', { full: true }],
  ]);
});

test('an export goes to an absolute, empty folder', async t => {
  const { ask } = await setup(t);
  const request = { method: 'POST', url: '/api/v1/export', headers: bearer } as const;
  t.deepEqual((await ask({ ...request, payload: { folder: '/new' } })).json(), { head: null, objects: 0, bytes: 0 });
  t.is((await ask({ ...request, payload: { folder: 'new' } })).json().field, 'folder');
  const full = await ask({ ...request, payload: { folder: '/full' } });
  t.is(full.statusCode, 409);
  t.like(full.json(), { code: 'EXISTS', remedy: 'choose another' });
});

test('the node is alive before it is ready, and says what it waits for', async t => {
  const { ask } = await setup(t, { ready: () => ({ ok: false, reasons: ['the history is being read'] }) });
  t.true((await ask('/healthz')).json().ok);
  const answer = await ask('/readyz');
  t.is(answer.statusCode, 503);
  t.is(answer.json().detail, 'the history is being read');
  t.true((await (await setup(t)).ask('/readyz')).json().ok);
});

test('metrics are Prometheus text, without a word about who is there', async t => {
  const { ask } = await setup(t);
  const { body, headers } = await ask('/metrics');
  t.is(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'rollcall_servers 2',
    'rollcall_peers 2',
    'rollcall_uncommitted 4',
    'rollcall_statement_sequence 12',
    'rollcall_statement_age_seconds 90',
    'rollcall_peers_ahead 1',
    'rollcall_refused_total{code="STALE"} 5',
    'rollcall_refused_total{code="A\\"B"} 1',
    'rollcall_uptime_seconds 90',
  ]) {
    t.true(body.includes(`\n${line}\n`), line);
  }
  t.regex(body, /^(# (HELP|TYPE) .+|[a-z_]+(\{code="[^\n]*"\})? [0-9.]+)$/m);
  t.false(body.includes('12D3KooW'));
});
