// The JavaScript of docs/karma.md, run as it stands there.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { peerOf } from './karma.ts';
import { textOf } from './source.ts';

const run = promisify(execFile);

test('the example for game developers tells the node what happened, with the token', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-example-'));
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    requests.push({ method, url, authorization: headers.authorization, body: JSON.parse(body) });
    response.writeHead(201).end();
  }).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const example = /^```js\n(.*?)^```$/ms.exec(await textOf('docs/karma.md'))![1]!;
    t.true(example.trim().split('\n').length <= 25);
    await writeFile(join(folder, 'example.mjs'), example);
    await writeFile(join(folder, 'api-token'), 'secret\n');
    const { port } = server.address() as AddressInfo;
    const env = { ROLLCALL_HTTP: `http://127.0.0.1:${port}`, ROLLCALL_DATA: folder };
    await run(process.execPath, [join(folder, 'example.mjs'), peerOf(2)], { env });
    t.deepEqual(requests, [
      {
        method: 'POST',
        url: '/api/v1/karma/events',
        authorization: 'Bearer secret',
        body: { subject: peerOf(2), action: 'team-kill-kick', note: 'killed three of his own' },
      },
    ]);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
