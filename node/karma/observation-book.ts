// What others saw of game servers: of each observer the newest, for some minutes. Everything comes in through `receive`.
import { type Clock, second } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import {
  type Observations,
  type ObservedServer,
  observationAgeMaxMs,
  parseObservations,
  verifiedObservations,
} from '../records/observation.ts';
import type { Signed } from '../records/signed.ts';
import { Pace } from './pace.ts';
import { judgeTimes } from './times.ts';

export type ObservationBookDeps = {
  readonly listName: string;
  /** This node's own peer id: what it saw itself it knows already. */
  readonly self: string;
  readonly clock: Clock;
  /** Whether a server is on the list: nothing else is held, so the list bounds this book. */
  readonly listed: (server: string) => boolean;
  /** How much an observer's word counts: 0 for none. */
  readonly weight: (observer: string) => number;
  /** Told what was taken in. */
  readonly heard?: (sights: readonly Sight[]) => void;
};

/** What one observer saw of one server. */
export type Sight = ObservedServer & { readonly observer: string };

/** More eyes on one server tell nothing more; the most trusted stay. */
export const observersPerServerMax = 8;
/** Observers held in mind as such: among so many a server's observers are drawn. */
export const observersMax = 1_024;
/** An observer of 3,000 servers sends 30 batches a minute. */
export const observationPace = { burst: 30, everyMs: 2 * second, authorsMax: 10_000 };

export class ObservationBook {
  readonly #deps: ObservationBookDeps;
  readonly #sights = new Map<string, Map<string, Sight>>();
  readonly #pace = new Pace(observationPace);
  /** When each of them was last heard, the latest last. */
  readonly #observers = new Map<string, number>();

  constructor(deps: ObservationBookDeps) {
    this.#deps = deps;
  }

  /** Judges a message, cheap checks first, and takes in what is new. */
  receive(bytes: Uint8Array): Verdict {
    const read = parseObservations(bytes);
    if (!read.ok) return reject(read.code);
    const { observer, issuedAt, entries } = read.value;
    const now = this.#deps.clock();
    if (observer === this.#deps.self) return ignore('OWN');
    const timely = judgeTimes(issuedAt, issuedAt + observationAgeMaxMs, now);
    if (timely.action !== 'accept') return timely;
    if (!entries.some(entry => this.#isNews(observer, entry, now))) return ignore('STALE');
    if (!this.#pace.allows(observer, now)) return ignore('TOO_OFTEN');
    const signed = verifiedObservations(read.value, bytes, this.#deps.listName);
    if (!signed) return reject('BAD_SIGNATURE');
    this.#pace.take(observer, now);
    this.#remember(observer, now);
    const taken = this.#put(signed, now);
    this.#deps.heard?.(taken);
    return accept;
  }

  /** Who was heard since then. */
  observersSince(atMs: number): string[] {
    return [...this.#observers].filter(([, heardAtMs]) => heardAtMs >= atMs).map(([observer]) => observer);
  }

  /** What was seen of a server lately, by whomever. */
  of(server: string): Sight[] {
    const now = this.#deps.clock();
    return [...(this.#sights.get(server)?.values() ?? [])].filter(({ at }) => at + observationAgeMaxMs > now);
  }

  /** How many sights are held. */
  get size(): number {
    return this.#sights.values().reduce((sum, sights) => sum + sights.size, 0);
  }

  /** Drops what is too old, or of servers that are gone from the list. */
  tick(): void {
    const now = this.#deps.clock();
    for (const [server, sights] of this.#sights) {
      for (const [observer, { at }] of sights) if (at + observationAgeMaxMs <= now) sights.delete(observer);
      if (sights.size === 0 || !this.#deps.listed(server)) this.#sights.delete(server);
    }
  }

  #isNews(observer: string, { server, at }: ObservedServer, now: number): boolean {
    if (at + observationAgeMaxMs <= now || !this.#deps.listed(server)) return false;
    return at > (this.#sights.get(server)?.get(observer)?.at ?? 0);
  }

  /** A flood of new names pushes out strangers, not those who are trusted. */
  #remember(observer: string, now: number): void {
    this.#observers.delete(observer);
    if (this.#observers.size >= observersMax) {
      const { weight } = this.#deps;
      const least = [...this.#observers.keys()].reduce((a, b) => (weight(b) < weight(a) ? b : a));
      if (weight(least) > weight(observer)) return;
      this.#observers.delete(least);
    }
    this.#observers.set(observer, now);
  }

  #put({ record: { observer, entries } }: Signed<Observations>, now: number): Sight[] {
    const taken: Sight[] = [];
    for (const entry of entries) {
      if (!this.#isNews(observer, entry, now)) continue;
      const sights = this.#sights.get(entry.server) ?? new Map<string, Sight>();
      if (!sights.has(observer) && sights.size >= observersPerServerMax && !this.#makeRoom(sights, observer)) continue;
      // A clock that runs ahead must not make a sight the newest for minutes.
      const sight = { ...entry, observer, at: Math.min(entry.at, now) };
      sights.set(observer, sight);
      this.#sights.set(entry.server, sights);
      taken.push(sight);
    }
    return taken;
  }

  /** Drops the least trusted, of several the one who looked longest ago, unless the newcomer is trusted even less. */
  #makeRoom(sights: Map<string, Sight>, newcomer: string): boolean {
    const { weight } = this.#deps;
    const ranked = [...sights.values()].map(({ observer, at }) => ({ observer, at, weight: weight(observer) }));
    const least = ranked.reduce((a, b) => (b.weight < a.weight || (b.weight === a.weight && b.at < a.at) ? b : a));
    return weight(newcomer) >= least.weight && sights.delete(least.observer);
  }
}
