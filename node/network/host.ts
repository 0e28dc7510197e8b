// The network over libp2p: composes its parts, and is what the rest of a node holds.
import type { Connection } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { messageOf } from '../base/errors.ts';
import { type Clock, type Monotonic, minute, second, type Ticker } from '../base/time.ts';
import { isPeerId } from '../identity/keys.ts';
import { gossipScoreOf } from '../karma/effects.ts';
import { readMultiaddr } from './addresses.ts';
import { type Esteem, noEsteem, refuses } from './admission.ts';
import { Finder } from './finder.ts';
import { Gate } from './gate.ts';
import { Gossip } from './gossip.ts';
import { listenFault } from './listen-fault.ts';
import { Misdeeds } from './misdeeds.ts';
import { createNode } from './node.ts';
import { Pinger, ping } from './pinger.ts';
import type { Network } from './port.ts';
import type { RememberedStore } from './remembered.ts';
import { inboundRequestsMax, Requests } from './requests.ts';
import { Roster } from './roster.ts';
import { upkeep } from './upkeep.ts';

/** How often connections that are missing, and those that should not be, are looked after. */
const keepIntervalMs = second;
/** A crash forgets at most the peers of this time. */
const saveIntervalMs = 10 * second;
const upkeepIntervalMs = minute;
/** What gossipsub's protocols begin with. */
const gossipPrefix = '/meshsub/';

export type HostDeps = {
  /** The node's private key, 32 bytes. */
  readonly seed: Uint8Array;
  readonly list: string;
  /** A player listens nowhere. */
  readonly role: 'server' | 'player';
  /** Every topic that will ever be joined or published to. */
  readonly topics: readonly string[];
  readonly listen: readonly string[];
  /** Addresses that others reach this node at, beside those it listens on. */
  readonly announce: readonly string[];
  readonly entries: readonly string[];
  readonly mdns: boolean;
  /** `rollcall/<version>` */
  readonly agent: string;
  /** Also dial, remember and score peers at loopback and LAN addresses that strangers name. */
  readonly allowPrivateAddresses: boolean;
  readonly limits: {
    readonly connectionsMax: number;
    /** New connections from one address. */
    readonly inboundPerSecondMax: number;
    readonly rememberedPeersMax: number;
  };
  readonly remembered: RememberedStore;
  /** A hundred times the karma of a peer is added to its score. */
  readonly esteem?: Esteem;
  /** A peer passed on what no honest node does. */
  readonly rejected?: (peer: string) => void;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly ticker: Ticker;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string) => void;
};

/** Nothing listens and nobody is dialled before `start`: join, serve and listen for peers first. */
export type Host = Network & AsyncDisposable & { start(): Promise<void> };

/** @throws RollcallError BAD_MULTIADDR for a listen, announce or entry address */
export async function createHost(deps: HostDeps): Promise<Host> {
  for (const setting of ['listen', 'announce', 'entries'] as const) {
    for (const address of deps[setting]) readMultiaddr(address, `network.${setting}`);
  }
  const debug = (message: string): void => deps.log('debug', message);
  const warn = (message: string): void => deps.log('warn', message);
  const misdeeds = new Misdeeds(deps.monotonic);
  const esteem = deps.esteem ?? noEsteem;
  const gate = new Gate({
    esteem,
    connectionsMax: deps.limits.connectionsMax,
    connections: () => node.getConnections(),
    log: debug,
  });
  const node = await createNode({
    ...deps,
    ...deps.limits,
    ...(deps.role === 'player' ? { listen: [], announce: [] } : {}),
    gossip: {
      topics: deps.topics,
      allowPrivateAddresses: deps.allowPrivateAddresses,
      pastScore: peer => misdeeds.score(peer) + gossipScoreOf(esteem.karma(peer)),
    },
    denies: peer => gate.denies(peer),
    onLanPeer: peer => finder.onLanPeer(peer),
  });
  const connections = (peer: string): Connection[] =>
    isPeerId(peer) ? node.getConnections(peerIdFromString(peer)).filter(({ status }) => status === 'open') : [];
  const finder = new Finder({
    ...deps,
    node,
    isConnected: peer => connections(peer).length > 0,
    refuses: peer => refuses(esteem, peer),
  });
  const gossip = new Gossip(
    {
      topics: deps.topics,
      onReject: peer => {
        misdeeds.add(peer);
        deps.rejected?.(peer);
      },
      random: deps.random,
      later: deps.later,
      log: warn,
    },
    node.services.pubsub,
  );
  const pinger = new Pinger({ monotonic: deps.monotonic, ping, log: debug });
  const roster = new Roster({
    connections: () => node.getConnections(),
    score: peer => gossip.score(peer),
    rttMs: connection => pinger.rttMs(connection),
    log: warn,
  });
  const served = new Map<string, Promise<void>>();
  const requests = new Requests({
    handle: (protocol, handler) => {
      if (served.has(protocol)) throw new Error(`${protocol} is served already`);
      served.set(protocol, node.handle(protocol, handler, { maxInboundStreams: inboundRequestsMax }));
    },
    connections,
    log: debug,
  });
  const stopped = new AbortController();

  node.addEventListener('connection:open', ({ detail }) => gate.opened(detail));
  node.addEventListener('peer:identify', ({ detail }) => {
    if (detail.connection.status !== 'open') return;
    roster.identified(detail.peerId.toString(), detail.protocols, detail.agentVersion);
    // Others may share the port or the LAN: only peers of this list are worth coming back to.
    if (detail.protocols.some(protocol => served.has(protocol))) finder.met(detail);
    void pinger.measure(detail.connection);
  });
  node.addEventListener('peer:disconnect', ({ detail }) => {
    misdeeds.left(detail.toString());
    roster.left(detail.toString());
  });

  const keepUp = (): Promise<void> =>
    upkeep({
      clock: deps.clock,
      node,
      ping: connections => pinger.round(connections),
      // Who was asked once what he speaks and was too busy to answer is never asked again, and takes part in nothing.
      isDeaf: peer => !roster.isIdentified(peer) || (roster.speaks(peer, gossipPrefix) && !gossip.reaches(peer)),
      log: warn,
    }).catch(error => warn(`upkeep failed: ${messageOf(error)}`));

  return {
    peerId: node.peerId.toString(),
    addresses: () => node.getMultiaddrs().map(String),
    peers: () => roster.peers(),
    turnedAway: () => gate.turnedAway,
    join: (topic, judge, holdMs) => gossip.join(topic, judge, holdMs),
    publish: (topic, data) => gossip.publish(topic, data),
    serve: (protocol, answer, limits) => requests.serve(protocol, answer, limits),
    request: (peer, protocol, body, limits) => requests.request(peer, protocol, body, limits),
    onPeer: (protocol, listener) => roster.onPeer(protocol, listener),
    onLeave: listener => roster.onLeave(listener),

    async start() {
      await Promise.all([finder.load(), ...served.values()]);
      try {
        await node.start();
      } catch (error) {
        throw listenFault(deps.listen, error);
      }
      gossip.start();
      finder.tick();
      deps.ticker(keepIntervalMs, () => finder.tick(), stopped.signal);
      deps.ticker(keepIntervalMs, () => gate.review(), stopped.signal);
      deps.ticker(saveIntervalMs, () => finder.save(), stopped.signal);
      deps.ticker(upkeepIntervalMs, keepUp, stopped.signal);
    },

    async [Symbol.asyncDispose]() {
      stopped.abort();
      await finder.save();
      await node.stop();
    },
  };
}
