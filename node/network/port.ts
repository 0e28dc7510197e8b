// What the rest of a node sees of the network. `host.ts` is it over libp2p, `memory.ts` in memory for many nodes on one fake clock.
import type { Verdict } from '../base/verdict.ts';
import type { TurnedAway } from './admission.ts';

export type { TurnedAway };

export type Network = {
  /** This node's own peer id. */
  readonly peerId: string;
  /** Multiaddrs that others can dial, each ending in `/p2p/<peer id>`. */
  addresses(): readonly string[];
  /** The peers connected now. */
  peers(): readonly Peer[];
  /** Connections refused or ended since the start. */
  turnedAway(): TurnedAway;
  /**
   * Joins a gossip topic. Every message is judged once, before it is passed on: the verdict decides whether it is
   * forwarded and what it costs the peer that sent it. A judge that throws counts as `ignore`. Before it is passed on it
   * may wait by chance up to `holdMs`, none if not given: the longer, the fewer copies there are.
   */
  join(topic: string, judge: Judge, holdMs?: number): void;
  /** Gossips to whoever listens; resolves when handed to the transport, also when nobody listens yet. */
  publish(topic: string, data: Uint8Array): Promise<void>;
  /** Answers one-shot requests of one protocol (`/rollcall/<list>/head/1`). An answerer that throws resets the stream. */
  serve(protocol: string, answer: Answer, limits: { readonly requestBytesMax: number }): void;
  /**
   * Sends one request to a connected peer and reads one answer, each length-prefixed.
   * @throws RollcallError PEER_GONE, TIMED_OUT, TOO_LARGE or UNSUPPORTED
   */
  request(peer: string, protocol: string, body: Uint8Array, limits: RequestLimits): Promise<Uint8Array>;
  /** Calls back for each peer that has connected and turned out to speak `protocol`; once a connection. */
  onPeer(protocol: string, listener: (peer: string) => void): void;
  /** Calls back for each peer whose last connection ended. */
  onLeave(listener: (peer: string) => void): void;
};

/** `from` is the peer that passed the message on, not its author. */
export type Judge = (data: Uint8Array, from: string) => Promise<Verdict>;
export type Answer = (body: Uint8Array, from: string) => Promise<Uint8Array>;
export type RequestLimits = { readonly answerBytesMax: number; readonly timeoutMs: number };

export type Peer = {
  readonly peerId: string;
  /** Remote multiaddrs of the open connections. */
  readonly addresses: readonly string[];
  readonly direction: 'inbound' | 'outbound';
  /** Unix milliseconds. */
  readonly connectedAt: number;
  /** Round trip of the last ping. */
  readonly rttMs: number | null;
  /** Gossipsub's score of the peer: falls with invalid messages. */
  readonly score: number;
  /** `rollcall/<version>`, as the peer says. */
  readonly agent: string | null;
};
