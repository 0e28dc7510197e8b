// A node as gateways see it, in memory: a clock that the test moves, a registry whose announcements are listed at once, and
// whatever was sent, to whom.
import { type Address, formatAddress, parseAddress } from '../node/base/address.ts';
import { second } from '../node/base/time.ts';
import type { ChallengeBook } from '../node/gateways/challenges.ts';
import { Counters } from '../node/gateways/counters.ts';
import type { FamilyDeps } from '../node/gateways/family.ts';
import { Listing, type Row } from '../node/gateways/listing.ts';
import { type Announced, Registry } from '../node/gateways/registry.ts';
import { Sources } from '../node/gateways/sources.ts';
import type { Connection } from '../node/gateways/tcp.ts';
import { type Udp, type UdpOptions, udpDesk } from '../node/gateways/udp.ts';
import type { Announcement } from '../node/records/announcement.ts';
import { announcementOf, testNow } from './announcements.ts';

export type Sent = { readonly peer: string; readonly bytes: Buffer };

export class GatewayWorld {
  now = testNow;
  /** What a gateway sent: to `udp 127.0.0.1:27961`, or to `tcp 127.0.0.1:50000`. */
  readonly sent: Sent[] = [];
  /** What is announced now, by server. */
  readonly announced = new Map<string, Announced>();
  /** Every announcement, and every withdrawal, in order. */
  readonly said: (Announced | { readonly withdrawn: string })[] = [];
  /** What `announce` makes of some servers. */
  refusal: (server: Announced) => Error | undefined = () => undefined;
  diskIsFull = false;
  /** Ranges that rules bar. */
  barred: readonly string[] = [];
  readonly rows = new Map<string, Row>();
  readonly counters = new Counters();
  readonly sources: Sources;
  readonly listing: Listing;
  readonly registry: Registry;
  readonly deps: FamilyDeps;
  readonly #due: { atMs: number; task: () => void }[] = [];
  readonly #ticks: (() => void | Promise<void>)[] = [];

  constructor(family: string, timeoutMs: number, { lab = true, serversMax = 16_384, perHostMax = 16_384 } = {}) {
    const monotonic = () => this.now;
    this.sources = new Sources(monotonic, lab);
    const rows = (ids: Iterable<string>) => [...ids].flatMap(id => this.rows.get(id) ?? []);
    this.listing = new Listing({ rows, monotonic });
    const later = (delayMs: number, task: () => void) => {
      this.#due.push({ atMs: this.now + delayMs, task });
    };
    this.registry = new Registry({
      family,
      timeoutMs,
      serversMax,
      perHostMax,
      announce: async servers => this.#announce(servers),
      withdraw: async servers => this.#withdraw(servers),
      sources: this.sources,
      later,
      monotonic,
      counters: this.counters,
      log: () => {},
    });
    this.deps = {
      host: '127.0.0.1',
      port: 0,
      registry: this.registry,
      groups: keysOf => this.listing.groups(keysOf, []),
      isAsked: query => ['rollcall', 'q3a'].includes(query),
      barred: () => this.barred,
      sources: this.sources,
      secret: Buffer.alloc(32, 7),
      counters: this.counters,
      monotonic,
      random: () => 0.5,
      ticker: (_, task) => this.#ticks.push(task),
      signal: new AbortController().signal,
      log: () => {},
    };
    this.#ticks.push(() => this.registry.tick());
  }

  /** A UDP helper without a socket: `message` is what comes in. */
  udp({ packetBytesMax, receive }: Omit<UdpOptions, 'deps'>): {
    message: (bytes: Buffer, from: Address) => void;
    ask: Udp['ask'];
  } {
    return udpDesk({ deps: this.deps, packetBytesMax, receive }, (bytes, to) => {
      this.sent.push({ peer: `udp ${formatAddress(to)}`, bytes: Buffer.from(bytes) });
    });
  }

  /** A connection without a socket. `close` is what the other side does. */
  tcp(from: Address): Connection & { readonly close: () => void; readonly idleMs: () => number | undefined } {
    const gone = new AbortController();
    let kept: number | undefined;
    return {
      from,
      closed: gone.signal,
      send: bytes => this.sent.push({ peer: `tcp ${formatAddress(from)}`, bytes: Buffer.from(bytes) }),
      end: () => gone.abort(),
      keep: idleMs => {
        kept = idleMs;
      },
      close: () => gone.abort(),
      idleMs: () => kept,
    };
  }

  /** Puts a server on the list that some other node announced, or takes it off. */
  list(id: string, fields: Partial<Announcement> & Partial<Pick<Row, 'observed'>>): void {
    const { observed = null, ...announced } = fields;
    const { announcement } = announcementOf(id, announced);
    this.rows.set(id, { id, ...announcement, standing: 'new', karma: { value: 0, tier: 'yellow' }, observed });
    this.listing.set(id, announcement);
  }

  /** What a probe saw of a listed server. */
  observe(id: string, observed: Row['observed']): void {
    this.rows.set(id, { ...this.rows.get(id)!, observed });
  }

  /** Lets time pass, a second at a time, as a node does. */
  async pass(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; ) {
      this.now = Math.min(end, this.now + second);
      for (const tick of this.#ticks) await tick();
      await this.settle();
    }
  }

  /** Runs a task each second that passes. */
  every(task: () => void): void {
    this.#ticks.push(task);
  }

  /** What is to be announced is. */
  async settle(): Promise<void> {
    await this.registry.settled();
    for (const it of this.#due.splice(0))
      if (it.atMs <= this.now) it.task();
      else this.#due.push(it);
    await this.registry.settled();
  }

  #announce(servers: readonly Announced[]): (Error | undefined)[] {
    if (this.diskIsFull) throw new Error('no space left');
    return servers.map(server => {
      const refused = this.refusal(server);
      if (refused) return refused;
      this.announced.set(server.server, server);
      this.said.push(server);
      this.list(server.server, server);
      return undefined;
    });
  }

  #withdraw(servers: readonly string[]): void {
    if (this.diskIsFull) throw new Error('no space left');
    for (const server of servers) {
      this.announced.delete(server);
      this.said.push({ withdrawn: server });
      this.rows.delete(server);
      this.listing.set(server, undefined);
    }
  }
}

/** The address in canonical text form: `127.0.0.1:27961`. */
export function at(text: string): Address {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(address.message);
  return address.value;
}

/** Always the same challenge, as in a recorded transcript. */
export const recorded = (challenge: string): ChallengeBook => ({
  issue: () => challenge,
  holds: (_, answer) => answer === challenge,
});
