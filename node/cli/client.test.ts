import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../../test/stock-git.ts';
import { NodeClient, parseRunning } from './client.ts';

for (const [text, http] of [
  ['{"pid":4711,"http":"http://127.0.0.1:7480"}', 'http://127.0.0.1:7480'],
  ['{"pid":4711,"http":"http://[::1]:7480/","peerId":"12D3KooW"}', 'http://[::1]:7480'],
  ['{"pid":4711,"http":"127.0.0.1:7480"}', 'http://127.0.0.1:7480'],
] as const) {
  test(`${text} is a node that runs`, t => t.deepEqual(parseRunning(text), { pid: 4711, http }));
}

for (const text of [
  '',
  '{',
  'null',
  '[]',
  '{"http":"http://127.0.0.1:7480"}',
  '{"pid":0,"http":"http://127.0.0.1:7480"}',
  '{"pid":-1,"http":"http://127.0.0.1:7480"}',
  '{"pid":1.5,"http":"http://127.0.0.1:7480"}',
  '{"pid":1,"http":"https://example.org"}',
  '{"pid":1,"http":"file:///etc/passwd"}',
  '{"pid":1,"http":7480}',
]) {
  test(`"${text}" is no node that runs`, t => t.is(parseRunning(text), undefined));
}

/** A node that breaks off each request for which `cut` says so, counted from 1, and answers the others. */
async function cutting(t: ExecutionContext, cut: (nth: number) => boolean, stops = false) {
  let asked = 0;
  const server = createServer((request: IncomingMessage, response) => {
    if (!cut(++asked)) return response.end('{"well":true}');
    if (stops) server.close();
    request.socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close().closeAllConnections());
  const dataDir = await temporaryFolder(t);
  const { port } = server.address() as { port: number };
  await writeFile(join(dataDir, 'node.json'), JSON.stringify({ pid: process.pid, http: `http://127.0.0.1:${port}` }));
  await writeFile(join(dataDir, 'api-token'), 'token');
  return { client: new NodeClient({ fetch, alive: () => true, dataDir }), asked: () => asked };
}

test('a reading whose kept connection the node ends is asked for once more', async t => {
  const { client, asked } = await cutting(t, nth => nth === 2);
  await client.get('/status');
  t.deepEqual(await client.get('/status'), { well: true });
  t.is(asked(), 3);
});

test('a reading that is broken off twice is an error', async t => {
  const { client, asked } = await cutting(t, () => true);
  await t.throwsAsync(client.get('/status'), { code: 'NODE_SILENT' });
  t.is(asked(), 2);
});

test('a node that stops while it is asked is no node that runs', async t => {
  const { client } = await cutting(t, () => true, true);
  await t.throwsAsync(client.get('/status'), { code: 'NO_NODE' });
});

test('what would be written is not sent twice: it may have been taken in', async t => {
  const { client, asked } = await cutting(t, () => true);
  await t.throwsAsync(client.post('/announcements', {}), { code: 'NODE_SILENT' });
  await t.throwsAsync(client.delete('/announcements/eu-1'), { code: 'NODE_SILENT' });
  t.is(asked(), 2);
});
