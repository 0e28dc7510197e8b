// Networks of many nodes in one process, over TCP, noise and yamux on loopback: nodes of Rollcall, or bare gossipsub.
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
import { peersWanted } from '../node/network/keeper.ts';
import { labDeps } from '../node/network/lab.ts';
import { seeded } from '../node/network/memory.ts';
import { identityOf } from '../node/records/announcement.ts';
import { announcementOf, signerOf, testList } from '../test/announcements.ts';
import { config, openListNode } from './list-node.ts';

export type Member = {
  readonly address: string;
  readonly peers: () => number;
  /** Says so many new things at once; `said` gets the name of each before it goes out. */
  readonly say: (count: number, said: (name: string) => void) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** `heard` gets the name of each thing that a member takes from others, or knows itself. */
export type Opener = (number: number, entries: readonly string[], heard: (name: string) => void) => Promise<Member>;

/** Opens members one after another, each with as many entries among the earlier as a node wants peers. */
export async function openMesh(
  size: number,
  open: Opener,
  heard: (member: number, name: string) => void,
): Promise<Member[]> {
  const random = seeded(1);
  const members: Member[] = [];
  for (let number = 0; number < size; number++) {
    const earlier = members.map(({ address }) => ({ address, draw: random() })).sort((a, b) => a.draw - b.draw);
    const entries = earlier.slice(0, peersWanted).map(({ address }) => address);
    members.push(await open(number, entries, name => heard(number, name)));
  }
  return members;
}

/** The host, the gossip and the list of a node, as production composes them; nothing is stored, and nobody is probed. */
export const rollcall: Opener = async (number, entries, heard) => {
  const signer = signerOf(1 + number);
  const { connectionsMax, rememberedPeersMax } = config.network;
  const stopped = new AbortController();
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
  every(second, () => node.tick(), stopped.signal);
  every(config.gossip.syncIntervalMs, () => node.sync.round(), stopped.signal);
  let said = 0;
  return {
    address: host.addresses()[0]!,
    peers: () => host.peers().length,
    say: async (count, says) => {
      const requests = Array.from({ length: count }, () => requestOf(number, said++));
      for (const { server } of requests) says(identityOf(signer.peerId, server));
      const faults = await node.own.announceAll(requests);
      for (const fault of faults) if (fault) throw fault;
    },
    stop: async () => {
      stopped.abort();
      await host[Symbol.asyncDispose]();
    },
  };
};

/** Nothing but libp2p and gossipsub as they come, without signatures and checks; a copy is known by the hash of its data. */
export const bareGossipsub: Opener = async (_number, entries, heard) => {
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
    say: async (count, says) => {
      for (let left = count; left > 0; left -= config.gossip.batchMax) {
        const data = randomBytes(Math.min(left, config.gossip.batchMax) * (recordBytes + 2));
        says(nameOf(data));
        await node.services.pubsub.publish(topic, data);
      }
    },
    stop: async () => node.stop(),
  };
};

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
