import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { bearer, fakeNode, now, row, setup } from '../../test/api/fake-node.ts';
import { codingFor, compressed, etagMatches, gzipped } from './encoding.ts';
import { firstPageRows, ListBodies } from './list-body.ts';

const many = Array.from({ length: 15 }, (_, digit) => row(digit));
const url = '/api/v1/servers';

for (const [header, coding] of [
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.0', 'identity'],
  ['deflate', 'identity'],
  [undefined, 'identity'],
] as const) {
  test(`who accepts "${header ?? 'nothing'}" gets ${coding}`, t => t.is(codingFor(header, ['br', 'gzip']), coding));
}

for (const [header, matches] of [
  ['W/"a"', true],
  ['"a"', true],
  ['"b", W/"a"', true],
  ['*', true],
  ['"b"', false],
  [undefined, false],
] as const) {
  test(`If-None-Match ${header ?? 'absent'} ${matches ? 'is' : 'is not'} W/"a"`, t => {
    t.is(etagMatches(header, 'W/"a"'), matches);
  });
}

test('what is compressed at once and what is compressed off the event loop is read the same', async t => {
  for (const bytes of [10_000, 1_000_000]) {
    const body = Buffer.alloc(bytes, 'a list of servers ');
    const made = gzipped(body);
    t.is(made instanceof Promise, bytes > 256 * 1024);
    t.true(gunzipSync(await made).equals(body));
  }
});

test('the list comes in brotli, gzip or plain, and is the same in each', async t => {
  const node = fakeNode();
  node.rows = many;
  const { ask } = await setup(t, { node });
  const plain = await ask(url);
  t.is(plain.headers['content-encoding'], undefined);
  t.is(plain.json().total, 15);
  for (const [coding, unpacked] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await ask({ url, headers: { 'accept-encoding': coding } });
    t.is(answer.headers['content-encoding'], coding);
    t.is(answer.headers.vary, 'accept-encoding');
    t.true(answer.rawPayload.length < plain.rawPayload.length);
    t.is(unpacked(answer.rawPayload).toString(), plain.body);
  }
  t.is(node.asked.length, 1, 'built once for all of them');
});

test('the first page is built with the whole list, and holds its first rows', async t => {
  const node = fakeNode();
  node.rows = Array.from({ length: firstPageRows + 1 }, (_, n) => row(1, { id: n.toString(16).padStart(40, '0') }));
  const { ask } = await setup(t, { node });
  const whole = (await ask(url)).json();
  const first = (await ask(`${url}?limit=${firstPageRows}`)).json();
  t.deepEqual(first, { ...whole, servers: whole.servers.slice(0, firstPageRows) });
  t.is(node.asked.length, 1);
});

test('the first page does not wait for the whole list, and is the same', async t => {
  const node = fakeNode();
  node.rows = Array.from({ length: firstPageRows + 1 }, (_, n) => row(1, { id: n.toString(16).padStart(40, '0') }));
  const { ask } = await setup(t, { node });
  const first = await ask(`${url}?limit=${firstPageRows}`);
  t.deepEqual(node.asked, [['servers', { limit: firstPageRows }]], 'for nothing else');
  await ask(url);
  const again = await ask(`${url}?limit=${firstPageRows}`);
  t.is(node.asked.length, 2);
  t.deepEqual([again.json(), again.headers.etag], [first.json(), first.headers.etag]);
});

test('a list of thousands, which is compressed while it is written, is the same JSON in each form', async t => {
  const node = fakeNode();
  const { app, ask } = await setup(t, { node });
  for (const count of [1_000, 1_001, 2_500]) {
    node.rows = Array.from({ length: count }, (_, n) => row(n % 10, { server: `s${n}` }));
    node.bump();
    for (const path of [url, `${url}?limit=5000`]) {
      const plain = await ask(path);
      t.deepEqual([plain.headers['content-encoding'], plain.json()], [undefined, node.servers({})]);
      const gzip = await ask({ url: path, headers: { 'accept-encoding': 'gzip' } });
      t.is(gzip.headers['content-encoding'], 'gzip');
      t.is(gunzipSync(gzip.rawPayload).toString(), plain.body);
    }
    const br = await ask({ url, headers: { 'accept-encoding': 'br' } });
    t.is(JSON.parse(brotliDecompressSync(br.rawPayload).toString()).total, count);
    const { headers, body } = await app.inject({ url, method: 'HEAD' });
    t.deepEqual([headers.etag, body], [br.headers.etag, '']);
  }
});

test('what goes wrong while a list is written is told to whoever asked', async t => {
  async function* pieces() {
    yield Buffer.alloc(100_000, 'a list of servers ');
    throw new Error('no more');
  }
  await t.throwsAsync(compressed(pieces(), ['br', 'gzip']), { message: 'no more' });
});

test('a list that has not changed is a 304; one that has is not', async t => {
  const { ask, node } = await setup(t);
  for (const path of [url, `${url}?game=sauerbraten`]) {
    const etag = String((await ask(path)).headers.etag);
    const headers = { 'if-none-match': etag };
    t.is((await ask({ url: path, headers })).statusCode, 304);
    node.bump();
    const changed = await ask({ url: path, headers });
    t.is(changed.statusCode, 200);
    t.not(changed.headers.etag, etag);
  }
});

test('the version of one run is not taken for that of another', async t => {
  const node = fakeNode();
  const [first, second] = [now, now + 1].map(time => new ListBodies({ node, clock: () => time }));
  t.not((await first!.ready()).whole.etag, (await second!.ready()).whole.etag);
});

test('a filtered list is kept for one version: asked again it is neither searched nor compressed again', async t => {
  const node = fakeNode();
  node.rows = many;
  const { ask } = await setup(t, { node });
  const request = { url: `${url}?limit=14`, headers: { 'accept-encoding': 'gzip, br' } };
  const answers = [await ask(request), await ask(request)];
  for (const answer of answers) {
    t.is(answer.headers['content-encoding'], 'gzip');
    t.is(JSON.parse(gunzipSync(answer.rawPayload).toString()).servers.length, 14);
  }
  t.deepEqual(node.asked, [['servers', { limit: 14 }]]);
  const plain = { url: `${url}?limit=14` };
  for (const _ of [1, 2]) t.is((await ask(plain)).json().total, 15);
  t.is(node.asked.length, 2, 'once for each form');
  node.bump();
  await ask(request);
  t.is(node.asked.length, 3);
});

test('small answers are not compressed', async t => {
  const node = fakeNode();
  node.rows = [];
  const { ask } = await setup(t, { node });
  for (const path of [url, `${url}?all`]) {
    t.is((await ask({ url: path, headers: { 'accept-encoding': 'br, gzip' } })).headers['content-encoding'], undefined);
  }
});

/** Bodies over a clock that each build moves on by `buildMs`. */
function slow(buildMs: number) {
  let time = now;
  const node = fakeNode();
  const servers = node.servers;
  node.servers = query => {
    time += buildMs;
    return servers(query);
  };
  const bodies = new ListBodies({ node, clock: () => time });
  const pass = (ms: number) => {
    time += ms;
  };
  return { node, bodies, pass };
}

test('requests at the same time share one build', async t => {
  const { node, bodies } = slow(100);
  const [a, b] = await Promise.all([bodies.ready(), bodies.ready()]);
  t.is(a, b);
  t.is(node.asked.length, 1);
});

test('after a change the last body serves for a bounded while, and the next is begun before that is over', async t => {
  const { node, bodies, pass } = slow(100);
  const first = await bodies.ready();
  node.bump();
  pass(199);
  t.is(await bodies.ready(), first);
  t.is(node.asked.length, 1);
  pass(1);
  t.is(await bodies.ready(), first);
  t.is(node.asked.length, 2, 'half-way through, the next is being built');
  pass(300);
  t.not(await bodies.ready(), first);
  t.is(node.asked.length, 2);
});

test('a body that was left alone for long is not served when the list has moved on', async t => {
  const { node, bodies, pass } = slow(100);
  const first = await bodies.ready();
  pass(3_600_000);
  t.is(await bodies.ready(), first);
  node.bump();
  t.not(await bodies.ready(), first);
});

test('forgetting what is served no more takes nothing that still is', async t => {
  const { node, bodies, pass } = slow(100);
  const first = await bodies.ready();
  pass(3_600_000);
  bodies.forgetOld();
  t.is(await bodies.ready(), first, 'nothing has changed');
  node.bump();
  bodies.forgetOld();
  const second = await bodies.ready();
  t.not(second, first);
  node.bump();
  pass(300);
  bodies.forgetOld();
  t.is(await bodies.ready(), second, 'within its grace');
});

test('even a very slow build is served for two seconds at most', async t => {
  const { node, bodies, pass } = slow(10_000);
  const first = await bodies.ready();
  node.bump();
  pass(2_000);
  t.not(await bodies.ready(), first);
});

test('a clock that is set back does not make an old list new', async t => {
  const { node, bodies, pass } = slow(100);
  const first = await bodies.ready();
  node.bump();
  pass(-3_600_000);
  t.not(await bodies.ready(), first);
});

test('what the own people have just written is in the list that they read next', async t => {
  const { node, bodies } = slow(100);
  const first = await bodies.ready();
  node.bump();
  bodies.refresh();
  const second = await bodies.ready();
  t.not(second, first);
  // A build that was begun before the write does not count either.
  node.bump();
  const stale = bodies.ready();
  node.bump();
  bodies.refresh();
  const [old, fresh] = await Promise.all([stale, bodies.ready()]);
  t.not(fresh, old);
  t.is(await bodies.ready(), fresh);
});

test('a write over HTTP refreshes the list', async t => {
  const { ask, node } = await setup(t);
  await ask(url);
  const payload = { game: 'x', name: 'y', addresses: ['203.0.113.7:1'] };
  await ask({ method: 'POST', url: '/api/v1/announcements', headers: bearer, payload });
  node.rows = [];
  node.bump();
  t.is((await ask(url)).json().total, 0);
});

test('a list that tells the age of a statement is built again before the age is far off, under the same ETag', async t => {
  const { node, bodies, pass } = slow(100);
  const { servers, status } = node;
  node.servers = query => ({ ...servers(query), statement: status().statement });
  for (const ask of [async () => (await bodies.ready()).whole, () => bodies.filtered({ all: true }, false)]) {
    const first = await ask();
    pass(9_800);
    t.is(await ask(), first);
    pass(200);
    const second = await ask();
    t.not(second, first);
    t.is(second.etag, first.etag);
  }
});

test('filtered answers that are too large together push each other out', async t => {
  const node = fakeNode();
  node.rows = [row(1, { name: 'x'.repeat(6 * 1024 * 1024) })];
  const bodies = new ListBodies({ node, clock: () => now });
  for (const limit of [1, 2, 3]) await bodies.filtered({ limit }, false);
  await bodies.filtered({ limit: 3 }, false);
  t.is(node.asked.length, 3);
  await bodies.filtered({ limit: 1 }, false);
  t.is(node.asked.length, 4, 'three of 6 MiB are more than fit');
});
