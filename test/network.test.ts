import { join } from 'node:path';
import test from 'ava';
import type { ServersPage } from '../node/api/port.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';

const announce = (node: NodeProcess, number: number, name = `Server ${number}`) =>
  node.send('POST', '/announcements', {
    game: 'openarena',
    name,
    addresses: [`127.0.0.1:${20_000 + number}`],
    server: `s${number}`,
  });

const treesAreEqual = async (nodes: readonly NodeProcess[]) =>
  new Set(await Promise.all(nodes.map(async node => (await node.status()).tree))).size === 1;

test('of three processes each sees what the others announce, and all have one tree', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  await using c = await startProcess(join(folder.path, 'c'), ['--entry', b.address, '--role', 'player']);
  const nodes = [a, b, c];
  await waitFor(async () => (await b.status()).peers === 2);
  await announce(a, 1);
  await waitFor(async () => (await Promise.all(nodes.map(node => node.servers()))).every(({ total }) => total === 1));
  await announce(b, 2, 'Ночной сервер');
  await a.send('DELETE', '/announcements/s1');
  await waitFor(async () => {
    const pages = await Promise.all(nodes.map(node => node.servers()));
    return pages.every(({ servers }) => servers.length === 1 && servers[0]!.name === 'Ночной сервер');
  });
  t.true(await treesAreEqual(nodes));
});

const agesIn = ({ servers }: Pick<ServersPage, 'servers'>) =>
  Object.fromEntries(servers.map(({ id, since }) => [id, since]));

test('a node that was down while 200 servers changed catches up by tree descent when it comes back', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  const data = join(folder.path, 'b');
  const first = await startProcess(data, ['--entry', a.address]);
  await Promise.all(Array.from({ length: 300 }, (_, i) => announce(a, i)));
  await waitFor(async () => (await first.servers()).total === 300);
  const ages = agesIn(await first.servers());
  await first.stop();
  await Promise.all(Array.from({ length: 200 }, (_, i) => announce(a, i, `Renamed ${i}`)));
  const begin = performance.now();
  await using again = await startProcess(data, ['--entry', a.address]);
  await waitFor(() => treesAreEqual([a, again]));
  const { servers } = await again.servers();
  t.is(servers.filter(({ name }) => name.startsWith('Renamed')).length, 200);
  t.deepEqual(agesIn({ servers }), ages, 'since when each is listed here is remembered');
  t.log(`caught up ${Math.round(performance.now() - begin)} ms after its start`);
});

test('a node without its entry point finds its peers again by itself', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  const data = join(folder.path, 'b');
  const first = await startProcess(data, ['--entry', a.address]);
  await waitFor(async () => (await first.status()).peers === 1);
  await first.stop();
  await using again = await startProcess(data);
  await waitFor(async () => (await again.status()).peers === 1);
  t.is((await again.status()).peers, 1);
});
