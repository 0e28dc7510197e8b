// The servers that registered at one gateway: what becomes an announcement, when it changes, and when it is withdrawn.
// It does no I/O of its own; announcing is handed in, and takes many at once.
import { type Address, formatAddress } from '../base/address.ts';
import { messageOf } from '../base/errors.ts';
import { tidyText } from '../base/text.ts';
import { type Monotonic, minute } from '../base/time.ts';
import {
  attributeGraphemesMax,
  attributesMax,
  nameGraphemesMax,
  tagGraphemesMax,
  tagsMax,
  versionGraphemesMax,
} from '../records/announcement.ts';
import type { Counters } from './counters.ts';
import type { Sources } from './sources.ts';

/** What a game server says of itself. Player counts and maps have no place here: they change every minute, and the prober sees them. */
export type Registration = {
  /** What announcements call the game: `openarena`. */
  readonly game: string;
  readonly name: string;
  readonly version?: string;
  readonly tags?: readonly string[];
  /** Facts that clients filter by. `gateway` is added. Empty values are left out. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** `kept`: heard of, nothing new to tell. Refusals are told in the family's own words, or not at all. */
export type Outcome =
  | 'new'
  | 'changed'
  | 'kept'
  | 'foreign-address'
  | 'unreachable'
  | 'too-many-there'
  | 'full'
  | 'barred';

/** An announcement to be made, as `OwnServers` takes it. */
export type Announced = Required<Registration> & { readonly server: string; readonly addresses: readonly string[] };

export type RegistryDeps = {
  readonly family: string;
  readonly timeoutMs: number;
  /** As many as one announcer may list. */
  readonly serversMax: number;
  /** Signs, stores and gossips; gives for each what went wrong, if anything did: a deny rule, say. */
  readonly announce: (servers: readonly Announced[]) => Promise<readonly (Error | undefined)[]>;
  readonly withdraw: (servers: readonly string[]) => Promise<void>;
  readonly sources: Pick<Sources, 'reachable'>;
  /** A game of its own network of one machine may hold as many as it likes in a lab. */
  readonly perHostMax: number;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly monotonic: Monotonic;
  readonly counters: Counters;
  readonly log: (message: string) => void;
};

/** dpmaster's limit too: what one address may register. */
export const perHostMax = 32;
/** How long registrations are gathered into one synced write: it costs little more for a hundred than for one. */
export const gatherMs = 50;
/** At most so many in one: each is signed, which takes 0.1 ms, and others want their turn. */
export const batchMax = 128;
/**
 * A change is announced this long after the last one at the earliest: each stays in every node's history. What a server
 * says in between is told with its next word after it.
 */
export const changeGapMs = 5 * minute;
/** A server that this node's rules bar is not tried again with each of its words. */
export const barredMs = 10 * minute;

/** What could not be written is written later: the disk may have room again. */
export const retryMs = minute;

type Entry = {
  readonly address: Address;
  /** What is announced, or about to be; undefined for one that was announced before a restart and has not come back. */
  announced: string | undefined;
  announcedAtMs: number;
  heardAtMs: number;
};

export class Registry {
  readonly #deps: RegistryDeps;
  /** By server, the one that was silent for longest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #perHost = new Map<string, number>();
  readonly #barred = new Map<string, number>();
  #outbox = new Map<string, Announced | 'withdraw'>();
  #sending: Promise<void> = Promise.resolve();

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(address: Address): boolean {
    return this.#entries.has(this.#slug(address));
  }

  /**
   * A server at `address` has proved, by answering a challenge that was sent there, that it is there. `from` is where its
   * answer came from: nobody registers an address that is not his own.
   */
  register(address: Address, from: Address, registration: Registration): Outcome {
    const outcome = this.#register(address, from, registration);
    this.#deps.counters.add(`registered.${outcome}`);
    return outcome;
  }

  /** A registered server answered a question of ours: it stays as it is. */
  heard(address: Address): void {
    const server = this.#slug(address);
    if (this.#entries.has(server)) this.#enter(server, address, this.#deps.monotonic());
  }

  /** It said itself that it leaves, or does not answer any more. Whether it was registered. */
  withdraw(address: Address): boolean {
    const server = this.#slug(address);
    if (!this.#entries.has(server)) return false;
    this.#forget(server);
    this.#deps.counters.add('withdrawn');
    return true;
  }

  /** Servers announced before a restart: they have the family's time to come back. */
  resume(servers: Iterable<{ readonly server: string; readonly addresses: readonly Address[] }>): void {
    for (const { server, addresses } of servers) {
      const [address] = addresses;
      if (address && this.#slug(address) === server) this.#enter(server, address, this.#deps.monotonic());
    }
  }

  /** Once a second: withdraws those whose time is out. */
  tick(): void {
    const { monotonic, timeoutMs, counters } = this.#deps;
    const now = monotonic();
    for (const [server, { heardAtMs }] of this.#entries) {
      if (heardAtMs + timeoutMs > now) break;
      this.#forget(server);
      counters.add('timed-out');
    }
    for (const [server, untilMs] of this.#barred) {
      if (untilMs > now) break;
      this.#barred.delete(server);
    }
  }

  /** Deny rules are others now: who was refused for one may try again with his next word. */
  forgetBarred(): void {
    this.#barred.clear();
  }

  /** Resolves when all that was to be announced and withdrawn is. */
  async settled(): Promise<void> {
    this.#send();
    await this.#sending;
  }

  #register(address: Address, from: Address, registration: Registration): Outcome {
    const { sources, serversMax, monotonic, counters } = this.#deps;
    if (address.host !== from.host) return 'foreign-address';
    if (!sources.reachable(address)) return 'unreachable';
    const server = this.#slug(address);
    if (this.#barred.has(server)) return 'barred';
    const held = this.#entries.get(server);
    if (!held && this.#entries.size >= serversMax) return 'full';
    if (!held && (this.#perHost.get(address.host) ?? 0) >= this.#deps.perHostMax) return 'too-many-there';
    const now = monotonic();
    const entry = this.#enter(server, address, now);
    const announcement = this.#announcement(server, address, registration);
    const text = JSON.stringify(announcement);
    if (entry.announced === text) return 'kept';
    const known = entry.announced !== undefined;
    if (known && now < entry.announcedAtMs + changeGapMs) {
      counters.add('changes-held-back');
      return 'kept';
    }
    entry.announced = text;
    entry.announcedAtMs = now;
    this.#post(server, announcement);
    return known ? 'changed' : 'new';
  }

  #enter(server: string, address: Address, now: number): Entry {
    const held = this.#entries.get(server);
    const entry = held ?? { address, announced: undefined, announcedAtMs: 0, heardAtMs: now };
    entry.heardAtMs = now;
    if (!held) this.#perHost.set(address.host, (this.#perHost.get(address.host) ?? 0) + 1);
    // To the end: the map is in the order in which they time out.
    this.#entries.delete(server);
    this.#entries.set(server, entry);
    return entry;
  }

  #forget(server: string): void {
    this.#leave(server);
    this.#post(server, 'withdraw');
  }

  #leave(server: string): void {
    const { host } = this.#entries.get(server)!.address;
    this.#entries.delete(server);
    const left = this.#perHost.get(host)! - 1;
    if (left > 0) this.#perHost.set(host, left);
    else this.#perHost.delete(host);
  }

  #post(server: string, what: Announced | 'withdraw'): void {
    if (this.#outbox.size === 0) this.#deps.later(gatherMs, () => this.#send());
    this.#outbox.set(server, what);
  }

  /** One batch after the other: the newest word about a server must be the last that is written. */
  #send(): void {
    if (this.#outbox.size === 0) return;
    const outbox = this.#outbox;
    this.#outbox = new Map();
    this.#sending = this.#sending.then(() => this.#deliver(outbox));
  }

  async #deliver(outbox: ReadonlyMap<string, Announced | 'withdraw'>): Promise<void> {
    const all = [...outbox];
    for (let at = 0; at < all.length; at += batchMax) await this.#write(all.slice(at, at + batchMax));
  }

  async #write(batch: readonly (readonly [server: string, what: Announced | 'withdraw'])[]): Promise<void> {
    const { announce, withdraw, later, log } = this.#deps;
    const going = batch.flatMap(([server, what]) => (what === 'withdraw' ? [server] : []));
    const coming = batch.flatMap(([, what]) => (what === 'withdraw' ? [] : [what]));
    try {
      if (going.length > 0) await withdraw(going);
      const errors = coming.length > 0 ? await announce(coming) : [];
      for (const [i, error] of errors.entries()) if (error) this.#refused(coming[i]!.server, error);
    } catch (error) {
      // The disk is full, say. What could not be announced is tried again with its next word.
      log(`cannot announce ${coming.length} and withdraw ${going.length} servers: ${messageOf(error)}`);
      for (const { server } of coming) this.#unannounced(server);
      later(retryMs, () => {
        for (const server of going) if (!this.#entries.has(server)) this.#post(server, 'withdraw');
      });
    }
  }

  #refused(server: string, error: Error): void {
    const { counters, monotonic, serversMax, log } = this.#deps;
    log(`${server} is not announced: ${error.message}`);
    counters.add('refused');
    // It may have been announced before the rule was made, while this node did not run.
    if (this.#entries.has(server)) this.#forget(server);
    this.#barred.delete(server);
    if (this.#barred.size < serversMax) this.#barred.set(server, monotonic() + barredMs);
  }

  #unannounced(server: string): void {
    const entry = this.#entries.get(server);
    if (entry) entry.announced = undefined;
  }

  #slug = (address: Address): string => slugOf(this.#deps.family, address);

  #announcement(server: string, address: Address, { game, name, version, tags, attributes }: Registration): Announced {
    const facts = Object.entries({ ...attributes, gateway: this.#deps.family })
      .map(([key, value]) => [key, tidyText(value, attributeGraphemesMax)] as const)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      server,
      addresses: [formatAddress(address)],
      game: gameId(game),
      name: tidyText(name, nameGraphemesMax),
      version: tidyText(version ?? '', versionGraphemesMax),
      tags: [...new Set((tags ?? []).map(tag => tidyText(tag, tagGraphemesMax)))].filter(Boolean).slice(0, tagsMax),
      attributes: Object.fromEntries(facts.slice(0, attributesMax)),
    };
  }
}

/** `dpmaster-203.0.113.7-27960`, `dpmaster-2001_db8__7-27960`: the same after a restart, and no two addresses share one. */
export const slugOf = (family: string, { host, port }: Address): string =>
  `${family}-${host.replaceAll(':', '_')}-${port}`;

/** The id of a game from whatever a program calls it: `Quake3Arena` → `quake3arena`. */
export function gameId(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64)
    .replace(/[^a-z0-9]+$/, '');
  return id || 'unknown';
}
