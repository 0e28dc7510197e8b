// One peer that sends nothing but bad announcements, against a real node.
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { day, hour } from '../node/base/time.ts';
import { formatBatch } from '../node/gossip/batch.ts';
import { announcementsTopic } from '../node/gossip/topics.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps } from '../node/network/lab.ts';
import type { Peer } from '../node/network/port.ts';
import { formatAnnouncement } from '../node/records/announcement.ts';
import { announcementOf, signerOf } from './announcements.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';

const list = 'hostile';
const now = Date.now();
const fresh = (i: number, fields: Parameters<typeof announcementOf>[1] = {}) =>
  announcementOf(`s${i}`, { list, issuedAt: now, signer: signerOf(1_000 + (i % 50)), ...fields });

/** A bad message of each kind; all look different, so that none is dropped as a copy. */
const kinds: ((i: number) => Uint8Array)[] = [
  i => formatBatch([Buffer.from(`{"garbage":${i}}`)]),
  i => Buffer.from(`no batch at all, number ${i}`),
  i => formatBatch([Buffer.concat([fresh(i).bytes, Buffer.from(' ')])]),
  i => formatBatch([Buffer.from(JSON.stringify({ ...fresh(i).announcement }))]),
  i => formatBatch([formatAnnouncement({ ...fresh(i).announcement, name: 'forged' })]),
  i => formatBatch([fresh(i, { list: 'another' }).bytes]),
  i => formatBatch([fresh(i, { issuedAt: now + day }).bytes]),
  i => formatBatch([fresh(i, { issuedAt: now - 5 * hour, expiresAt: now - hour }).bytes]),
  i => formatBatch([Buffer.alloc(2_000, `{"announcer":"${i}`)]),
  i => Buffer.alloc(100_000, i % 256),
];

const memory = async (node: NodeProcess): Promise<number> => {
  const text = await (await fetch(`${node.http}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1]);
};

test('of 10,000 bad announcements from one peer none is listed, its score falls, and honest ones still pass', async t => {
  await using folder = await temporaryFolder();
  await using victim = await startProcess(join(folder.path, 'victim'), ['--list', list]);
  await using honest = await startProcess(join(folder.path, 'honest'), ['--list', list, '--entry', victim.address]);
  await using attacker = await createHost(
    labDeps({ list, topics: [announcementsTopic(list)], entries: [victim.address] }),
  );
  attacker.join(announcementsTopic(list), async () => ({ action: 'accept' }));
  await attacker.start();
  const scoreOf = async (peer: string) =>
    (await victim.get<{ peers: Peer[] }>('/peers')).peers.find(({ peerId }) => peerId === peer)?.score;
  await waitFor(
    async () => (await scoreOf(attacker.peerId)) !== undefined && (await scoreOf(honest.peerId)) !== undefined,
  );
  const before = { memory: await memory(victim), score: (await scoreOf(attacker.peerId))! };

  let lowest = before.score;
  for (let i = 0; i < 10_000; i++) {
    await attacker.publish(announcementsTopic(list), kinds[i % kinds.length]!(i)).catch(() => {});
    if (i % 100 === 0) await turn();
    if (i % 2_000 === 0) lowest = Math.min(lowest, (await scoreOf(attacker.peerId)) ?? lowest);
  }
  await waitFor(async () => {
    const score = await scoreOf(attacker.peerId);
    lowest = Math.min(lowest, score ?? lowest);
    return score === undefined || lowest < before.score - 1_000;
  });

  await honest.send('POST', '/announcements', { game: 'openarena', name: 'Honest', addresses: ['127.0.0.1:27960'] });
  await waitFor(async () => (await victim.servers()).total === 1);
  t.deepEqual(
    (await victim.servers()).servers.map(({ name }) => name),
    ['Honest'],
  );
  t.true(lowest < before.score - 1_000, `from ${before.score} to ${lowest}`);
  t.true((await scoreOf(honest.peerId))! >= 0, 'the honest peer pays nothing');
  const grownMb = ((await memory(victim)) - before.memory) / 1024 ** 2;
  t.log(`score ${before.score} → ${lowest}, memory +${grownMb.toFixed(0)} MB`);
  t.true(grownMb < 100, `memory grew by ${grownMb} MB`);
});
