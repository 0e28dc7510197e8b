// How far away the connected peers are, and whether they are still there.
import type { Connection } from '@libp2p/interface';
import { messageOf } from '../base/errors.ts';
import { type Monotonic, second } from '../base/time.ts';
import { endStream } from './stream.ts';

/** Source: libp2p/specs, ping. */
export const pingProtocol = '/ipfs/ping/1.0.0';
const pingBytes = 32;
/** Long: a peer whose event loop stalls is not dead. */
export const pingTimeoutMs = 10 * second;
/** Two in a row, a minute apart: then the connection is ended. */
const missesMax = 2;
/** Pings under way at one time: a round over 100 peers ends soon and is no burst. */
const pingsAtOnce = 8;

export type PingerDeps = {
  readonly monotonic: Monotonic;
  readonly ping: (connection: Connection) => Promise<void>;
  readonly log: (message: string) => void;
};

export class Pinger {
  readonly #deps: PingerDeps;
  readonly #rttMs = new WeakMap<Connection, number>();
  readonly #misses = new WeakMap<Connection, number>();

  constructor(deps: PingerDeps) {
    this.#deps = deps;
  }

  rttMs(connection: Connection): number | null {
    return this.#rttMs.get(connection) ?? null;
  }

  async round(connections: readonly Connection[]): Promise<void> {
    const queue = connections.values();
    const worker = async (): Promise<void> => {
      for (const connection of queue) await this.measure(connection);
    };
    await Promise.all(Array.from({ length: pingsAtOnce }, worker));
  }

  async measure(connection: Connection): Promise<void> {
    const sentAtMs = this.#deps.monotonic();
    try {
      await this.#deps.ping(connection);
      this.#rttMs.set(connection, this.#deps.monotonic() - sentAtMs);
      this.#misses.delete(connection);
    } catch (error) {
      const misses = (this.#misses.get(connection) ?? 0) + 1;
      this.#misses.set(connection, misses);
      if (misses < missesMax || connection.status !== 'open') return;
      this.#deps.log(`${connection.remotePeer} answers no ping: ${messageOf(error)}`);
      connection.abort(new Error('no answer to pings'));
    }
  }
}

/** One ping: resolves when the echo is there. Our own, as the library's cannot be tied to one connection. */
export async function ping(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(pingTimeoutMs);
  const stream = await connection.newStream(pingProtocol, { signal });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // It may be settled before anybody waits: that is no crash.
  promise.catch(() => {});
  let received = 0;
  stream.addEventListener('message', event => {
    received += event.data.byteLength;
    if (received >= pingBytes) resolve();
  });
  stream.addEventListener('close', () => reject(new Error('the stream was closed')));
  signal.addEventListener('abort', () => reject(new Error(`no echo within ${pingTimeoutMs} ms`)));
  try {
    stream.send(new Uint8Array(pingBytes));
    await promise;
  } finally {
    endStream(stream);
  }
}
