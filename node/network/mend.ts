// Repairs what a library does wrong, until it does not any more.
import type { MultiaddrConnection, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface';

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

type Muxer = StreamMuxer & { _newStream(...args: unknown[]): YamuxStream };
type YamuxStream = {
  readonly state: number;
  readonly recvWindow: number;
  readonly recvWindowCapacity: number;
  sendWindowUpdate(): void;
};

/** As yamux has it of a stream that both sides have confirmed and that is read. */
const established = 3;

/**
 * @chainsafe/libp2p-yamux 8.0 tells the sender of more room after each frame that it reads: a packet back for every message,
 * which is nearly half of what gossip costs. Half a window is soon enough, as in Go's (hashicorp/yamux, `sendWindowUpdate`).
 */
export function mendWindows(factory: StreamMuxerFactory): StreamMuxerFactory {
  const create = factory.createStreamMuxer.bind(factory);
  factory.createStreamMuxer = connection => {
    const muxer = create(connection) as Muxer;
    const open = muxer._newStream.bind(muxer);
    muxer._newStream = (...args) => {
      const stream = open(...args);
      const update = stream.sendWindowUpdate.bind(stream);
      stream.sendWindowUpdate = () => {
        if (stream.state !== established || stream.recvWindowCapacity <= stream.recvWindow / 2) update();
      };
      return stream;
    };
    return muxer;
  };
  return factory;
}
