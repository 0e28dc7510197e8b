// Who only looks: readers of the API, listeners to its events, some of whom never read, and stock git. They come and go.
import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServersPage } from '../../node/api/port.ts';
import { second } from '../../node/base/time.ts';
import { readEvents } from '../../node/demo/event-stream.ts';
import type { SoakNode } from './soak-network.ts';

/** Open at a time. */
const listenersMax = 12;
/** Of these, so many take what comes and the rest never read. */
const listenersReading = 9;
/** A node that is stopped answers nothing. */
const patienceMs = 30 * second;
/** Share of readers that hang up in the middle of an answer. */
const hangsUp = 0.1;

const pages = [
  '/servers?limit=50',
  '/servers?all=true',
  '/servers?filter=change',
  '/servers?sort=name&limit=10',
  '/history?limit=50',
  '/history/graph?limit=200',
  '/status',
  '/peers',
  '/statements',
  '/announcers',
  '/series',
  '/compare/HEAD~1...HEAD',
  '/nodes/graph',
];

type Listener = { end(): void };

export class Visitors implements AsyncDisposable {
  readonly counts = { read: 0, hungUp: 0, events: 0, cloned: 0 };
  readonly #random: () => number;
  /** Told of answers that no honest question gets. */
  readonly #fault: (what: string) => void;
  readonly #listeners: Listener[] = [];

  constructor(random: () => number, fault: (what: string) => void) {
    this.#random = random;
    this.#fault = fault;
  }

  /** Asks for something. */
  async read({ process }: SoakNode): Promise<void> {
    if (!process) return;
    const path = await this.#page(process.http);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(patienceMs)]);
    const answer = await fetch(`${process.http}${path}`, { signal }).catch(() => undefined);
    if (!answer) return;
    if (answer.status >= 500 && answer.status !== 503)
      this.#fault(`GET ${path}: ${answer.status} ${await answer.text()}`);
    if (this.#random() < hangsUp) {
      this.counts.hungUp++;
      return stop.abort();
    }
    await answer.arrayBuffer().then(
      () => this.counts.read++,
      () => {},
    );
  }

  async #page(http: string): Promise<string> {
    const n = Math.floor(this.#random() * (pages.length + 2));
    if (n === pages.length) return '/list.bundle';
    if (n < pages.length) return `/api/v1${pages[n]!}`;
    const found = await fetch(`${http}/api/v1/servers?limit=20`, { signal: AbortSignal.timeout(patienceMs) })
      .then(answer => answer.json() as Promise<ServersPage>)
      .catch(() => undefined);
    const row = found?.servers[Math.floor(this.#random() * found.servers.length)];
    return row ? `/api/v1/servers/${row.id}` : '/metrics';
  }

  /** One more listener; the one that listened longest goes when there are many. */
  listen({ process }: SoakNode): void {
    if (!process) return;
    const reads = this.#listeners.filter(it => it instanceof Reading).length < listenersReading;
    this.#listeners.push(reads ? new Reading(process.http, () => this.counts.events++) : new Deaf(process.http));
    if (this.#listeners.length > listenersMax) this.#listeners.shift()!.end();
  }

  /** A shallow clone by stock git, thrown away. */
  async clone({ process }: SoakNode, folder: string): Promise<void> {
    if (!process) return;
    const into = join(folder, `clone-${this.counts.cloned}`);
    const args = ['clone', '--quiet', '--bare', '--depth', '1', `${process.http}/list.git`, into];
    // A node that is killed or stopped while it is cloned is no fault of its own.
    await promisify(execFile)('git', args, { timeout: patienceMs }).then(
      () => this.counts.cloned++,
      () => {},
    );
    await promisify(execFile)('rm', ['-rf', into]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners.splice(0)) listener.end();
  }
}

class Reading implements Listener {
  readonly #stop = new AbortController();

  constructor(http: string, heard: () => void) {
    void this.#read(http, heard).catch(() => {});
  }

  async #read(http: string, heard: () => void): Promise<void> {
    const { body } = await fetch(`${http}/api/v1/events`, { signal: this.#stop.signal });
    if (body) for await (const _ of readEvents(body)) heard();
  }

  end(): void {
    this.#stop.abort();
  }
}

/** Asks for events and never reads one: the node has to drop it some day, and may keep little for it until then. */
class Deaf implements Listener {
  readonly #socket: Socket;

  constructor(http: string) {
    const { hostname, port, host } = new URL(http);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('error', () => {});
    this.#socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    this.#socket.pause();
  }

  end(): void {
    this.#socket.destroy();
  }
}
