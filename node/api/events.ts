// What happens on this node, to every client that listens: numbered, remembered for a while, never waited for.
import type { NodeEvent } from './port.ts';

/** Where a client's events go: the narrow part of a response that is needed here. */
export type EventSink = {
  write(text: string): void;
  /** Bytes handed over that the client has not taken yet. */
  buffered(): number;
  close(): void;
};

export type EventHubDeps = {
  /** Differs between runs, so that ids of an earlier one are not taken for this one's. */
  readonly run: string;
  readonly clientsMax?: number;
};

/** Five minutes of a busy node; a client that was away for longer loads the list again. */
export const remembered = 1_000;
/** bench/serving.ts says what so many cost. */
const clientsMaxDefault = 5_000;
/** A client that is this far behind is dropped; it comes back with its last id. */
export const clientBytesMax = 256 * 1024;
/** What all clients together have not taken is bounded too: each of very many may be less far behind. */
export const behindBytesMax = 64 * 1024 * 1024;
/** About 400 changes. Past that loading the list is cheaper than following it. */
export const eventBytesMax = 32 * 1024;

/** Of what comes in numbers so many are told one by one in a second: a page applies them as they are. */
export const toldAtOnceMax = 20;
/** The rest go together at the second's end, so many in one event: 28 KB of peer ids. What is over waits for the next. */
export const namedAtOnceMax = 500;
/** So many waiting take 20 s to tell: loading all again is quicker. */
export const waitingMax = 10_000;

/** What comes in numbers, and has been told or waits in the second that runs. */
class Crowded {
  readonly waiting = new Set<string>();
  told = 0;
}

export class EventHub {
  readonly #observed = new Crowded();
  readonly #karma = new Crowded();
  readonly #run: string;
  readonly #clientsMax: number;
  readonly #clients = new Set<EventSink>();
  /** The last events as they are sent; the newest has number `#count`. */
  readonly #ring: string[] = [];
  #count = 0;

  constructor({ run, clientsMax = clientsMaxDefault }: EventHubDeps) {
    this.#run = run;
    this.#clientsMax = clientsMax;
  }

  get clients(): number {
    return this.#clients.size;
  }

  get full(): boolean {
    return this.#clients.size >= this.#clientsMax;
  }

  publish(event: NodeEvent): void {
    if (event.type === 'observed' && this.#waits(this.#observed, event.id)) return;
    if (event.type === 'karma' && this.#waits(this.#karma, event.subject)) return;
    this.#tell(event);
  }

  /** To be called once a second: tells together what was too much to be told one by one. */
  flush(): void {
    const ids = this.#take(this.#observed);
    if (ids.length > 0) this.#tell({ type: 'observedMany', ids });
    const subjects = this.#take(this.#karma);
    if (subjects.length > 0) this.#tell({ type: 'karmaMany', subjects });
  }

  #waits(crowded: Crowded, name: string): boolean {
    if (crowded.told++ < toldAtOnceMax) return false;
    crowded.waiting.add(name);
    return true;
  }

  #take(crowded: Crowded): string[] {
    crowded.told = 0;
    if (crowded.waiting.size > waitingMax) {
      crowded.waiting.clear();
      this.#tell({ type: 'resync' });
    }
    const names = [...crowded.waiting].slice(0, namedAtOnceMax);
    for (const name of names) crowded.waiting.delete(name);
    return names;
  }

  #tell({ type, ...data }: NodeEvent | { type: 'resync' }): void {
    this.#count++;
    const json = JSON.stringify(data);
    const text =
      json.length > eventBytesMax
        ? formatEvent(this.#id(this.#count), 'resync', '{}')
        : formatEvent(this.#id(this.#count), type, json);
    this.#ring.push(text);
    if (this.#ring.length > remembered) this.#ring.shift();
    this.#send(text);
  }

  /** Comments keep proxies from closing a quiet stream, and show which clients are gone. */
  heartbeat(): void {
    this.#send(': still here\n\n');
  }

  /** Adds a client and gives it what it missed since `lastId`, or `resync` when that is too long ago. */
  connect(client: EventSink, lastId: string | undefined): void {
    this.#clients.add(client);
    client.write(`retry: ${retryMs}\n${this.#since(lastId)}`);
  }

  disconnect(client: EventSink): void {
    this.#clients.delete(client);
  }

  close(): void {
    for (const client of this.#clients) client.close();
    this.#clients.clear();
  }

  #since(lastId: string | undefined): string {
    // An id alone is no event; it is what a client that has seen nothing yet will resume from.
    if (lastId === undefined) return `id: ${this.#id(this.#count)}\n\n`;
    const [run, digits = ''] = lastId.split('-', 2);
    const seen = /^[0-9]{1,15}$/.test(digits) ? Number(digits) : -1;
    const missed = this.#count - seen;
    if (run === this.#run && seen >= 0 && missed >= 0 && missed <= this.#ring.length) {
      const text = this.#ring.slice(this.#ring.length - missed).join('');
      if (text.length <= clientBytesMax) return `\n${text}`;
    }
    return `\n${formatEvent(this.#id(this.#count), 'resync', '{}')}`;
  }

  #send(text: string): void {
    const bytesMax = Math.min(clientBytesMax, behindBytesMax / this.#clients.size);
    for (const client of this.#clients) {
      if (client.buffered() <= bytesMax) {
        client.write(text);
        continue;
      }
      this.#clients.delete(client);
      client.close();
    }
  }

  #id(count: number): string {
    return `${this.#run}-${count}`;
  }
}

/** How long a browser waits before it connects again. */
const retryMs = 2_000;

/** `data` is one line: JSON has no raw line breaks. Source: WHATWG HTML, 9.2 Server-sent events. */
const formatEvent = (id: string, type: string, data: string): string => `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
