// What this node shows first, for players who ask it over the network before they have the list: kept, for where there is no
// index of the rows every server is looked at.
import type { ServersQuery } from '../api/port.ts';
import { RollcallError } from '../base/errors.ts';
import type { Monotonic } from '../base/time.ts';
import { pageItemsMax, type Query } from '../gossip/query.ts';
import type { Verified } from '../records/verified.ts';
import type { Page } from './rows.ts';

export type PagesDeps = {
  readonly listed: () => ReadonlyMap<string, Verified>;
  /** What players are shown. */
  readonly page: (query: ServersQuery) => Promise<Pick<Page, 'servers'>>;
  /** Counts up with every change of what is shown. */
  readonly version: () => number;
  readonly monotonic: Monotonic;
};

/** A page is kept so many times as long as it took, though the list has changed since. */
const keptFactor = 20;
/** Between two that ask for a game or by a filter there is so many times as long: they never take more than a fifth of the time. */
const restFactor = 4;
/** The page that all begin with is waited for when it takes no longer. */
const patienceMs = 50;
/** Pages kept: of 200 ids, 10 KB each. */
const keptMax = 64;

type Conditions = Omit<Query, 'limit'>;
type Kept = {
  readonly ids: readonly string[];
  readonly version: number;
  readonly tookMs: number;
  readonly untilMs: number;
};

export class Pages {
  readonly #deps: PagesDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #building = new Map<string, Promise<Kept>>();
  #restUntilMs = 0;

  constructor(deps: PagesDeps) {
    this.#deps = deps;
  }

  /** Announcements that match, in the order in which they are shown. @throws RollcallError BUSY, BAD_FILTER */
  async of({ limit, ...query }: Query): Promise<Uint8Array[]> {
    const { ids } = await this.#order(query);
    const listed = this.#deps.listed();
    return ids.flatMap(id => listed.get(id)?.bytes ?? []).slice(0, limit);
  }

  #order(query: Conditions): Kept | Promise<Kept> {
    const { version, monotonic } = this.#deps;
    const key = keyOf(query);
    const held = this.#kept.get(key);
    if (held && (held.version === version() || monotonic() < held.untilMs)) return held;
    const built = this.#build(key, query);
    if (!held || key !== everything || held.tookMs < patienceMs) return built;
    // Who begins must not wait: what came first a while ago is good enough to begin with.
    built.catch(() => {});
    return held;
  }

  #build(key: string, query: Conditions): Promise<Kept> {
    const running = this.#building.get(key);
    if (running) return running;
    const startedAtMs = this.#deps.monotonic();
    if (key !== everything) {
      const isBusy = [...this.#building.keys()].some(other => other !== everything) || startedAtMs < this.#restUntilMs;
      if (isBusy) return Promise.reject(new RollcallError('BUSY', 'others have just asked for something else'));
    }
    const version = this.#deps.version();
    const built = this.#deps
      .page({ ...query, limit: pageItemsMax })
      .then(({ servers }) => {
        const ids = servers.map(({ id }) => id);
        const doneAtMs = this.#deps.monotonic();
        const tookMs = doneAtMs - startedAtMs;
        if (key !== everything) this.#restUntilMs = doneAtMs + restFactor * tookMs;
        const kept = { ids, version, tookMs, untilMs: doneAtMs + keptFactor * tookMs };
        this.#kept.delete(key);
        this.#kept.set(key, kept);
        if (this.#kept.size > keptMax) this.#kept.delete(this.#kept.keys().find(old => old !== everything)!);
        return kept;
      })
      .finally(() => this.#building.delete(key));
    this.#building.set(key, built);
    return built;
  }
}

const keyOf = ({ game, filter }: Conditions): string => JSON.stringify([game, filter]);
/** What all begin with. */
const everything = keyOf({});
