// A limit on what a server may send over TCP. gamedig has none: it joins all that comes until its time is up.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** A Minecraft status with a 64 × 64 icon takes about 30 KB; other answers fit one packet. */
export const tcpBytesMax = 256 * 1024;

const limited = new AsyncLocalStorage<true>();

/** Every TCP connection that `task` opens is cut when more than `tcpBytesMax` come back. */
export const withTcpLimit = <T>(task: () => Promise<T>): Promise<T> => limited.run(true, task);

subscribe('net.client.socket', message => {
  if (!limited.getStore()) return;
  const { socket } = message as { socket: Socket };
  const push = socket.push.bind(socket);
  let received = 0;
  // Below the events: a listener of ours for `data` would start the flow before gamedig listens.
  socket.push = (chunk: Buffer | null) => {
    received += chunk?.length ?? 0;
    if (received <= tcpBytesMax) return push(chunk);
    socket.destroy();
    return false;
  };
});
