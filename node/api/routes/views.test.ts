import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { fakeNode, oidOf, peer, row, setup, statement } from '../../../test/api/fake-node.ts';
import { slicesOf } from '../../../test/api/fake-views.ts';
import type { StatementEffect } from '../port.ts';
import type { CommitServer } from '../port-history.ts';
import { readersMax } from './past.ts';

/** A server as it stands in an old list: nobody knows what was seen of it then. */
function past(n: number): CommitServer {
  const { standing: _, karma: __, observed: ___, since: ____, hidden: _____, ...fields } = row(n);
  return { ...fields, signature: 'A'.repeat(86) };
}

const effect: StatementEffect = {
  statement: statement(12),
  before: oidOf(1),
  after: oidOf(2),
  counts: { lost: 1, returned: 0, joined: 0, denied: 0 },
  lost: [{ id: oidOf(3), name: 'Bob', announcer: peer }],
  returned: [],
  joined: [],
  denied: [],
  lostByAnnouncer: [{ announcer: peer, count: 1 }],
};

for (const [url, asked] of [
  ['/api/v1/history/graph?limit=7', ['graph', { limit: 7 }]],
  ['/api/v1/history/graph', ['graph', {}]],
  ['/api/v1/commits/HEAD/servers?filter=x&offset=3', ['commitServers', 'HEAD', { filter: 'x', offset: 3 }]],
  ['/api/v1/series', ['series', {}]],
  ['/api/v1/announcers?sort=karma', ['announcers', { sort: 'karma' }]],
  ['/api/v1/nodes/graph', ['nodesGraph', {}]],
] as const) {
  test(`${url} is asked of the node as it came, and answered as described; who has it gets 304`, async t => {
    const { ask, node } = await setup(t);
    const answer = await ask(url);
    t.is(answer.statusCode, 200);
    t.deepEqual(node.asked, [[...asked]]);
    const { etag } = answer.headers;
    t.is((await ask({ url, headers: { 'if-none-match': String(etag) } })).statusCode, 304);
  });
}

for (const [url, status, code, field] of [
  ['/api/v1/history?kind=strange', 400, 'BAD_INPUT', 'kind'],
  ['/api/v1/history?signer=ada', 400, 'BAD_INPUT', 'signer'],
  ['/api/v1/history?since=-1', 400, 'BAD_INPUT', 'since'],
  ['/api/v1/history/graph?limit=20001', 400, 'BAD_INPUT', 'limit'],
  ['/api/v1/history/graph?before=feed', 404, 'NO_SUCH_COMMIT', undefined],
  ['/api/v1/commits/feed/raw', 404, 'NO_SUCH_COMMIT', undefined],
  ['/api/v1/commits/feed/records', 404, 'NO_SUCH_COMMIT', undefined],
  ['/api/v1/commits/HEAD/servers?filter=((', 400, 'BAD_FILTER', 'filter'],
  ['/api/v1/commits/HEAD/servers?limit=1000001', 400, 'BAD_INPUT', 'limit'],
  ['/api/v1/series?of=me', 400, 'BAD_INPUT', 'of'],
  ['/api/v1/series?span=year', 400, 'BAD_INPUT', 'span'],
  ['/api/v1/announcers?sort=beauty', 400, 'BAD_SORT', 'sort'],
  ['/api/v1/announcers/bob', 400, 'BAD_PEER', 'announcer'],
  ['/api/v1/announcers/12D3KooWStranger', 404, 'NO_SUCH_ANNOUNCER', undefined],
  ['/api/v1/nodes/graph?limit=501', 400, 'BAD_INPUT', 'limit'],
  ['/api/v1/statements/feed', 404, 'NO_SUCH_STATEMENT', undefined],
] as const) {
  test(`${url} is refused with ${status} ${code}`, async t => {
    const { ask } = await setup(t);
    const answer = await ask(url);
    t.is(answer.statusCode, status);
    t.is(answer.json().code, code);
    t.is(answer.json().field, field);
  });
}

test('a commit is handed out byte for byte, and by its full hash for ever', async t => {
  const { ask } = await setup(t);
  const answer = await ask(`/api/v1/commits/${oidOf(2)}/raw`);
  t.is(answer.headers['content-type'], 'application/octet-stream');
  t.is(answer.rawPayload.toString(), 'tree …\0');
  t.regex(String(answer.headers['cache-control']), /immutable/);
  t.is((await ask('/api/v1/commits/HEAD/raw')).headers['cache-control'], 'no-cache', 'HEAD is another one tomorrow');
});

for (const coding of ['identity', 'gzip'] as const) {
  test(`records come byte for byte, one after the other, as ${coding}`, async t => {
    const { app } = await setup(t);
    const url = '/api/v1/commits/HEAD/records';
    const { headers, rawPayload } = await app.inject({ url, headers: { 'accept-encoding': coding } });
    t.is(headers['content-type'], 'application/octet-stream');
    t.is(headers['content-encoding'], coding === 'gzip' ? coding : undefined);
    const bytes = coding === 'gzip' ? gunzipSync(rawPayload) : rawPayload;
    t.is(bytes.toString(), '{\n}\n{\n  "name": "eu-1"\n}\n');
  });
}

test('an old list comes in slices, and how many there are behind them', async t => {
  const slices = [[past(1), past(2)], [past(3)]];
  const node = fakeNode({
    commitServers: async () => ({
      oid: oidOf(2),
      servers: (async function* () {
        yield* slices;
        return 7;
      })(),
    }),
  });
  const { ask } = await setup(t, { node });
  const answer = await ask('/api/v1/commits/HEAD/servers');
  t.deepEqual(answer.json(), { oid: oidOf(2), servers: slices.flat(), total: 7 });
});

test('only so many old lists are read at once, and room is made when one is done', async t => {
  const waiting: (() => void)[] = [];
  const node = fakeNode({
    commitServers: () => new Promise(resolve => waiting.push(() => resolve({ oid: oidOf(2), servers: slicesOf([]) }))),
  });
  const { app } = await setup(t, { node });
  const ask = () => app.inject('/api/v1/commits/HEAD/servers');
  const answers = Array.from({ length: readersMax }, ask);
  while (waiting.length < readersMax) await new Promise(setImmediate);
  const refused = await ask();
  t.is(refused.statusCode, 503);
  t.is(refused.headers['retry-after'], '2');
  for (const answer of waiting.splice(0)) answer();
  t.deepEqual(new Set((await Promise.all(answers)).map(({ statusCode }) => statusCode)), new Set([200]));
  const again = ask();
  while (waiting.length === 0) await new Promise(setImmediate);
  waiting[0]!();
  t.is((await again).statusCode, 200);
});

test('an announcer comes with its days', async t => {
  const { ask } = await setup(t);
  t.deepEqual((await ask(`/api/v1/announcers/${peer}`)).json().days.joined, [1]);
});

test('a statement comes with what it did', async t => {
  const { ask } = await setup(t, { node: fakeNode({ effect: async () => effect }) });
  t.deepEqual((await ask(`/api/v1/statements/${effect.statement.digest}`)).json(), effect);
});
