// Members of networks over TCP, noise and yamux on loopback: nodes of Rollcall, or bare gossipsub.
import { createHash, randomBytes } from 'node:crypto';
import { gossipsub, StrictNoSign } from '@chainsafe/libp2p-gossipsub';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { identify } from '@libp2p/identify';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { ticker } from '../node/app/timers.ts';
import { second } from '../node/base/time.ts';
import { announcementsTopic, observationsTopic, opinionsTopic, statementsTopic } from '../node/gossip/topics.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps } from '../node/network/lab.ts';
import { identityOf } from '../node/records/announcement.ts';
import { announcementOf, signerOf, testList } from '../test/announcements.ts';
import { config, openListNode } from './list-node.ts';

export type Member = {
  readonly address: string;
  readonly peers: () => number;
  /** Says so many new things at once; gives the name of each when they are on their way. */
  readonly say: (count: number) => Promise<string[]>;
};

/** `heard` gets the name of each thing that a member takes from others, or knows itself. */
export type Opener = (number: number, entries: readonly string[], heard: (name: string) => void) => Promise<Member>;

/** The host, the gossip and the list of a node, as production composes them; nothing is stored, and nobody is probed. */
const rollcall: Opener = async (number, entries, heard) => {
  const signer = signerOf(1 + number);
  const { connectionsMax, rememberedPeersMax } = config.network;
  const { signal } = new AbortController();
  const every = ticker(error => {
    throw error;
  });
  const host = await createHost(
    labDeps({
      seed: signer.seed,
      list: testList,
      topics: [announcementsTopic, statementsTopic, opinionsTopic, observationsTopic].map(name => name(testList)),
      entries: [...entries],
      limits: { connectionsMax, rememberedPeersMax, inboundPerSecondMax: 1_000 },
      clock: Date.now,
      random: Math.random,
      ticker: every,
    }),
  );
  const node = openListNode(host, signer, Date.now);
  node.live.onChange(changes => {
    for (const { id } of changes) heard(id);
  });
  await host.start();
  every(second, () => node.tick(), signal);
  every(config.gossip.syncIntervalMs, () => node.sync.round(), signal);
  let said = 0;
  return {
    address: host.addresses()[0]!,
    peers: () => host.peers().length,
    say: async count => {
      const requests = Array.from({ length: count }, () => requestOf(number, said++));
      const faults = await node.own.announceAll(requests);
      for (const fault of faults) if (fault) throw fault;
      return requests.map(({ server }) => identityOf(signer.peerId, server));
    },
  };
};

/** Nothing but libp2p and gossipsub as they come, without signatures and checks; a copy is known by the hash of its data. */
const bareGossipsub: Opener = async (_number, entries, heard) => {
  const topic = 'bare';
  const idOf = (data: Uint8Array = new Uint8Array()) => createHash('sha256').update(data).digest();
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1_000 },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: ({ data }) => idOf(data),
        fastMsgIdFn: ({ data }) => idOf(data ?? undefined).toString('base64'),
        allowPublishToZeroTopicPeers: true,
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  });
  node.services.pubsub.addEventListener('message', ({ detail }) => heard(nameOf(detail.data)));
  node.services.pubsub.subscribe(topic);
  for (const entry of entries) await node.dial(multiaddr(entry));
  return {
    address: node.getMultiaddrs()[0]!.toString(),
    peers: () => node.getPeers().length,
    say: async count => {
      const names: string[] = [];
      for (let left = count; left > 0; left -= config.gossip.batchMax) {
        const data = randomBytes(Math.min(left, config.gossip.batchMax) * (recordBytes + 2));
        names.push(nameOf(data));
        await node.services.pubsub.publish(topic, data);
      }
      return names;
    },
  };
};

export const kinds = { 'bare gossipsub': bareGossipsub, Rollcall: rollcall };
export type Kind = keyof typeof kinds;

const nameOf = (data: Uint8Array): string => Buffer.from(data.subarray(0, 16)).toString('hex');

/** Servers of a member, each in a network of its own. */
export const requestOf = (member: number, n: number) => ({
  server: `server-${n}`,
  game: 'openarena',
  name: `Server ${n} of node ${member}`,
  addresses: [`${11 + member}.${n >> 8}.${n & 255}.7:27960`],
});

/** Bytes of an announcement of such a server: about the least that there are. */
export const recordBytes = announcementOf('server-99', requestOf(49, 99)).bytes.length;
