// Repairs what a library does wrong, until it does not any more.
import type { MultiaddrConnection } from '@libp2p/interface';

type Socket = { close(): void; terminate?(): void };

/**
 * @libp2p/websockets 10.1 ends a connection with close code 1006, which WebSockets refuse to send: the socket stays open, and
 * the peer believes that it is connected (libp2p/js-libp2p#3625). `ws` can hang up at once, others say goodbye first.
 */
export function mendAbort(connection: MultiaddrConnection): void {
  const it = connection as { websocket?: Socket; sendReset?: () => void };
  const { websocket } = it;
  if (!websocket) return;
  it.sendReset = () => (websocket.terminate ? websocket.terminate() : websocket.close());
}
