// Who is connected, what they speak, and who wants to know.
import type { Connection } from '@libp2p/interface';
import { messageOf } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { Peer } from './port.ts';

/** `rollcall/1.2.3` takes 14; the rest is for those who add a platform. */
const agentLengthMax = 64;

export type RosterDeps = {
  readonly connections: () => readonly Connection[];
  readonly score: (peer: string) => number;
  readonly rttMs: (connection: Connection) => number | null;
  readonly log: (message: string) => void;
};

type Listener = (peer: string) => void;
type Identity = { readonly agent: string | null; readonly protocols: ReadonlySet<string> };

export class Roster {
  readonly #deps: RosterDeps;
  readonly #identities = new Map<string, Identity>();
  readonly #onPeer: { protocol: string; listener: Listener }[] = [];
  readonly #onLeave: Listener[] = [];

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  /** A new connection showed who is behind it and what that peer speaks. */
  identified(peer: string, protocols: readonly string[], agent: string | undefined): void {
    const text = agent && printable(agent).slice(0, agentLengthMax);
    this.#identities.set(peer, { agent: text || null, protocols: new Set(protocols) });
    for (const { protocol, listener } of this.#onPeer) {
      if (protocols.includes(protocol)) this.#call(listener, peer);
    }
  }

  left(peer: string): void {
    this.#identities.delete(peer);
    for (const listener of this.#onLeave) this.#call(listener, peer);
  }

  onPeer(protocol: string, listener: Listener): void {
    this.#onPeer.push({ protocol, listener });
    for (const [peer, { protocols }] of this.#identities) {
      if (protocols.has(protocol)) queueMicrotask(() => this.#call(listener, peer));
    }
  }

  onLeave(listener: Listener): void {
    this.#onLeave.push(listener);
  }

  /** Whether it is known what the peer speaks. */
  isIdentified(peer: string): boolean {
    return this.#identities.has(peer);
  }

  /** Whether the peer said that it speaks a protocol that begins like this. */
  speaks(peer: string, prefix: string): boolean {
    return (
      this.#identities
        .get(peer)
        ?.protocols.values()
        .some(protocol => protocol.startsWith(prefix)) ?? false
    );
  }

  peers(): Peer[] {
    const byPeer = Map.groupBy(this.#deps.connections(), connection => connection.remotePeer.toString());
    return [...byPeer].map(([peerId, connections]) => {
      const oldest = connections.reduce((a, b) => (a.timeline.open <= b.timeline.open ? a : b));
      const rtts = connections.map(connection => this.#deps.rttMs(connection)).filter(rtt => rtt !== null);
      return {
        peerId,
        addresses: connections.map(connection => connection.remoteAddr.toString()),
        direction: oldest.direction,
        connectedAt: oldest.timeline.open,
        rttMs: rtts.length > 0 ? Math.min(...rtts) : null,
        score: this.#deps.score(peerId),
        agent: this.#identities.get(peerId)?.agent ?? null,
      };
    });
  }

  /** Called from inside an event: an error that got out would end the process. */
  #call(listener: Listener, peer: string): void {
    try {
      listener(peer);
    } catch (error) {
      this.#deps.log(`a listener failed on ${peer}: ${messageOf(error)}`);
    }
  }
}
