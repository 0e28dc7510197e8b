// Asks the listed servers, from here, whether they answer and who plays. It decides nothing about time, names or sockets
// of its own: clock, ticker, DNS and the question itself come from outside.
import { type Address, formatAddress, scopeOf } from '../base/address.ts';
import type { Clock, Monotonic, Ticker } from '../base/time.ts';
import { type Query, queryOf } from './games.ts';
import { askable } from './guard.ts';
import { graceMs, Ledger, type Settled } from './ledger.ts';
import { type Answer, type Observation, observationOf, type Sighting } from './observation.ts';
import { addressOf, keysOf, type Place, placeLedBy, protocolsOf, type Server } from './place.ts';
import { Plan, slotMs } from './plan.ts';

/** What is asked of whom: an IP address that was checked, never a name. */
export type Question = { readonly ip: string; readonly port: number; readonly protocol: string };

/** The part of an announcement that matters here. */
export type Listed = {
  readonly id: string;
  readonly game: string;
  readonly addresses: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
};

export type ProberDeps = {
  /** For dates: when something was seen, and what others say of when. */
  readonly clock: Clock;
  /** For everything else. */
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly ticker: Ticker;
  /** All IP addresses of a host name. A throw means: none. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** Whether this machine has a way to that address at all: without IPv6, silence says nothing about a server. */
  readonly reaches: (ip: string) => boolean;
  /** Undefined, or a throw: no answer. */
  readonly ask: (question: Question) => Promise<Answer | undefined>;
  readonly onObserved: (id: string, observation: Observation) => void;
  /** By game: how to ask servers that gamedig cannot. `ask` knows their protocols. */
  readonly natives?: ReadonlyMap<string, Query>;
  /** Whether and when this node is to ask at a place: it depends on who else does. */
  readonly duty: (place: PlaceView) => Duty;
  /** Whether the statement in force lists a server: it keeps its interval, whatever else is listed. */
  readonly endorsed: (id: string) => boolean;
};

/** What decides whose task a place is. */
export type PlaceView = {
  /** Host of the first address of a server here: its other addresses are asked by the same nodes. */
  readonly host: string;
  /** Ids of the servers that are announced here. */
  readonly servers: Iterable<string>;
  readonly listedAtMs: number;
  /** When this node last asked here. */
  readonly askedAtMs: number | undefined;
};

/** `firm`: it is so whatever happens until then. Otherwise it is to be thought over at that time. */
export type Duty = { readonly atMs: number; readonly firm: boolean };

export type ProberOptions = {
  /** At most one probe an endpoint in this time. */
  readonly intervalMs: number;
  /** Questions on their way at once. */
  readonly concurrency: number;
  /** Older observations count for nothing. */
  readonly keepMs: number;
  readonly allowPrivateAddresses: boolean;
};

/** One address for each server that a list holds by default. Servers past it are asked when a renewal finds room. */
export const placesMax = 200_000;
/** To see whose turn it is costs some 10 µs. So few at once do not hold up the rest of the node; they are 4,000 a second. */
const turnsMax = 1_000;

export class Prober {
  readonly #deps: ProberDeps;
  readonly #options: ProberOptions;
  readonly #plan = new Plan(key => this.#comesFirst(key));
  readonly #ledger: Ledger;
  readonly #servers = new Map<string, Server>();
  readonly #places = new Map<string, Place>();
  #busy = 0;

  constructor(deps: ProberDeps, options: ProberOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#ledger = new Ledger(options.intervalMs, deps.random);
  }

  /** Asks until the signal aborts. */
  run(signal: AbortSignal): void {
    const { ticker, monotonic } = this.#deps;
    ticker(slotMs, () => this.#pump(signal), signal);
    ticker(this.#options.keepMs, () => this.#ledger.sweep(monotonic(), this.#options.keepMs), signal);
  }

  /** Takes a server up, or what a newer announcement says of it. Asked within a slot, when idle. */
  list(server: Listed): void {
    const native = this.#deps.natives?.get(server.attributes.query ?? server.game);
    const query = native ?? queryOf(server.game, server.attributes);
    if (!query) {
      this.forget(server.id);
      return;
    }
    const { id } = server;
    const { protocol } = query;
    const wanted = keysOf(server.addresses, query);
    const leader = wanted[0] ?? '';
    const held = this.#servers.get(id);
    const places = wanted.filter(key => this.#places.has(key) || this.#places.size < placesMax);
    if (held && held.protocol === protocol && held.places.join() === places.join()) return;
    this.forget(id);
    const entry = { id, protocol, places, reportedAtMs: 0 };
    this.#servers.set(id, entry);
    for (const key of places) {
      const place = this.#places.get(key) ?? placeLedBy(leader, this.#deps.monotonic());
      // Whoever names another's machine as his second address does not choose who asks there.
      if (addressOf(key).host === addressOf(leader).host) place.leader = leader;
      this.#places.set(key, place);
      place.servers.add(entry);
      if (place.servers.size === 1) this.#plan.add(key);
    }
  }

  /** Another statement is in force. */
  restated(): void {
    this.#plan.reorder();
  }

  #comesFirst(key: string): boolean {
    const { servers, answeredAtMs } = this.#places.get(key)!;
    if (answeredAtMs !== undefined && this.#deps.monotonic() - answeredAtMs < graceMs) return true;
    for (const { id } of servers) if (this.#deps.endorsed(id)) return true;
    return false;
  }

  /** Others saw a change in what answered here: it is looked at soon, if that may be. */
  hurry(id: string): void {
    for (const key of this.#servers.get(id)?.places ?? []) {
      const place = this.#places.get(key)!;
      for (const endpoint of place.endpoints) {
        const atMs = this.#ledger.hurry(formatAddress(endpoint), this.#deps.monotonic());
        if (atMs === undefined) continue;
        place.firmAtMs = Math.min(atMs, place.firmAtMs ?? Number.POSITIVE_INFINITY);
        this.#plan.later(key, place.firmAtMs);
      }
    }
  }

  /** The server is gone from the list. */
  forget(id: string): void {
    const server = this.#servers.get(id);
    if (!server) return;
    for (const key of server.places) {
      const { servers } = this.#places.get(key)!;
      servers.delete(server);
      if (servers.size > 0) continue;
      this.#places.delete(key);
      this.#plan.remove(key);
    }
    this.#servers.delete(id);
  }

  /** What was seen of a server lately; null when nothing was. */
  get(id: string): Observation | null {
    const server = this.#servers.get(id);
    if (!server) return null;
    const afterMs = this.#deps.monotonic() - this.#options.keepMs;
    const isOf = (seen: Sighting | undefined): seen is Sighting => seen?.protocol === server.protocol;
    const endpoints = server.places.flatMap(key => this.#places.get(key)?.endpoints ?? []);
    return observationOf(endpoints.map(endpoint => this.#ledger.seen(formatAddress(endpoint), afterMs)).filter(isOf));
  }

  #pump(signal: AbortSignal): void {
    for (let turns = 0; turns < turnsMax && !signal.aborted && this.#busy < this.#options.concurrency; turns++) {
      const now = this.#deps.monotonic();
      const key = this.#plan.take(now);
      const place = key === undefined ? undefined : this.#places.get(key);
      if (key === undefined || !place) return;
      const atMs = this.#dueAt(place);
      if (atMs > now) {
        this.#plan.later(key, atMs);
        continue;
      }
      this.#busy++;
      void this.#probe(key, place).finally(() => {
        this.#busy--;
        this.#pump(signal);
      });
    }
  }

  #dueAt(place: Place): number {
    const { clock, monotonic, duty } = this.#deps;
    const servers = [...place.servers].map(({ id }) => id);
    // Whose task it is depends on what others say, which is in dates: those are so far ahead.
    const aheadMs = clock() - monotonic();
    const due = duty({
      host: addressOf(place.leader).host,
      listedAtMs: aheadMs + place.listedAtMs,
      askedAtMs: place.askedAtMs === undefined ? undefined : aheadMs + place.askedAtMs,
      servers,
    });
    const [atMs, firm] = [due.atMs - aheadMs, due.firm];
    if (firm) place.firmAtMs = Math.min(atMs, place.firmAtMs ?? Number.POSITIVE_INFINITY);
    return Math.min(atMs, place.firmAtMs ?? Number.POSITIVE_INFINITY);
  }

  async #probe(key: string, place: Place): Promise<void> {
    await this.#resolve(place, addressOf(key));
    const turns: Settled[] = [];
    // One after the other: a place counts as one question towards the bound on questions at once.
    for (const endpoint of place.endpoints) turns.push(await this.#ask(endpoint, place));
    // The servers may have been withdrawn, and announced anew, while the answer was on its way.
    if (this.#places.get(key) !== place) return;
    const none = { untilMs: this.#deps.monotonic() + this.#options.intervalMs, due: false };
    const next = turns.reduce((a, b) => (b.untilMs < a.untilMs ? b : a), turns[0] ?? none);
    place.firmAtMs = next.due ? next.untilMs : undefined;
    this.#plan.later(key, next.untilMs);
    for (const { id } of place.servers) this.#report(id);
  }

  /** Asks if that may be now; gives the time of the next turn. */
  async #ask({ kind, host, port }: Address, place: Place): Promise<Settled> {
    const { clock, monotonic, ask } = this.#deps;
    const endpoint = formatAddress({ kind, host, port });
    // In a lab many servers share one machine, which is ours: there each counts as a machine of its own.
    const machine = scopeOf(host) === 'private' ? endpoint : host;
    const step = this.#ledger.next(endpoint, machine, protocolsOf(place), monotonic());
    if (step.do === 'wait') return step;
    place.askedAtMs = monotonic();
    const answer = await ask({ ip: host, port, protocol: step.protocol }).catch(() => undefined);
    if (answer) place.answeredAtMs = monotonic();
    return this.#ledger.settle(endpoint, machine, answer, monotonic(), clock());
  }

  /** The addresses that are checked here are the ones asked, so a name that changes its mind (DNS rebinding) gains nothing. */
  async #resolve(place: Place, { kind, host, port }: Address): Promise<void> {
    const { monotonic, resolve, reaches } = this.#deps;
    if (place.resolvedAtMs !== undefined && monotonic() - place.resolvedAtMs < this.#options.intervalMs) return;
    place.resolvedAtMs = monotonic();
    const ips = kind === 'name' ? await resolve(host).catch(() => []) : [host];
    const allowed = askable(ips, port, this.#options.allowPrivateAddresses);
    place.endpoints = allowed.filter(({ host: ip }) => reaches(ip));
  }

  #report(id: string): void {
    const server = this.#servers.get(id);
    const observation = this.get(id);
    if (!server || !observation || observation.at === server.reportedAtMs) return;
    server.reportedAtMs = observation.at;
    this.#deps.onObserved(id, observation);
  }
}
