// What a newcomer shows before it has the list, with real processes.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { accept } from '../node/base/verdict.ts';
import { formatAnswer } from '../node/gossip/answer-form.ts';
import { formatBatch } from '../node/gossip/batch.ts';
import { headProtocol } from '../node/gossip/protocols.ts';
import { queryBytesMax, queryProtocol } from '../node/gossip/query.ts';
import { announcementsTopic } from '../node/gossip/topics.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps } from '../node/network/lab.ts';
import type { Answer } from '../node/network/port.ts';
import { announcementOf } from './announcements.ts';
import { program, startProcess, temporaryFolder, waitFor } from './processes.ts';

const pageOf = (blobs: readonly Uint8Array[]) => formatAnswer(formatBatch(blobs), true);

const list = 'beginning';
const names = ['first', 'second', 'third'];
const items = names.map(name => announcementOf(name, { list, name, issuedAt: Date.now() }));

/** A peer that tells its first page, and lets whoever asks for more wait. */
async function slowPeer(page: Answer) {
  const host = await createHost(labDeps({ list, topics: [announcementsTopic(list)] }));
  host.join(announcementsTopic(list), async () => accept);
  host.serve(queryProtocol(list), page, { requestBytesMax: queryBytesMax });
  host.serve(headProtocol(list), () => new Promise<Uint8Array>(() => {}), { requestBytesMax: 0 });
  await host.start();
  return host;
}

test('a newcomer shows the first page of a peer before it has the list, and says that it is no more than that', async t => {
  await using folder = await temporaryFolder();
  await using peer = await slowPeer(async () => pageOf(items.map(({ bytes }) => bytes)));
  const flags = ['--list', list, '--role', 'player'];
  await using node = await startProcess(join(folder.path, 'a'), [...flags, '--entry', peer.addresses()[0]!]);
  const page = await node.servers();
  t.deepEqual(page.servers.map(({ name }) => name).toSorted(), names.toSorted());
  t.deepEqual([page.partial, page.statement], [true, null]);
  t.like((await node.status()).sync, { partial: true, state: 'syncing', lastAt: null });
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'list', '--data', node.data]);
  t.regex(stdout, /^only a beginning: /m);
});

test('what is a beginning is the whole once the list was compared with a peer', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'), ['--list', list]);
  for (const name of names) {
    const addresses = [`127.0.0.1:${20_000 + names.indexOf(name)}`];
    await a.send('POST', '/announcements', { game: 'openarena', name, addresses, server: name });
  }
  t.false((await a.servers()).partial, 'who is alone and knows of nobody has all that there is');
  await using b = await startProcess(join(folder.path, 'b'), ['--list', list, '--entry', a.address]);
  t.true((await b.servers()).total > 0);
  await waitFor(async () => !(await b.servers()).partial);
  t.like(await b.servers(), { total: 3, tree: (await a.status()).tree });
});

test('a newcomer that is sent a forged page shows nothing of it', async t => {
  await using folder = await temporaryFolder();
  const forged = `${JSON.stringify({ ...items[0]!.announcement, name: 'forged' }, null, 2)}\n`;
  await using peer = await slowPeer(async () => pageOf([Buffer.from(forged)]));
  const flags = ['--list', list, '--entry', peer.addresses()[0]!];
  await using node = await startProcess(join(folder.path, 'a'), flags);
  await waitFor(async () => (await node.status()).refused.BAD_SIGNATURE === 1);
  t.like(await node.servers(), { total: 0, partial: true });
});
