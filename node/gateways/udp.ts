// UDP for gateways. The one place that sees to it that nobody is sent more than he sent before he has proved his address,
// and that no family can forget it.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Address, formatAddress } from '../base/address.ts';
import type { FamilyDeps } from './family.ts';
import { cannotListen, peerOf } from './peers.ts';

/** A datagram that came, and the only way to answer it. */
export type Exchange = {
  readonly from: Address;
  readonly bytes: Buffer;
  /**
   * Answers. Until `proved` all answers together are no larger than what came; what would be is not sent, counted, and
   * tells the caller so.
   */
  readonly reply: (bytes: Uint8Array) => boolean;
  /** The sender met a challenge that was sent to this very address: he is there. */
  readonly proved: () => void;
  /**
   * Answers a client of a protocol that knows no challenge with a list. It may be larger than the question, so it is told only
   * so often to one source (`listRate`).
   */
  readonly tell: (packets: readonly Uint8Array[]) => boolean;
};

export type UdpOptions = {
  readonly deps: Pick<FamilyDeps, 'host' | 'port' | 'sources' | 'counters' | 'log'>;
  /** Longer datagrams are dropped unread. */
  readonly packetBytesMax: number;
  /** Judges one datagram; anything it cannot make sense of is dropped and counted by it as `malformed`. */
  readonly receive: (exchange: Exchange) => void;
};

export type Udp = {
  readonly address: string;
  /** Asks a server that registered here something. At most `questionBytesMax`, and not too often. */
  readonly ask: (to: Address, bytes: Uint8Array) => boolean;
  readonly close: () => Promise<void>;
};

/** The longest question of any family: DDNet's `chal`, which repeats a secret of the server's. */
export const questionBytesMax = 128;
/** As much as the system gives: a burst of heartbeats after a restart waits here. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** @throws RollcallError PORT_TAKEN, CANNOT_LISTEN */
export async function openUdp({ deps, packetBytesMax, receive }: UdpOptions): Promise<Udp> {
  const { host, port } = deps;
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes });
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (error) {
    throw cannotListen(error, deps);
  }
  socket.on('error', error => deps.log(`UDP: ${error.message}`));
  const bound = socket.address();
  const dual = bound.family === 'IPv6';
  let closed = false;
  const desk = udpDesk({ deps, packetBytesMax, receive }, (bytes, to) => {
    // A connection that ends because the gateway does may still have its server asked.
    if (!closed) send(socket, dual, bytes, to);
  });
  socket.on('message', (bytes, { address, port: from }) => desk.message(bytes, peerOf(address, from)));
  return {
    address: formatAddress(peerOf(bound.address, bound.port)),
    ask: desk.ask,
    close: () => {
      closed = true;
      return new Promise(resolve => socket.close(() => resolve()));
    },
  };
}

/** All of it but the socket. */
export function udpDesk(
  { deps, packetBytesMax, receive }: UdpOptions,
  send: (bytes: Uint8Array, to: Address) => void,
): { readonly message: (bytes: Buffer, from: Address) => void; readonly ask: Udp['ask'] } {
  const { sources, counters } = deps;
  const ask = (to: Address, bytes: Uint8Array): boolean => {
    if (bytes.length > questionBytesMax || !sources.mayBeAsked(to)) return false;
    send(bytes, to);
    return true;
  };
  const exchangeOf = (bytes: Buffer, from: Address): Exchange => {
    let budget = bytes.length;
    return {
      from,
      bytes,
      proved: () => {
        budget = Number.POSITIVE_INFINITY;
      },
      reply: answer => {
        if (answer.length > budget) {
          counters.add('withheld');
          return false;
        }
        budget -= answer.length;
        send(answer, from);
        return true;
      },
      tell: packets => {
        if (!sources.mayBeTold(from)) {
          counters.add('throttled');
          return false;
        }
        for (const packet of packets) send(packet, from);
        return true;
      },
    };
  };
  const message = (bytes: Buffer, from: Address): void => {
    counters.add('packets');
    // Port 0 cannot be answered, and some systems will not even try.
    if (from.port === 0 || bytes.length > packetBytesMax) counters.add('malformed');
    else if (!sources.mayAsk(from)) counters.add('throttled');
    else receive(exchangeOf(bytes, from));
  };
  return { message, ask };
}

/** Whoever cannot be reached is the network's affair. */
function send(socket: Socket, dual: boolean, bytes: Uint8Array, { kind, host, port }: Address): void {
  // A socket of both families is asked for IPv4 in IPv6 clothes.
  const to = dual && kind === 'ipv4' ? `::ffff:${host}` : host;
  socket.send(bytes, port, to, () => {});
}
