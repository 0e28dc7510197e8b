// One hostile peer in a process of its own: signs its share of the fakes, then sends them as fast as the victim takes them.
// Its parent tells it what over IPC, and hears how far it is.
import { setTimeout as wait } from 'node:timers/promises';
import { multiaddr } from '@multiformats/multiaddr';
import { formatBatch } from '../../node/gossip/batch.ts';
import { announcementsTopic } from '../../node/gossip/topics.ts';
import { createNode } from '../../node/network/node.ts';
import { signerOf } from '../announcements.ts';
import { fakeServer, type KindName, list, type Scale } from './flood-cast.ts';

/** What to send: of all messages of the flood, the peers take turns. */
export type Order = {
  readonly peer: number;
  readonly peers: number;
  readonly victim: string;
  readonly kind: KindName;
  readonly scale: Scale;
  readonly now: number;
};
/** What the parent hears. `fakes` are those handed to the connection so far. */
export type Progress = { readonly state: 'signed' | 'sending' | 'sent'; readonly fakes: number };

/** In one message, as honest nodes do. */
const batchMax = 50;
/** What may wait in this process; the victim's window is what holds it up. */
const waitingBytesMax = 1_048_576;
const lookMs = 2;
const reportMs = 250;

const topic = announcementsTopic(list);
const tell = (progress: Progress) => process.send!(progress);
const orders = Promise.withResolvers<Order>();
const begin = Promise.withResolvers<void>();
let stopped = false;
process.on('message', (message: Order | 'begin' | 'stop') => {
  if (message === 'begin') begin.resolve();
  else if (message === 'stop') stopped = true;
  else orders.resolve(message);
});
// Its parent is gone.
process.on('disconnect', () => process.exit());

const order = await orders.promise;
const { peer, peers, victim, kind, scale, now } = order;
const frames: { frame: Uint8Array; fakes: number }[] = [];
for (let at = peer * batchMax; at < scale.fakes; at += peers * batchMax) {
  const fakes = Math.min(batchMax, scale.fakes - at);
  const blobs = Array.from({ length: fakes }, (_, i) => fakeServer(at + i, kind, scale, now).bytes);
  frames.push({ frame: frameOf(formatBatch(blobs)), fakes });
}

const node = await createNode({
  seed: signerOf(3_000_000 + peer).seed,
  list,
  listen: [],
  announce: [],
  agent: 'flood',
  mdns: false,
  connectionsMax: 10,
  inboundPerSecondMax: 10,
  gossip: { topics: [topic], allowPrivateAddresses: true, pastScore: () => 0 },
  denies: () => false,
  onLanPeer: () => {},
});
await node.start();
tell({ state: 'signed', fakes: 0 });
await begin.promise;

let sent = 0;
let told = performance.now();
for (const { frame, fakes } of frames) {
  if (stopped) break;
  const stream = await writable();
  stream.send(frame);
  sent += fakes;
  if (performance.now() - told > reportMs) {
    told = performance.now();
    tell({ state: 'sending', fakes: sent });
  }
}
for (let stream = await writable(); stream.writeBufferLength > 0; stream = await writable()) await wait(lookMs);
tell({ state: 'sent', fakes: sent });

/** The stream to the victim as soon as there is one with room; it is dialled again when it hung up. */
async function writable() {
  for (;;) {
    const streams = (node.services.pubsub as unknown as { streamsOutbound: Map<string, Outbound> }).streamsOutbound;
    const stream = streams.get(victim.slice(victim.lastIndexOf('/') + 1))?.rawStream;
    if (stream?.status === 'open') {
      if (stream.writeBufferLength < waitingBytesMax) return stream;
    } else if (node.getConnections().length === 0) await node.dial(multiaddr(victim)).catch(() => {});
    await wait(lookMs);
  }
}

type Outbound = {
  readonly rawStream: { readonly status: string; readonly writeBufferLength: number; send(data: Uint8Array): void };
};

/** Gossipsub's RPC with one message, behind its length. Source: libp2p/specs, pubsub, "The RPC". */
function frameOf(data: Uint8Array): Uint8Array {
  const message = [field(2, data), field(4, Buffer.from(topic))];
  const rpc = field(2, Buffer.concat(message));
  return Buffer.concat([varint(rpc.length), rpc]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}
