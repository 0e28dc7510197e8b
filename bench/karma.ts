// How long a game server waits for the karma of a player: a real node that remembers many peers and heard many raters is
// asked over HTTP, in turn with the cheapest answer that it has.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KarmaJson, KarmaPage } from '../node/api/port.ts';
import { hour } from '../node/base/time.ts';
import { opinionsTopic } from '../node/gossip/topics.ts';
import { batches } from '../node/history/diff.ts';
import { openStore, type Write } from '../node/history/store.ts';
import { peerIdOf } from '../node/identity/keys.ts';
import type { KarmaEvent } from '../node/karma/events.ts';
import { formatRemembered, unknown } from '../node/karma/remembered.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps } from '../node/network/lab.ts';
import { seeded } from '../node/network/memory.ts';
import { opined, opinionEntriesMax } from '../node/records/opinion.ts';
import { signerOf } from '../test/announcements.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from '../test/processes.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '100000' },
    raters: { type: 'string', default: '1000' },
    asks: { type: 'string', default: '20000' },
  },
});
const [peers, raters, asks] = [Number(values.peers), Number(values.raters), Number(values.asks)];
const list = 'bench';
const random = seeded(1);
const now = Date.now();

/** The first ones are raters with keys of their own, the others nobody will ever hear of. */
const subjects = Array.from({ length: peers }, (_, i) =>
  i < raters ? signerOf(i + 1).peerId : peerIdOf(hash('sha256', `peer ${i}`, 'buffer')),
);
const pick = (): string => subjects[Math.floor(random() * peers)]!;

await using folder = await temporaryFolder();
await using empty = await startProcess(join(folder.path, 'empty'), ['--list', list]);
await fill(join(folder.path, 'full'));
const begin = performance.now();
await using node = await startProcess(join(folder.path, 'full'), ['--list', list, '--entry', empty.address]);
say(`${peers} peers remembered, ready after ${Math.round(performance.now() - begin)} ms`);
say(`memory of a node that knows nobody ${await memoryOf(empty)} MB, of this one ${await memoryOf(node)} MB`);
await speak();
say(`… with the opinions of ${raters} raters of ${opinionEntriesMax} peers each ${await memoryOf(node)} MB`);

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const took: Record<string, number[]> = { 'GET /api/v1/karma/{peer}': [], 'GET /healthz': [] };
for (let i = 0; i < asks; i++) {
  took['GET /api/v1/karma/{peer}']!.push(await ask(`/api/v1/karma/${pick()}`));
  took['GET /healthz']!.push(await ask('/healthz'));
}
took['GET /api/v1/karma?limit=100'] = [];
took['GET /api/v1/karma?limit=1000'] = [];
for (let i = 0; i < asks / 100; i++) {
  for (const limit of [100, 1_000]) {
    const { subject, value } = (await node.get<KarmaPage>('/karma?limit=1')).subjects[0]!;
    const cursor = `${Math.round((value + random()) * 1_000)}.${subject}`;
    took[`GET /api/v1/karma?limit=${limit}`]!.push(await ask(`/api/v1/karma?limit=${limit}&cursor=${cursor}`));
  }
}
say(`\n| ${'asked'.padEnd(28)} | times | p50, ms | p95, ms | p99, ms | slowest, ms |\n|---|---|---|---|---|---|`);
for (const [what, ms] of Object.entries(took)) {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2);
  say(`| ${what.padEnd(28)} | ${ms.length} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`);
}
say(`memory afterwards ${await memoryOf(node)} MB`);
agent.destroy();

/** What the store of a node holds that has met so many. Raters are known to be good. */
async function fill(data: string): Promise<void> {
  const first = await startProcess(data, ['--list', list]);
  await first.stop();
  await using store = await openStore(join(data, 'store'));
  const writes = subjects.map((subject, i): Write => {
    const events =
      i < raters ? [event(subject, i, 60)] : [event(subject, i, 1), event(subject, i, -3)].slice(0, 1 + (i % 2));
    return { space: 'karma', put: subject, value: formatRemembered({ ...unknown(subject), events }) };
  });
  for (const batch of batches(writes, 10_000)) await store.write(batch);
}

function event(subject: string, i: number, points: number): KarmaEvent {
  const action = points > 0 ? 'good-match' : 'team-kill-kick';
  const atMs = now - hour - (i % 1_000) * 1_000 + points;
  const note = points < 0 ? 'killed three of his own' : null;
  return { id: `match-${i}-${points}`, subject, action, points, atMs, source: 'game', note, evidence: null };
}

/** Each rater says what it thinks of as many as a batch holds; all of it comes from one peer, as fast as it is taken. */
async function speak(): Promise<void> {
  const topic = opinionsTopic(list);
  await using speaker = await createHost(labDeps({ list, topics: [topic], entries: [node.address] }));
  speaker.join(topic, async () => ({ action: 'accept' }));
  await speaker.start();
  await waitFor(async () => (await node.status()).peers === 2);
  const heard = async (rater: string, subject: string): Promise<boolean> => {
    const { hearsay } = await node.get<KarmaJson>(`/karma/${subject}`);
    return hearsay.groups.some(group => group.raters.some(it => it.rater === rater));
  };
  for (let i = 0; i < raters; i++) {
    const signer = signerOf(i + 1);
    const others = new Set(Array.from({ length: opinionEntriesMax }, pick));
    others.delete(signer.peerId);
    const entries = [...others].map(subject => ({
      subject,
      kind: 'player' as const,
      value: random() < 0.5 ? -0.38 : 0.5,
      reasons: { 'team-kill-kick': 1 },
    }));
    await waitFor(async () => {
      // Said before the node listens it is lost, and gossip says the same message only once.
      const issuedAt = Date.now();
      await speaker.publish(topic, opined({ issuedAt, expiresAt: issuedAt + hour, entries }, list, signer).bytes);
      await sleep(5);
      return heard(signer.peerId, entries[0]!.subject);
    });
  }
}

/** Milliseconds from the request to the last byte of its answer. */
async function ask(path: string): Promise<number> {
  const start = performance.now();
  const request = get(node.http + path, { agent });
  const [response] = await once(request, 'response');
  if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
  response.resume();
  await once(response, 'end');
  return performance.now() - start;
}

async function memoryOf({ http }: NodeProcess): Promise<number> {
  const text = await (await fetch(`${http}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1]) / 1e6);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
