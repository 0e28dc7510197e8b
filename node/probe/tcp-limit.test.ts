import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import test from 'ava';
import { tcpBytesMax, withTcpLimit } from './tcp-limit.ts';

/** Sends `bytes` to whoever connects. */
async function sender(bytes: number): Promise<{ server: Server; port: number }> {
  const server = createServer(socket => socket.on('error', () => {}).end(Buffer.alloc(bytes))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

for (const [title, bytes, limited] of [
  ['of what is allowed arrives whole', tcpBytesMax, true],
  ['without end is cut', 16 * tcpBytesMax, true],
  ['to the rest of the node has no limit', 16 * tcpBytesMax, false],
] as const) {
  test(`an answer ${title}`, async t => {
    const { server, port } = await sender(bytes);
    const open = async () => connect(port, '127.0.0.1');
    const socket = await (limited ? withTcpLimit(open) : open());
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    await once(socket, 'close');
    if (limited && bytes > tcpBytesMax) t.true(received <= tcpBytesMax);
    else t.is(received, bytes);
    server.close();
  });
}
