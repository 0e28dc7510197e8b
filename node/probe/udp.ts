// The UDP socket that gamedig sends through: what its own one lacks is IPv6, a close, and a filter.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

type Callback = (address: string, port: number, message: Buffer) => void;

/** The interface is that of gamedig's lib/GlobalUdpSocket.js. */
export class UdpSocket {
  readonly #type: 'udp4' | 'udp6';
  readonly #callbacks = new Set<Callback>();
  #opening: Promise<Socket> | undefined;

  constructor(type: 'udp4' | 'udp6') {
    this.#type = type;
  }

  async send(message: Buffer, address: string, port: number): Promise<void> {
    this.#opening ??= this.#open();
    const socket = await this.#opening;
    await new Promise<void>((resolve, reject) => {
      socket.send(message, port, address, error => (error ? reject(error) : resolve()));
    });
  }

  addCallback(callback: Callback): void {
    this.#callbacks.add(callback);
  }

  removeCallback(callback: Callback): void {
    this.#callbacks.delete(callback);
  }

  async close(): Promise<void> {
    const socket = await this.#opening?.catch(() => undefined);
    socket?.close();
    this.#opening = undefined;
  }

  async #open(): Promise<Socket> {
    const socket = createSocket(this.#type);
    socket.unref();
    socket.on('message', (message, from) => {
      if (isSplit(message)) return;
      for (const callback of this.#callbacks) callback(from.address, from.port, message);
    });
    socket.bind(0);
    await once(socket, 'listening');
    socket.on('error', () => {});
    return socket;
  }
}

/**
 * A part of a Valve answer that is too long for one packet. We ask nothing that is, and gamedig would inflate a
 * bzip2 bomb of any size from it.
 */
const isSplit = (message: Buffer): boolean => message.length >= 4 && message.readInt32LE(0) === -2;
