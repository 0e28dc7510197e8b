// What is known of each server from this node's own probes and from what others saw: one picture, made when it is asked for
// or when something was seen, and told when it changes.
import type { Observed } from '../api/port.ts';
import { type Clock, minute, second } from '../base/time.ts';
import { type Claim, combine, type Weighed } from '../karma/combine.ts';
import type { Sight } from '../karma/observation-book.ts';
import { missedIntervals } from '../probe/duty.ts';
import { backOffMax } from '../probe/ledger.ts';
import type { Observation } from '../probe/observation.ts';

export type SightsDeps = {
  /** This node's peer id. */
  readonly self: string;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** What this node's own probes saw lately. */
  readonly own: (server: string) => Observation | null;
  /** What others saw lately. */
  readonly heard: (server: string) => readonly Sight[];
  readonly weight: (observer: string) => number;
  readonly groupOf: (observer: string) => string;
  /** Of a server on the list. */
  readonly claim: (server: string) => Claim;
  readonly changed: (server: string, observed: Observed) => void;
};

/** What is observed is seen anew within it; karma moves slowly, and sights run out after minutes. */
const freshMs = 90 * second;
/** So much of its weight has a sight that is old. */
const agedShare = 0.1;
/** A picture that only its age sets apart from the one before is told so seldom. */
const toldEveryMs = minute;

type Kept = { observed: Observed; readonly madeAtMs: number };

export class Sights {
  readonly #deps: SightsDeps;
  /** Of servers that were seen; `forget` takes out what is gone from the list. */
  readonly #kept = new Map<string, Kept>();
  readonly #told = new Map<string, Observed>();

  constructor(deps: SightsDeps) {
    this.#deps = deps;
  }

  get(server: string): Observed | null {
    const kept = this.#kept.get(server);
    // The clock may have been set back, here and below.
    if (kept && Math.abs(this.#deps.clock() - kept.madeAtMs) < freshMs) return kept.observed;
    return this.#make(server, kept?.observed);
  }

  /** Something was seen, or claimed: the picture is made anew, and told if it is another one. */
  touch(server: string): void {
    const observed = this.#make(server, this.#kept.get(server)?.observed);
    if (!observed) return;
    const told = this.#told.get(server);
    if (told && Math.abs(observed.at - told.at) < toldEveryMs && isSame(told, observed)) return;
    this.#told.set(server, observed);
    this.#deps.changed(server, observed);
  }

  /** As others see it, without this node's own probes. */
  others(server: string): { readonly up: boolean } | null {
    return combine(this.#heard(server), { players: null }, this.#deps.self);
  }

  /** The server is gone from the list. */
  forget(server: string): void {
    this.#kept.delete(server);
    this.#told.delete(server);
  }

  /** This node's own sight as one among others. */
  ownSight(server: string): Weighed | undefined {
    const { own, self } = this.#deps;
    const seen = own(server);
    if (!seen) return undefined;
    const { up, players, maxPlayers, map, rttMs, at } = seen;
    const weight = this.#ageing(at);
    return { server, up, players, maxPlayers, map, rttMs, at, version: null, observer: self, weight, group: self };
  }

  #heard(server: string): Weighed[] {
    const { heard, weight, groupOf } = this.#deps;
    return heard(server).map(sight => ({
      ...sight,
      weight: weight(sight.observer) * this.#ageing(sight.at),
      group: groupOf(sight.observer),
    }));
  }

  /** Who looked an interval ago and not since observes it no longer: his word stands until others have looked. */
  #ageing(at: number): number {
    const { clock, intervalMs } = this.#deps;
    return clock() - at <= missedIntervals * intervalMs ? 1 : agedShare;
  }

  #make(server: string, before: Observed | undefined): Observed | null {
    const { self, clock, own, claim, intervalMs } = this.#deps;
    const now = clock();
    const mine = this.ownSight(server);
    const sights = mine ? [mine, ...this.#heard(server)] : this.#heard(server);
    const picture = combine(sights, claim(server), self);
    if (!picture) {
      // What is silent is asked ever less, so nobody has seen it for minutes: it is still down.
      if (before && !before.up && now - before.at < 2 * backOffMax * intervalMs) return before;
      this.#kept.delete(server);
      return null;
    }
    const { version: _, ...seen } = picture;
    const since = () =>
      before?.downSince ?? own(server)?.downSince ?? Math.min(...sights.filter(({ up }) => !up).map(({ at }) => at));
    const observed = { ...seen, downSince: picture.up ? null : since() };
    this.#kept.set(server, { observed, madeAtMs: now });
    return observed;
  }
}

/** Whether two pictures differ in nothing but when, and over what way, the server was seen. */
const isSame = (a: Observed, b: Observed): boolean =>
  a.up === b.up &&
  a.players === b.players &&
  a.maxPlayers === b.maxPlayers &&
  a.map === b.map &&
  a.observers === b.observers &&
  a.downSince === b.downSince &&
  a.flags.join() === b.flags.join();
