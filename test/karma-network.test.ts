// Karma between real nodes: what two good servers say of a player is known on a third.
import { join } from 'node:path';
import test from 'ava';
import type { KarmaJson } from '../node/api/port.ts';
import { signerOf } from './announcements.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';

const rate = (node: NodeProcess, subject: string, action: string, id?: string) =>
  node.send<KarmaJson>('POST', '/karma/events', { subject, action, ...(id === undefined ? {} : { id }) });
const karmaOf = (node: NodeProcess, peer: string) => node.get<KarmaJson>(`/karma/${peer}`);

test('a team-killer kicked by two servers of good karma is red on a third, until he is heard, also after a restart', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  const data = join(folder.path, 'c');
  await using c = await startProcess(data, ['--entry', a.address, '--entry', b.address]);
  await waitFor(async () => (await c.status()).peers === 2);
  for (const server of [a, b]) {
    for (let match = 0; match < 20; match++) await rate(c, server.peerId, 'good-match', `${server.peerId}-${match}`);
    t.is((await karmaOf(c, server.peerId)).tier, 'green');
  }
  const killer = signerOf(66).peerId;
  await rate(a, killer, 'team-kill-kick', 'match-1');
  await rate(a, killer, 'team-kill-kick', 'match-1');
  t.is((await karmaOf(a, killer)).events.length, 1, 'told twice counts once');
  t.is((await karmaOf(c, killer)).tier, 'yellow', 'one server alone is not believed');
  await rate(b, killer, 'team-kill-kick');
  const tookMs = await waitFor(async () => (await karmaOf(c, killer)).tier === 'red');
  t.log(`red on the third ${Math.round(tookMs)} ms after the second kick`);
  await c.stop();
  await using again = await startProcess(data, ['--entry', a.address]);
  t.is((await karmaOf(again, a.peerId)).tier, 'green', 'what was remembered is remembered');
  await rate(again, killer, 'appeal');
  t.not((await karmaOf(again, killer)).tier, 'red');
});

test('the karma of who announces a server is shown with it', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  await a.send('POST', '/announcements', { game: 'openarena', name: 'One', addresses: ['127.0.0.1:27960'] });
  await waitFor(async () => (await b.servers()).total === 1);
  t.deepEqual((await b.servers()).servers[0]!.karma, { value: 0, tier: 'yellow' });
  await rate(b, a.peerId, 'port-scan');
  await waitFor(async () => (await b.servers()).servers[0]!.karma.tier === 'red');
  await t.throwsAsync(rate(b, a.peerId, 'port-scam'), { message: /did you mean port-scan/ });
  await t.throwsAsync(rate(b, b.peerId, 'good-match'), { message: /this node itself/ });
});
