// A node's own deny rules among real nodes: who is barred goes at once and nowhere else, and comes back when the rule goes.
import { join } from 'node:path';
import test from 'ava';
import type { DenyRuleJson, ServerDetail } from '../node/api/port.ts';
import { startProcess, temporaryFolder, waitFor } from './processes.ts';

const quick = ['--set', 'gossip.syncIntervalMs=1000', '--set', 'history.commitChangesMax=1'];

test('a node that bars a range lists less than its peers, says that it does so by choice, and takes all back', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'), quick);
  const data = join(folder.path, 'b');
  const entry = ['--entry', a.address];
  await using b = await startProcess(data, [...quick, ...entry]);
  const announce = (server: string, address: string) =>
    a.send('POST', '/announcements', { server, game: 'openarena', name: server, addresses: [address] });
  await announce('good', '127.0.0.1:27960');
  await announce('bad', '127.66.6.1:27960');
  await waitFor(async () => (await b.servers()).total === 2 && (await b.status()).uncommitted === 0);
  const { id } = (await b.servers()).servers.find(({ server }) => server === 'bad')!;

  const rule = { addresses: ['127.66.6.0/24'], reason: 'bots' };
  const added = await b.send<{ rules: DenyRuleJson[]; left: number }>('POST', '/deny', rule);
  t.is(added.left, 1);
  t.deepEqual(
    (await b.servers()).servers.map(({ server }) => server),
    ['good'],
  );
  t.is((await a.servers()).total, 2, 'the others go on listing it');
  const barred = await b.get<ServerDetail>(`/servers/${id}`);
  t.is(barred.standing, 'denied');
  t.deepEqual(barred.reasons, ["barred by this node's own rules (address 127.66.6.0/24): bots"]);
  await waitFor(async () => (await b.status()).sync.nothingToTake === 1);
  const refused = (await b.status()).refused.DENIED ?? 0;
  const { lastAt } = (await b.status()).sync;
  await waitFor(async () => (await b.status()).sync.lastAt! > lastAt!);
  t.is((await b.status()).refused.DENIED ?? 0, refused, 'what is barred is not fetched with each comparison');
  await waitFor(async () => (await a.status()).sync.nothingToTake === 1);

  await b.stop();
  await using again = await startProcess(data, [...quick, ...entry]);
  await waitFor(async () => (await again.status()).sync.nothingToTake === 1);
  t.is((await again.servers()).total, 1);
  t.deepEqual((await again.status()).deny, { own: 1, maintainers: 0 });
  await again.send('DELETE', `/deny?address=${encodeURIComponent('127.66.6.0/24')}`);
  await waitFor(async () => (await again.servers()).total === 2);
  await waitFor(async () => (await again.status()).sync.inSyncWith === 1);
});

test("one's own server that is barred is told by which rule, and is announced again when that goes", async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  const server = { server: 'mine', game: 'openarena', name: 'Mine', addresses: ['127.0.0.1:27960'] };
  await a.send('POST', '/announcements', server);
  await a.send('POST', '/deny', { announcers: [a.peerId], reason: 'a test', force: true });
  t.is((await a.servers()).total, 0);
  await t.throwsAsync(a.send('POST', '/announcements', server), {
    message: new RegExp(`403.*barred by this node's own rules \\(announcer ${a.peerId}\\): a test`),
  });
  await a.send('DELETE', `/deny?announcer=${a.peerId}`);
  await waitFor(async () => (await a.servers()).total === 1);
});
