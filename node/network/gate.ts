// Applies the rules of admission to libp2p's connections: refuses, ends those whose karma fell, makes room when there are too many.
import type { Connection } from '@libp2p/interface';
import { crowdedOut, type Esteem, type Guest, refuses, type TurnedAway } from './admission.ts';

export type GateDeps = {
  readonly esteem: Esteem;
  readonly connectionsMax: number;
  readonly connections: () => readonly Connection[];
  readonly log: (message: string) => void;
};

export class Gate {
  readonly #deps: GateDeps;
  readonly #turnedAway = { karma: 0, full: 0 };

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  get turnedAway(): TurnedAway {
    return { ...this.#turnedAway };
  }

  /** Whether a connection with the peer must not be: asked when one is about to open, in either direction. */
  denies(peer: string): boolean {
    if (!refuses(this.#deps.esteem, peer)) return false;
    this.#turnedAway.karma++;
    this.#deps.log(`no connection with ${peer}: its karma is ${this.#deps.esteem.karma(peer).toFixed(2)}`);
    return true;
  }

  /** A connection opened: if it is one too many, somebody goes. */
  opened(connection: Connection): void {
    const { connectionsMax, connections, esteem, log } = this.#deps;
    const open = [...new Set([...connections(), connection])].filter(({ status }) => status === 'open');
    if (open.length <= connectionsMax) return;
    const guests = open.map(guestOf);
    const leaves = crowdedOut(guests, guests.find(guest => guest.connection === connection)!, esteem);
    if (!leaves) return;
    this.#turnedAway.full++;
    log(`${open.length} connections are too many: the one with ${leaves.peer} goes`);
    leaves.connection.abort(new Error('there are connections enough'));
  }

  /** Ends connections with peers that have come to be refused. To be called about every second. */
  review(): void {
    for (const connection of this.#deps.connections()) {
      if (connection.status === 'open' && this.denies(connection.remotePeer.toString())) {
        connection.abort(new Error('karma is too low'));
      }
    }
  }
}

const guestOf = (connection: Connection): Guest & { readonly connection: Connection } => ({
  connection,
  peer: connection.remotePeer.toString(),
  address: connection.remoteAddr.toString(),
  direction: connection.direction,
  openedAtMs: connection.timeline.open,
});
