// The libp2p node under a host: its transports, services and limits.

import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { MultiaddrConnection, PeerId, PeerInfo } from '@libp2p/interface';
import { mdns } from '@libp2p/mdns';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { createLibp2p } from 'libp2p';
import { sha256Hex } from '../base/bytes.ts';
import { second } from '../base/time.ts';
import { peerIdIn } from './addresses.ts';
import { type GossipServiceDeps, gossipService } from './gossip.ts';
import { mendAbort, mendNoise, mendWindows } from './mend.ts';

/** Longer than any honest handshake or negotiation takes; each one that hangs holds up others. */
const negotiationTimeoutMs = 5 * second;
/** Until a new peer has said what it speaks, negotiation included. */
const identifyTimeoutMs = 10 * second;
/** Dials under way at one time. The keeper wants eight peers, each with up to four addresses. */
const parallelDialsMax = 16;
/** Who comes when all places are taken has to say who he is before somebody goes for him, and preferred ones stay beside. */
const connectionsBesideMax = 64;
/**
 * What a peer may send on one stream before it is read: what yamux begins with, and it never grows. Of 200 peers that flood
 * 50 MB wait here at most, and what is gossiped behind a flood waits for 500 announcements; at 100 ms, 2.5 MB/s get through.
 */
const windowBytesMax = 262_144;
/** DNS: one label. Source: RFC 1035, section 2.3.4. */
const labelLengthMax = 63;

export type NodeDeps = {
  /** The private key, 32 bytes. */
  readonly seed: Uint8Array;
  readonly list: string;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly agent: string;
  readonly mdns: boolean;
  readonly connectionsMax: number;
  /** Of one address. */
  readonly inboundPerSecondMax: number;
  readonly gossip: GossipServiceDeps;
  /** Whether there must be no connection with a peer. */
  readonly denies: (peer: string) => boolean;
  readonly onLanPeer: (peer: PeerInfo) => void;
};

export type Node = Awaited<ReturnType<typeof createNode>>;

/** Created, not started: nothing listens yet. */
export async function createNode(deps: NodeDeps) {
  const denies = (peer: PeerId, connection: MultiaddrConnection): boolean => {
    mendAbort(connection);
    return deps.denies(peer.toString());
  };
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', deps.seed),
    nodeInfo: { name: 'rollcall', userAgent: deps.agent },
    addresses: { listen: [...deps.listen], appendAnnounce: [...deps.announce] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [mendNoise(noise())],
    streamMuxers: [() => mendWindows(yamux({ streamOptions: { maxStreamWindowSize: windowBytesMax } })())],
    // Its events, not libp2p's: those report every peer that was ever heard of.
    peerDiscovery: deps.mdns
      ? [
          components => {
            const discovery = mdns({ serviceTag: serviceTag(deps.list) })(components);
            discovery.addEventListener('peer', event => deps.onLanPeer(event.detail));
            return discovery;
          },
        ]
      : [],
    // The peer id is known in the address that is dialled, if it is named there, and once both sides have proved theirs.
    connectionGater: {
      denyDialMultiaddr: address => {
        const peer = peerIdIn(address.toString());
        return peer !== undefined && deps.denies(peer);
      },
      denyInboundConnection: connection => {
        mendAbort(connection);
        return false;
      },
      denyInboundEncryptedConnection: denies,
      denyOutboundEncryptedConnection: denies,
    },
    connectionManager: {
      // libp2p cannot choose who goes: it lets a burst through and never closes a connection that carries gossip.
      maxConnections: deps.connectionsMax + connectionsBesideMax,
      inboundConnectionThreshold: deps.inboundPerSecondMax,
      maxIncomingPendingConnections: deps.inboundPerSecondMax * 2,
      maxParallelDials: parallelDialsMax,
      inboundUpgradeTimeout: negotiationTimeoutMs,
      inboundStreamProtocolNegotiationTimeout: negotiationTimeoutMs,
      outboundStreamProtocolNegotiationTimeout: negotiationTimeoutMs,
      // The keeper decides whom to dial again.
      reconnectRetries: 0,
    },
    // The pinger does it, more patiently.
    connectionMonitor: { enabled: false },
    services: { identify: identify({ timeout: identifyTimeoutMs }), ping: ping(), pubsub: gossipService(deps.gossip) },
  });
}

/** The name that nodes of one list look for on the LAN. Names that make no DNS label are hashed. */
export function serviceTag(list: string): string {
  const label = `_rollcall-${list}`;
  const plain = /^[a-z0-9_-]+$/.test(label) && label.length <= labelLengthMax;
  return `${plain ? label : `_rollcall-${sha256Hex(list).slice(0, 40)}`}._udp.local`;
}
