import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type StartOptions, startNode } from './start.ts';

const alone = {
  ...{ 'list.name': 'start-test', 'network.listen': ['/ip4/127.0.0.1/tcp/0'], 'network.entries': [] },
  ...{ 'network.mdns': false, 'network.allowPrivateAddresses': true, 'http.port': 0, 'probe.enabled': false },
};

const optionsOf = (dataDir: string, signal: AbortSignal, log: (line: string) => void): StartOptions => ({
  ...{ dataDir, flags: alone, sets: [], env: {}, pid: process.pid, signal, log },
  ...{ clock: () => 1_763_600_000_000, monotonic: () => 0, random: () => 0.5 },
});

test('a node that is stopped when it has loaded its list listens nowhere, and lets its store go', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-start-'));
  t.teardown(() => rm(dataDir, { recursive: true }));
  const [early, late] = [new AbortController(), new AbortController()];
  const stopping = optionsOf(dataDir, early.signal, line => line.includes(' holds ') && early.abort());
  t.is(await startNode(stopping), undefined);
  const node = await startNode(optionsOf(dataDir, late.signal, () => {}));
  t.is(node?.list, 'start-test');
  late.abort();
  await node?.done;
});

test('what keeps a node from starting is told though it is to stop', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-start-'));
  t.teardown(() => rm(dataDir, { recursive: true }));
  const options = optionsOf(dataDir, AbortSignal.abort(), () => {});
  await t.throwsAsync(startNode({ ...options, sets: ['http.port=many'] }), { code: 'BAD_CONFIG' });
  t.is(await startNode(options), undefined);
});
