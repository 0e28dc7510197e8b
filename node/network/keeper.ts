// Keeps this node connected: whom to dial and when. Entry points first, then peers found on the LAN, then remembered ones.
import { messageOf } from '../base/errors.ts';
import { type Monotonic, minute, second } from '../base/time.ts';

/** With this many peers nobody is dialled any more: a gossip mesh is full with 7 (its degree), and one may go. */
export const peersWanted = 8;
export const backoffMinMs = second;
/** An entry point that was down is found again within about a minute of its return. */
export const entryBackoffMaxMs = minute;
/** The others may be gone for ever. */
export const backoffMaxMs = 10 * minute;
/** Between 0.8 and 1.2 times the backoff, so that nodes that lost one entry point together do not all return at once. */
const jitter = 0.4;

export type Target = {
  readonly kind: 'entry' | 'lan' | 'remembered';
  /** Undefined for an entry point that names no peer: the first connection tells. */
  readonly peerId: string | undefined;
  readonly addresses: readonly string[];
};

export type KeeperDeps = {
  readonly monotonic: Monotonic;
  readonly random: () => number;
  /** In order of preference; may change from call to call. */
  readonly targets: () => Iterable<Target>;
  readonly peersConnected: () => number;
  /** True, too, for this node itself. */
  readonly isConnected: (peerId: string) => boolean;
  /** Resolves with the id of the peer that answered. */
  readonly dial: (target: Target) => Promise<string>;
  readonly log: (message: string) => void;
};

type State = { peerId: string | undefined; failures: number; nextAtMs: number; dialling: boolean };

export class Keeper {
  readonly #deps: KeeperDeps;
  readonly #states = new Map<string, State>();

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Starts the dials that are due. To be called about every second, and at once when there is somebody new. */
  tick(): void {
    const targets = this.#distinct();
    for (const key of this.#states.keys()) if (!targets.has(key)) this.#states.delete(key);
    let wanted = peersWanted - this.#deps.peersConnected();
    for (const state of this.#states.values()) if (state.dialling) wanted--;
    for (const [key, target] of targets) {
      if (wanted <= 0) return;
      const state = this.#state(key, target);
      if (state.dialling || state.nextAtMs > this.#deps.monotonic()) continue;
      if (state.peerId !== undefined && this.#deps.isConnected(state.peerId)) {
        state.failures = 0;
        continue;
      }
      wanted--;
      void this.#dial(target, state);
    }
  }

  /** A peer that is both an entry point and remembered is dialled once. */
  #distinct(): Map<string, Target> {
    const targets = new Map<string, Target>();
    const known = new Set<string>();
    for (const target of this.#deps.targets()) {
      if (target.kind !== 'entry' && known.has(target.peerId!)) continue;
      const key = target.kind === 'entry' ? target.addresses[0]! : target.peerId!;
      const peerId = target.peerId ?? this.#states.get(key)?.peerId;
      if (peerId !== undefined) known.add(peerId);
      targets.set(key, target);
    }
    return targets;
  }

  #state(key: string, { peerId }: Target): State {
    let state = this.#states.get(key);
    if (!state) {
      state = { peerId, failures: 0, nextAtMs: Number.NEGATIVE_INFINITY, dialling: false };
      this.#states.set(key, state);
    }
    return state;
  }

  async #dial(target: Target, state: State): Promise<void> {
    state.dialling = true;
    try {
      state.peerId = await this.#deps.dial(target);
    } catch (error) {
      if (state.failures === 0) this.#deps.log(`cannot reach ${target.addresses[0]}: ${messageOf(error)}`);
    }
    state.dialling = false;
    // A success counts once it has outlived its backoff: a full node takes the call and hangs up at once.
    state.failures++;
    const max = target.kind === 'entry' ? entryBackoffMaxMs : backoffMaxMs;
    const backoffMs = Math.min(backoffMinMs * 2 ** state.failures, max);
    state.nextAtMs = this.#deps.monotonic() + backoffMs * (1 - jitter / 2 + jitter * this.#deps.random());
  }
}
