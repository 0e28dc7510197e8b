// What this node tells others of the servers that it asked: changes at once, the rest in company, at a pace that they accept.
import { minute, second } from '../base/time.ts';
import type { Signer } from '../identity/keys.ts';
import {
  type ObservedServer,
  observationAgeMaxMs,
  observationEntriesMax,
  observationSlices,
  observed,
} from '../records/observation.ts';
import { observationPace } from './observation-book.ts';
import { Pace } from './pace.ts';
import { differ } from './players.ts';

export type OwnObservationsDeps = {
  readonly listName: string;
  readonly signer: Signer;
};

/** How long what has not changed waits for company: well within the interval after which others miss an observer. */
export const companyMs = 15 * second;
/** Others forget what they heard after five minutes, and who comes later has not heard it. */
const unsaidMaxMs = 4 * minute;
/** In reserve for changes: they come in bursts, when a machine with many servers goes down. */
const reserve = 5;

const atOnceMax = observationPace.burst * observationEntriesMax;

type Said = Pick<ObservedServer, 'up' | 'players' | 'map' | 'at'>;

export class OwnObservations {
  readonly #deps: OwnObservationsDeps;
  /** Of each server the newest that was not told yet; as many as are on the list. */
  readonly #waiting = new Map<string, ObservedServer>();
  readonly #urgent = new Set<string>();
  /** What was told last, as long as others remember it. */
  readonly #said = new Map<string, Said>();
  readonly #pace = new Pace({ ...observationPace, authorsMax: 2 });
  #oldestMs: number | undefined;

  constructor(deps: OwnObservationsDeps) {
    this.#deps = deps;
  }

  note(entry: ObservedServer, now: number): void {
    this.#waiting.set(entry.server, entry);
    this.#oldestMs ??= now;
    if (isNews(this.#said.get(entry.server), entry)) this.#urgent.add(entry.server);
    else this.#urgent.delete(entry.server);
  }

  /** The server is gone from the list. */
  forget(server: string): void {
    this.#waiting.delete(server);
    this.#urgent.delete(server);
    this.#said.delete(server);
  }

  /** About once a second: the signed batches to gossip now. */
  due(now: number): Uint8Array[] {
    const batches: Uint8Array[] = [];
    if (!this.#pace.allows(this.#deps.signer.peerId, now)) return batches;
    const ripe = this.#oldestMs !== undefined && now - this.#oldestMs >= companyMs;
    if (this.#urgent.size === 0 && !ripe && this.#waiting.size < observationEntriesMax) return batches;
    const [changes, rest] = this.#sorted(now);
    let urgent = changes.length;
    // No more than all tokens together may carry: a list of 100,000 is not cut into batches to send one.
    for (const entries of observationSlices([...changes, ...rest].slice(0, atOnceMax))) {
      if (!this.#mayTell(now, urgent > 0)) break;
      batches.push(this.#tell(entries, now));
      urgent -= entries.length;
    }
    const [next] = this.#waiting.keys();
    this.#oldestMs = next === undefined ? undefined : now;
    return batches;
  }

  #sorted(now: number): readonly [changes: ObservedServer[], rest: ObservedServer[]] {
    const changes: ObservedServer[] = [];
    const rest: ObservedServer[] = [];
    for (const entry of this.#waiting.values()) {
      // What waited too long tells nothing any more, and nobody would take it.
      if (entry.at <= now - observationAgeMaxMs) {
        this.#waiting.delete(entry.server);
        this.#urgent.delete(entry.server);
      } else (this.#urgent.has(entry.server) ? changes : rest).push(entry);
    }
    return [changes, rest];
  }

  /** What is no change leaves some of the burst to what is. */
  #mayTell(now: number, change: boolean): boolean {
    const { burst, everyMs } = observationPace;
    const { peerId } = this.#deps.signer;
    if (!this.#pace.allows(peerId, now)) return false;
    return change || this.#pace.waits(peerId, now) <= (burst - reserve) * everyMs;
  }

  #tell(entries: readonly ObservedServer[], now: number): Uint8Array {
    const { listName, signer } = this.#deps;
    this.#pace.take(signer.peerId, now);
    for (const { server, up, players, map, at } of entries) {
      this.#waiting.delete(server);
      this.#urgent.delete(server);
      this.#said.set(server, { up, players, map, at });
    }
    return observed({ issuedAt: now, entries }, listName, signer).bytes;
  }
}

function isNews(said: Said | undefined, { up, players, map, at }: ObservedServer): boolean {
  if (!said || said.up !== up || said.map !== map || at - said.at >= unsaidMaxMs) return true;
  return (said.players === null) !== (players === null) || (players !== null && differ(players, said.players!));
}
