// A wire between two nodes on loopback that counts its bytes, and can be made longer.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class Wire implements AsyncDisposable {
  readonly #server = createServer(socket => this.#open(socket));
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  /** Both ways, TCP's payload: what encryption, multiplexing and negotiation add is in it. */
  bytes = 0;
  /** What each way takes. */
  delayMs = 0;

  /** To a port on loopback. */
  constructor(port: number) {
    this.#port = port;
  }

  /** The port that leads there. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  #open(near: Socket): void {
    const far = connect(this.#port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (data: Buffer) => {
        this.bytes += data.length;
        // Timers of one delay go off in the order in which they were set.
        if (this.delayMs > 0) setTimeout(() => to.write(data), this.delayMs);
        else to.write(data);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
