// Peers that worked, kept for the next start: with them a node finds its network again when no entry point is left.
import { messageOf } from '../base/errors.ts';

export type RememberedPeer = { readonly peerId: string; readonly addresses: readonly string[] };

/** Where they are kept; `save` replaces all. */
export type RememberedStore = {
  load(): Promise<readonly RememberedPeer[]>;
  save(peers: readonly RememberedPeer[]): Promise<void>;
};

/** IPv4 and IPv6, TCP and WebSocket. */
export const addressesPerPeerMax = 4;

export type RememberedDeps = {
  readonly store: RememberedStore;
  readonly peersMax: number;
  readonly log: (message: string) => void;
};

export class Remembered {
  readonly #deps: RememberedDeps;
  /** The one seen last is last. */
  readonly #peers = new Map<string, readonly string[]>();
  #changed = false;

  constructor(deps: RememberedDeps) {
    this.#deps = deps;
  }

  /** A store that cannot be read is like an empty one: the entry points are there too. */
  async load(): Promise<void> {
    try {
      const peers = await this.#deps.store.load();
      for (const { peerId, addresses } of peers.slice(0, this.#deps.peersMax).toReversed()) {
        this.#peers.set(peerId, addresses.slice(0, addressesPerPeerMax));
      }
    } catch (error) {
      this.#deps.log(`remembered peers cannot be read: ${messageOf(error)}`);
    }
  }

  /** The one seen last comes first. */
  list(): RememberedPeer[] {
    return [...this.#peers].map(([peerId, addresses]) => ({ peerId, addresses })).toReversed();
  }

  /** The newest addresses push out the oldest. */
  saw(peerId: string, addresses: readonly string[]): void {
    if (addresses.length === 0 || this.#deps.peersMax === 0) return;
    const merged = new Set([...addresses, ...(this.#peers.get(peerId) ?? [])]);
    this.#peers.delete(peerId);
    if (this.#peers.size >= this.#deps.peersMax) this.#peers.delete(this.#peers.keys().next().value!);
    this.#peers.set(peerId, [...merged].slice(0, addressesPerPeerMax));
    this.#changed = true;
  }

  async save(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      await this.#deps.store.save(this.list());
    } catch (error) {
      this.#changed = true;
      this.#deps.log(`remembered peers cannot be saved: ${messageOf(error)}`);
    }
  }
}
