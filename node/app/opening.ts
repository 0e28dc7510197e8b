// When a node that starts shows its list, and whether that is only the beginning of it.
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import { type Monotonic, second } from '../base/time.ts';
import type { Door } from '../gossip/door.ts';
import { FirstPage, pageItemsMax } from '../gossip/query.ts';
import type { Sync, SyncState } from '../gossip/sync.ts';
import type { ServerList } from '../list/server-list.ts';
import type { Network } from '../network/port.ts';
import type { Adopter } from './adopter.ts';
import { Pages, type PagesDeps } from './pages.ts';

/** Peers that can be reached answer well within it; without any the list is shown as it was. */
const firstContactMs = 2 * second;
/** A list that is here is examined in some seconds; a statement whose objects cannot be had is not waited for. */
const firstAdoptionMs = 10 * second;

export type OpeningDeps = {
  readonly network: Pick<Network, 'serve' | 'request' | 'onPeer' | 'peers'>;
  readonly door: Pick<Door, 'receive'>;
  readonly list: Pick<ServerList, 'listed'>;
  readonly sync: Pick<Sync, 'first' | 'state'>;
  readonly adopter: Pick<Adopter, 'settle'>;
  readonly listName: string;
  readonly page: PagesDeps['page'];
  readonly version: () => number;
  /** The list was compared with that of a first peer. */
  readonly compared: () => void;
  readonly monotonic: Monotonic;
  readonly log: (message: string) => void;
};

export class Opening {
  readonly #deps: OpeningDeps;
  readonly #firstPage: FirstPage;
  readonly #pages: Pages;
  /** Whether there is somebody to compare with, as far as is known before anybody is connected. */
  #known = false;

  constructor(deps: OpeningDeps) {
    this.#deps = deps;
    const { list, sync } = deps;
    this.#pages = new Pages({ ...deps, listed: () => list.listed });
    this.#firstPage = new FirstPage({
      ...deps,
      page: query => this.#pages.of(query),
      isWanted: () => list.listed.size === 0,
    });
    void sync.first.then(deps.compared);
  }

  /** `partial`: nothing was compared with any peer since the start, so that more may come, and what is shown may go. */
  state(): SyncState & { readonly partial: boolean } {
    const { sync, network } = this.#deps;
    const state = sync.state();
    return { ...state, partial: state.lastAt === null && (this.#known || network.peers().length > 0) };
  }

  /**
   * Resolves when something may be shown. A list from before the start that a newer statement may have changed waits until
   * somebody was asked; what a peer shows first is shown at once, for `partial` says what it is.
   */
  async wait(known: boolean, signal: AbortSignal): Promise<void> {
    const { sync, adopter } = this.#deps;
    this.#known = known;
    const atMost = (ms: number) => wait(ms, false, { signal });
    const page = this.#firstPage.here.then(() => true);
    const isPage = known && (await Promise.race([page, sync.first.then(() => false), atMost(firstContactMs)]));
    if (!isPage) await Promise.race([adopter.settle(), page, atMost(firstAdoptionMs)]);
  }

  /** Makes the page that newcomers begin with before one of them asks and has to wait: of 100,000 servers it takes a second. */
  async prepare(): Promise<void> {
    await this.#pages.of({ limit: pageItemsMax }).catch(error => this.#deps.log(`no first page: ${messageOf(error)}`));
  }
}
