// Announcements arriving in batches at a node: read, judged, verified and listed by the very core that runs in production,
// beside bare Ed25519 checks of the same signatures in the same run.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { parseArgs } from 'node:util';
import { base58btc } from 'multiformats/bases/base58';
import { keepHeapSmall } from '../node/app/heap.ts';
import { pause } from '../node/app/timers.ts';
import { second } from '../node/base/time.ts';
import { formatBatch } from '../node/gossip/batch.ts';
import { announcementsTopic } from '../node/gossip/topics.ts';
import type { Judge, Network } from '../node/network/port.ts';
import { signedBytes } from '../node/records/announcement.ts';
import { signerOf, testList, testNow } from '../test/announcements.ts';
import { config, openListNode } from './list-node.ts';
import { serverOf } from './servers.ts';
import { type Stalls, watchStalls } from './stalls.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '18000' },
    announcers: { type: 'string', default: '1800' },
    rounds: { type: 'string', default: '5' },
  },
});
const [servers, announcers, rounds] = [values.servers, values.announcers, values.rounds].map(Number) as [
  number,
  number,
  number,
];
const now = testNow + 60_000;
const keysOf = new Map<string, KeyObject>();
/** DER head of an Ed25519 SubjectPublicKeyInfo. Source: RFC 8410. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
/** Peers that pass on what others announced, as a full mesh has. */
const peers = 8;
/** Messages of one that are with the judge at a time: what is taken in of a peer, 64 KiB. */
const underWay = 3;
/** A prime: servers come in no order, yet each once. */
const stride = 7_919;
/** How often each server is announced: once new, then renewed. Gossip of one network has an allowance for a few. */
const generationsMax = 3;

/** What is kept for the measurement lies in a few large buffers, so that it is no work for the garbage collector. */
type Generation = {
  readonly issuedAt: number;
  /** As gossip brings them. */
  readonly messages: readonly Uint8Array[];
  /** What is signed, one behind another, and where each ends. */
  readonly signed: Buffer;
  readonly ends: Uint32Array;
  readonly signatures: Buffer;
  readonly keys: readonly KeyObject[];
};
/** By the wall, and by CPU time, for others use the machine as well. */
type Timed = Stalls & { readonly tookMs: number; readonly cpuMs: number };

// As a node that starts.
keepHeapSmall();
print(`${servers} servers in batches of ${config.gossip.batchMax}, median (fastest to slowest) of ${rounds} rounds\n`);
print('| Announcers | What | A second of CPU time | Of bare checks | A second | Longest stall, ms | of own work, ms |');
print('|---|---|---|---|---|---|---|');
for (const count of [announcers, servers]) {
  const generations = Array.from({ length: generationsMax }, (_, round) => generationOf(round, count));
  const all: { readonly what: string; readonly bare: Timed; readonly own: Timed }[] = [];
  for (let round = 0; round < rounds; round++) {
    const node = openNode();
    for (const [at, generation] of generations.entries()) {
      const bare = await timed(() => check(generation));
      const own = await timed(() => node.take(generation.messages));
      const listed = [...node.live.list.listed.values()];
      if (listed.length !== servers || listed.some(({ announcement }) => announcement.issuedAt !== generation.issuedAt))
        throw new Error(`not all that was announced is listed: ${JSON.stringify(node.refused())}`);
      all.push({ what: at === 0 ? 'new' : 'renewed', bare, own });
    }
  }
  for (const what of ['new', 'renewed']) {
    const runs = all.filter(run => run.what === what);
    const rate = (ms: number) => Math.round((servers / ms) * 1_000);
    const most = (pick: (run: Timed) => number) => Math.max(...runs.map(({ own }) => pick(own))).toFixed(0);
    const cells = [
      what,
      spread(runs.map(({ own }) => rate(own.cpuMs))),
      spread(
        runs.map(({ own, bare }) => bare.cpuMs / own.cpuMs),
        2,
      ),
      spread(runs.map(({ own }) => rate(own.tookMs))),
      most(run => run.stallMs),
      most(run => run.ownStallMs),
    ];
    print(`| ${count} | ${cells.join(' | ')} |`);
  }
  print(
    `| ${count} | bare checks | ${spread(all.map(({ bare }) => Math.round((servers / bare.cpuMs) * 1_000)))} | 1 | | | |`,
  );
}

/** All servers once, in any order: what is renewed at one time was not announced by one node. */
function generationOf(round: number, announcers: number): Generation {
  const blobs: Uint8Array[] = [];
  const signed: Uint8Array[] = [];
  const signatures: Uint8Array[] = [];
  const keys: KeyObject[] = [];
  const ends = new Uint32Array(servers);
  for (let at = 0; at < servers; at++) {
    const n = (at * stride) % servers;
    const { announcement, bytes } = serverOf(n, round, signerOf(1 + (n % announcers)));
    blobs.push(bytes);
    signed.push(signedBytes(announcement, testList));
    ends[at] = (ends[at - 1] ?? 0) + signed.at(-1)!.length;
    signatures.push(Buffer.from(announcement.signature, 'base64url'));
    keys.push(keyOf(announcement.announcer));
  }
  const messages: Uint8Array[] = [];
  for (let at = 0; at < servers; at += config.gossip.batchMax)
    messages.push(formatBatch(blobs.slice(at, at + config.gossip.batchMax)));
  return {
    issuedAt: testNow + round * second,
    messages,
    signed: Buffer.concat(signed),
    ends,
    signatures: Buffer.concat(signatures),
    keys,
  };
}

/** Nothing else than the checks, in slices as the door makes them. */
async function check({ signed, ends, signatures, keys }: Generation): Promise<void> {
  for (let at = 0; at < servers; at++) {
    const bytes = signed.subarray(ends[at - 1] ?? 0, ends[at]);
    if (!verify(null, bytes, keys[at]!, signatures.subarray(at * 64, (at + 1) * 64)))
      throw new Error('a signature is not good');
    if (at % 32 === 31) await pause();
  }
}

/** A node to which peers bring messages, each as many at a time as the network takes in of one. */
function openNode() {
  let judge: Judge | undefined;
  const network: Network = {
    peerId: signerOf(0).peerId,
    addresses: () => [],
    peers: () => [],
    turnedAway: () => ({ karma: 0, full: 0 }),
    join: (topic, it) => {
      if (topic === announcementsTopic(testList)) judge = it;
    },
    publish: async () => {},
    serve: () => {},
    request: () => Promise.reject(new Error('nobody is asked')),
    onPeer: () => {},
    onLeave: () => {},
  };
  const { live, door } = openListNode(network, signerOf(0), () => now);
  return {
    live,
    refused: () => door.refused,
    async take(messages: readonly Uint8Array[]) {
      const waiting = messages.values();
      const bring = async (_: unknown, lane: number) => {
        for (const message of waiting) await judge!(message, `peer ${lane % peers}`);
      };
      await Promise.all(Array.from({ length: peers * underWay }, bring));
    },
  };
}

async function timed(task: () => Promise<void>): Promise<Timed> {
  globalThis.gc?.();
  const stalls = watchStalls();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await task();
  const tookMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { tookMs, cpuMs: (user + system) / 1_000, ...(await stalls()) };
}

function keyOf(announcer: string): KeyObject {
  const held = keysOf.get(announcer);
  if (held) return held;
  const der = Buffer.concat([spkiPrefix, base58btc.baseDecode(announcer).subarray(6)]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  keysOf.set(announcer, key);
  return key;
}

function spread(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b).map(value => value.toFixed(digits));
  return `${sorted[sorted.length >> 1]} (${sorted.at(-1)} to ${sorted[0]})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
