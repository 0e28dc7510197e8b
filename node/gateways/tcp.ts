// TCP for gateways: connections that cannot be too many, stay silent for ever, send without end or leave their answers unread.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Address, formatAddress } from '../base/address.ts';
import type { FamilyDeps } from './family.ts';
import { cannotListen, peerOf } from './peers.ts';

export type Connection = {
  /** A connection proves the address: three packets went to and fro. */
  readonly from: Address;
  readonly send: (bytes: Uint8Array | string) => void;
  /** Closes once what was sent is out. */
  readonly end: () => void;
  /** It may be silent for this long from now on: a server that registered holds its connection open. */
  readonly keep: (idleMs: number) => void;
  /** Aborts when it is closed, by whomever. */
  readonly closed: AbortSignal;
};

export type TcpOptions = {
  readonly deps: Pick<FamilyDeps, 'host' | 'port' | 'sources' | 'counters' | 'log'>;
  /** What may wait to be understood; more closes the connection. */
  readonly inputBytesMax: number;
  /** Silence after which a connection is closed that nobody `keep`s. */
  readonly idleMs: number;
  /** Takes what has come so far, and says how many bytes of it were understood; the rest is shown again with more. */
  readonly receive: (connection: Connection, buffered: Buffer) => number;
};

export type Tcp = { readonly address: string; readonly close: () => Promise<void> };

/** Each takes about 20 KB. A gateway with 4,096 servers that hold theirs open still has room for clients. */
const connectionsMax = 8_192;
/** As many as one address may register servers, and some clients beside them. */
const perHostMax = 64;
/** Answers that somebody leaves unread: a list of 100,000 servers takes 3 MB. */
const outputBytesMax = 4 * 1024 * 1024;

/** @throws RollcallError PORT_TAKEN, CANNOT_LISTEN */
export async function openTcp({ deps, inputBytesMax, idleMs, receive }: TcpOptions): Promise<Tcp> {
  const { host, port, sources, counters } = deps;
  const sockets = new Set<Socket>();
  const perHost = new Map<string, number>();
  const server = createServer({ noDelay: true }, socket => {
    const from = peerOf(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0);
    const there = perHost.get(from.host) ?? 0;
    if ((there >= perHostMax && !sources.shared(from)) || !sources.mayAsk(from)) {
      counters.add('throttled');
      socket.destroy();
      return;
    }
    counters.add('connections');
    perHost.set(from.host, there + 1);
    sockets.add(socket);
    const gone = new AbortController();
    socket.on('close', () => {
      sockets.delete(socket);
      const left = perHost.get(from.host)! - 1;
      if (left > 0) perHost.set(from.host, left);
      else perHost.delete(from.host);
      gone.abort();
    });
    // What becomes of it is told by `close`.
    socket.on('error', () => {});
    socket.setTimeout(idleMs, () => socket.destroy());
    const connection: Connection = {
      from,
      closed: gone.signal,
      send: bytes => {
        if (socket.writableLength + bytes.length > outputBytesMax) socket.destroy();
        else socket.write(bytes);
      },
      end: () => socket.end(),
      keep: ms => socket.setTimeout(ms),
    };
    let buffered: Buffer = Buffer.alloc(0);
    socket.on('data', chunk => {
      if (!sources.mayAsk(from)) {
        counters.add('throttled');
        socket.destroy();
        return;
      }
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      buffered = buffered.subarray(receive(connection, buffered));
      if (buffered.length <= inputBytesMax) return;
      counters.add('malformed');
      socket.destroy();
    });
  });
  server.maxConnections = connectionsMax;
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, deps);
  }
  server.on('error', error => deps.log(`TCP: ${error.message}`));
  const bound = server.address() as { address: string; port: number };
  return {
    address: formatAddress(peerOf(bound.address, bound.port)),
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
