// Peers that serve an older statement with all its objects, to a node that has just been restarted and meets nobody else.
import { join } from 'node:path';
import test from 'ava';
import { gitHash, sha256Hex } from '../node/base/bytes.ts';
import {
  formatHead,
  type Head,
  headProtocol,
  objectsProtocol,
  objectsRequestBytesMax,
  parseObjectsRequest,
} from '../node/gossip/protocols.ts';
import { formatKept, statementsProtocol } from '../node/gossip/statements.ts';
import { announcementsTopic, statementsTopic } from '../node/gossip/topics.ts';
import type { GitObject } from '../node/history/objects.ts';
import { ServersTree } from '../node/history/servers-tree.ts';
import { formatTree } from '../node/history/tree.ts';
import { createHost } from '../node/network/host.ts';
import { labDeps } from '../node/network/lab.ts';
import { RecordsDigest } from '../node/trust/records.ts';
import { announcementOf, signerOf } from './announcements.ts';
import { maintainerOf } from './maintainers.ts';
import { formatObjects } from './objects-answer.ts';
import { startProcess, temporaryFolder, waitFor } from './processes.ts';
import { announce, draft, inForce, publish, standings, state, trust } from './statement-processes.ts';

const list = 'replay';
const now = Date.now();
const ada = await maintainerOf('Ada', now);

/** The first statement: a list of nothing but bots, made here with all its objects. */
async function oldStatement() {
  const objects = new Map<string, GitObject>();
  const put = (type: 'tree' | 'blob', body: Uint8Array) => {
    const oid = gitHash(type, body);
    objects.set(oid, { type, body });
    return oid;
  };
  const bots = Array.from({ length: 20 }, (_, i) =>
    announcementOf(`bot-${i}`, { list, issuedAt: now, signer: signerOf(9), addresses: [`127.0.0.1:${40_000 + i}`] }),
  ).sort((a, b) => (a.id < b.id ? -1 : 1));
  const tree = new ServersTree();
  const records = new RecordsDigest();
  for (const { id, oid, bytes } of bots) {
    tree.set(id, oid);
    records.add(id, bytes);
    put('blob', bytes);
  }
  for (const { body } of tree.unsaved().trees) put('tree', body);
  const root = put('tree', formatTree([{ mode: '40000', name: 'servers', oid: tree.root() }]));
  const statement = await ada.state({ list, tree: root, records: records.value() }, now);
  return { statement, objects, servers: tree.root() };
}

type Asked = { head: number; objects: number; kept: number };
type Liar = { readonly address: string; readonly asked: Asked };

/** A peer that has nothing but an old statement, gossips it, and counts what it is asked for. */
async function startLiar(
  stack: AsyncDisposableStack,
  { statement, objects, servers }: Awaited<ReturnType<typeof oldStatement>>,
  claim: NonNullable<Head['statement']>,
): Promise<Liar> {
  const host = stack.use(
    await createHost(labDeps({ list, topics: [announcementsTopic(list), statementsTopic(list)] })),
  );
  const asked: Asked = { head: 0, objects: 0, kept: 0 };
  const serve = (protocol: string, what: keyof Asked, answer: (request: Uint8Array) => Uint8Array) => {
    const counted = async (request: Uint8Array) => {
      asked[what]++;
      return answer(request);
    };
    host.serve(protocol, counted, { requestBytesMax: objectsRequestBytesMax });
  };
  serve(headProtocol(list), 'head', () => formatHead({ head: null, tree: servers, servers: 20, statement: claim }));
  serve(statementsProtocol(list), 'kept', () => formatKept([statement.bytes]));
  serve(objectsProtocol(list), 'objects', request => {
    const oids = parseObjectsRequest(request);
    return formatObjects(oids.ok ? oids.value.map(oid => objects.get(oid) ?? null) : []);
  });
  host.join(statementsTopic(list), async () => ({ action: 'accept' }));
  host.onPeer(headProtocol(list), () => void host.publish(statementsTopic(list), statement.bytes));
  await host.start();
  return { address: host.addresses()[0]!, asked };
}

test('an older statement that five peers replay to a restarted node, with its objects, is never adopted', async t => {
  await using folder = await temporaryFolder();
  const replayed = await oldStatement();
  const { statement: old, objects } = replayed;
  const a = await startProcess(join(folder.path, 'a'), ['--list', list]);
  await trust(a, ada.publicArmored);
  await announce(a, 'base');
  await draft(a, ada);
  const good = (await a.status()).head!;
  const withObjects = [...objects.values()].map(({ type, body }) => ({
    type: type as 'tree' | 'blob',
    body: Buffer.from(body).toString('base64'),
  }));
  await publish(a, old, withObjects);
  t.is((await a.servers()).total, 21);
  const data = join(folder.path, 'b');
  const b = await startProcess(data, ['--list', list, '--entry', a.address]);
  await trust(b, ada.publicArmored);
  await waitFor(async () => (await inForce(b)) === 1);
  await state(a, ada, { kind: 'rollback', to: good, message: 'bots' });
  await waitFor(async () => (await inForce(b)) === 2);
  await b.stop();
  await a.stop();

  await using stack = new AsyncDisposableStack();
  const liars: Liar[] = [];
  for (let i = 0; i < 5; i++) {
    // Some of them say, too, that they know of something much newer.
    const claim = i < 2 ? { sequence: 9, digest: sha256Hex(`nothing ${i}`) } : { sequence: 1, digest: old.digest };
    liars.push(await startLiar(stack, replayed, claim));
  }
  const entries = liars.flatMap(({ address }) => ['--entry', address]);
  for (let restart = 1; restart <= 2; restart++) {
    await using again = await startProcess(data, ['--list', list, ...entries]);
    t.is(await inForce(again), 2, 'at once');
    await waitFor(async () => liars.every(({ asked }) => asked.head >= restart && asked.objects >= restart));
    await waitFor(async () => liars.every(({ asked }, i) => i >= 2 || asked.kept >= restart));
    await waitFor(async () => ((await again.status()).refused.ROLLED_BACK ?? 0) > 0);
    t.is(await inForce(again), 2);
    t.deepEqual(await standings(again), ['base endorsed']);
    const { freshness } = await again.status();
    t.is(freshness.highestClaimed, 9);
    t.regex(freshness.warning ?? '', /^2 peers know a newer statement \(up to 9\)/);
  }
});
