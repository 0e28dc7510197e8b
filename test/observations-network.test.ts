// Observations between real nodes: one that asks nobody knows what the others saw, and when it is over.
import { join } from 'node:path';
import test from 'ava';
import type { Observed } from '../node/api/port.ts';
import { startGameServer } from '../node/demo/game-server.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';

const asking = ['--set', 'probe.enabled=true', '--set', 'probe.intervalMs=2000', '--set', 'probe.timeoutMs=300'];
const seen = (node: NodeProcess, id: string) =>
  node.get<Observed>(`/observations/${id}`).catch(() => ({ up: null, downSince: null }));

test('a server that stops is down on a node that does not ask it, and up again there when it is back', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'), asking);
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address, ...asking]);
  await using c = await startProcess(join(folder.path, 'c'), ['--entry', a.address, '--entry', b.address]);
  await waitFor(async () => (await c.status()).peers === 2);
  const options = { protocol: 'quake3', name: 'One', map: 'oa_dm1', maxPlayers: 16, players: 5 } as const;
  const first = await startGameServer(options);
  await using _ = first;
  const { announcement } = await a.send<{ announcement: { id: string } }>('POST', '/announcements', {
    ...{ game: 'openarena', name: 'One', addresses: [first.address], attributes: { players: '5' } },
  });
  const { id } = announcement;
  await waitFor(async () => (await seen(c, id)).up === true);
  t.like(await seen(c, id), { players: 5, maxPlayers: 16, map: 'oa_dm1', flags: [], downSince: null });
  await waitFor(async () => (await c.get<Observed>(`/observations/${id}`)).observers === 2);

  await first.close();
  const downMs = await waitFor(async () => (await seen(c, id)).up === false);
  t.true((await seen(c, id)).downSince! > 0);
  const port = Number(first.address.split(':')[1]);
  await using again = await startGameServer({ ...options, port, players: 2 });
  const upMs = await waitFor(async () => (await seen(c, id)).up === true);
  t.true(again.answered() > 0);
  t.log(`asked every 2 s: down after ${Math.round(downMs)} ms, up again after ${Math.round(upMs)} ms`);
});

test('who claims players that are not there is remembered for it by who asked', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address, ...asking]);
  await waitFor(async () => (await b.status()).peers === 1);
  await using game = await startGameServer({
    ...{ protocol: 'quake3', name: 'Full', map: 'oa_dm1', maxPlayers: 16, players: 0 },
  });
  const request = { game: 'openarena', name: 'Full', addresses: [game.address], attributes: { players: '200' } };
  const { announcement } = await a.send<{ announcement: { id: string } }>('POST', '/announcements', request);
  await waitFor(async () => (await b.get<{ tier: string }>(`/karma/${a.peerId}`)).tier === 'red');
  t.deepEqual((await b.get<Observed>(`/observations/${announcement.id}`)).flags, ['overstated']);
  const { events } = await b.get<{ events: { action: string; source: string; evidence: string }[] }>(
    `/karma/${a.peerId}`,
  );
  t.like(events[0], { action: 'false-claim', source: 'probe', evidence: announcement.id });
});
