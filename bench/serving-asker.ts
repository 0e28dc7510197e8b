// Asks a node over connections that stay open, and leaves hardly any garbage doing so: an asker that collects garbage takes the
// cores from the node that it measures.
import { once } from 'node:events';
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { type Answered, between, sharedNow, type Threads } from './serving-waits.ts';

/** An answer's head is shorter than this by far. */
const headBytesMax = 2_048;
/** As browsers and most programs ask. */
const headers = 'Accept-Encoding: gzip\r\n';

export class Asker implements Disposable {
  readonly #host: string;
  readonly #threads: Threads;
  readonly #all: Connection[] = [];
  readonly #idle: Connection[] = [];
  readonly #asked = new Set<string>();

  constructor(http: string, threads: Threads) {
    this.#host = new URL(http).host;
    this.#threads = threads;
  }

  /** From the first byte of the request being written to the last of the answer being read. @throws Error unless it is 200 */
  async ask(path: string): Promise<Answered> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    const isNew = !this.#asked.has(path);
    this.#asked.add(path);
    const before = this.#threads.now();
    const startMs = sharedNow();
    await connection.ask(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${headers}\r\n`);
    const tookMs = sharedNow() - startMs;
    this.#idle.push(connection);
    return { startMs, tookMs, ...between(before, this.#threads.now()), isNew };
  }

  async #connect(): Promise<Connection> {
    const connection = await Connection.open(this.#host);
    this.#all.push(connection);
    return connection;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#all) connection.end();
  }
}

/** One request at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #head = Buffer.alloc(headBytesMax);
  /** Bytes of the head that are there; bytes of the body that are missing, once the head is whole. */
  #headBytes = 0;
  #missing: number | undefined;
  #answer = Promise.withResolvers<void>();

  static async open(host: string): Promise<Connection> {
    const { hostname, port } = new URL(`http://${host}`);
    const connection = new Connection(hostname, Number(port));
    await once(connection.#socket, 'connect');
    return connection;
  }

  private constructor(host: string, port: number) {
    const buffer = Buffer.alloc(64 * 1_024);
    const callback: OnReadOpts['callback'] = (bytes, read) => this.#read(read.subarray(0, bytes));
    // Node would take another buffer for each time that something is read.
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', error => this.#answer.reject(error));
    this.#socket.on('close', () => this.#answer.reject(new Error('the node hung up')));
  }

  ask(request: string): Promise<void> {
    this.#answer = Promise.withResolvers();
    [this.#headBytes, this.#missing] = [0, undefined];
    this.#socket.write(request, 'latin1');
    return this.#answer.promise;
  }

  end(): void {
    this.#answer.promise.catch(() => {});
    this.#socket.destroy();
  }

  #read(some: Uint8Array): boolean {
    let body = some.length;
    if (this.#missing === undefined) {
      const begun = this.#headBytes;
      this.#head.set(some.subarray(0, headBytesMax - begun), begun);
      this.#headBytes = Math.min(headBytesMax, begun + some.length);
      const end = this.#head.subarray(0, this.#headBytes).indexOf('\r\n\r\n');
      if (end < 0) return true;
      const head = this.#head.toString('latin1', 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 200 ') || !length) this.#answer.reject(new Error(head));
      this.#missing = Number(length);
      body -= end + 4 - begun;
    }
    this.#missing -= body;
    if (this.#missing === 0) this.#answer.resolve();
    return true;
  }
}
