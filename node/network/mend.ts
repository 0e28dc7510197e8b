// Repairs what a library does wrong, until it does not any more.
import {
  type ConnectionEncrypter,
  type MessageStream,
  type MultiaddrConnection,
  type StreamMuxer,
  type StreamMuxerFactory,
  TypedEventEmitter,
} from '@libp2p/interface';
import { type Cipher, sodiumCipher } from './cipher.ts';

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

/** Bytes in several pieces. */
type Pieces = { readonly byteLength: number; subarray(): Uint8Array; getUint16(at: number): number };
type NoiseStream = MessageStream & {
  encrypt(bytes: Uint8Array): Pieces | Uint8Array;
  readonly decoder: { lengthDecoder(bytes: Pieces): number };
};

/**
 * @chainsafe/libp2p-noise 17.0 writes each message in two pieces or more, its length first: as many system calls, and with TCP_NODELAY as many packets.
 * With all read it looks for one more length, which is an exception each time; a length of nothing means as well that there is none yet.
 * And it encrypts in WebAssembly, which takes twice as long as libsodium.
 */
export function mendNoise<Deps>(create: (deps: Deps) => ConnectionEncrypter): (deps: Deps) => ConnectionEncrypter {
  return deps => {
    const noise = create(deps);
    Object.assign((noise as { crypto?: Partial<Cipher> }).crypto ?? {}, sodiumCipher);
    for (const side of ['secureInbound', 'secureOutbound'] as const) {
      const secure = noise[side].bind(noise);
      noise[side] = async (connection, options) => {
        const secured = await secure(connection, options);
        const stream = secured.connection as NoiseStream;
        const encrypt = stream.encrypt.bind(stream);
        stream.encrypt = bytes => encrypt(bytes).subarray();
        stream.decoder.lengthDecoder = bytes => (bytes.byteLength < 2 ? 0 : bytes.getUint16(0));
        return secured;
      };
    }
    return noise;
  };
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

/**
 * main-event 1.0 makes an event and dispatches it also where nobody listens: of each message that is sent one at each of three layers, to say that
 * nothing is left to send. Others have to be made: libp2p passes on what its own bus dispatches.
 */
const { safeDispatchEvent } = TypedEventEmitter.prototype;
TypedEventEmitter.prototype.safeDispatchEvent = function (type, detail) {
  return (type === 'drain' && this.listenerCount(type) === 0) || safeDispatchEvent.call(this, type, detail);
};
