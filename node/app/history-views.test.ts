import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { ada, bob, nodes, one, server, three, two } from '../../test/adopting.ts';
import { signerOf } from '../../test/announcements.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import type { CommitDetail, CommitServersQuery, GraphCommit, StatementJson } from '../api/port.ts';
import type { CommitServer } from '../api/port-history.ts';
import { gitHash } from '../base/bytes.ts';
import { minute } from '../base/time.ts';
import type { Statement } from '../trust/statement.ts';
import { Effects } from './effects.ts';
import { HistoryPages } from './history-pages.ts';
import { PastLists } from './past-lists.ts';

const pause = async () => {};

function viewsOf(node: StatementNode) {
  const { store, history, live, committer } = node;
  const signature = () => ({ status: 'good', reason: 'in force', why });
  const uncommitted = () => committer.uncommitted();
  const pages = new HistoryPages({ store, history, live, uncommitted, signature });
  const resolve = (revision: string) => pages.resolve(revision);
  const past = new PastLists({ store, history, resolve, held: id => live.list.held(id), pause });
  return { pages, past, effects: new Effects({ store, history }) };
}

const why = { code: 'adopted', values: {} };

/** As the API tells a statement; only what an effect depends on matters here. */
const told = ({ digest, oid, sequence, kind, rollbackTo, subject, message }: Statement): StatementJson => ({
  ...{ digest, oid, sequence, kind, rollbackTo, subject, message },
  ...{ atMs: 0, signer: 'Ada', fingerprint: ada.fingerprint, trusted: true, state: 'adopted', reason: '', why },
  equivocation: null,
});

const bot = (n: number) => server(`bot-${n}`, { signer: signerOf(9), addresses: [`198.51.100.${n}:1`] });

/** One and two are vouched for, two withdraws, bots and three come, and a rollback brings the checkpoint back. */
async function rolledBack(t: ExecutionContext) {
  const { all, clock } = await nodes(t, 1);
  const [node] = all;
  node.list(one, two);
  const checkpoint = await node.signed(ada);
  await node.take(checkpoint);
  clock.now += minute;
  node.list(bot(1), bot(2), three, server('two', { issuedAt: node.now - 1, state: 'left' }));
  await node.committer.flush();
  const flooded = node.history.head!;
  const rollback = await node.signed(ada, {
    kind: 'rollback',
    to: checkpoint.oid,
    deny: { addresses: ['198.51.100.0/24'], reason: 'bots' },
  });
  await node.take(rollback);
  return { node, checkpoint, rollback, flooded, ...viewsOf(node) };
}

test('the graph holds all that was ever committed here, the old branch and the statements too', async t => {
  const { node, pages, checkpoint, rollback, flooded } = await rolledBack(t);
  const { commits, head, next } = await pages.graph({});
  t.deepEqual([head, next], [node.history.head, null]);
  t.is(commits[0]?.oid, head!);
  t.deepEqual(
    commits.map(({ kind }) => kind),
    ['merge', 'rollback', 'own', 'merge', 'checkpoint', 'own'],
  );
  t.deepEqual(commits[0]!.parents, [rollback.oid, flooded]);
  t.like(commits[1], { oid: rollback.oid, sequence: 2, status: 'good', rollbackTo: checkpoint.oid });
  t.like(commits[2], { oid: flooded, sequence: null, status: null, rollbackTo: null, added: 3, removed: 1 });
});

test('the graph is read page by page, and pages put together are the whole', async t => {
  const { pages } = await rolledBack(t);
  const whole = await pages.graph({});
  const read: GraphCommit[] = [];
  for (let before: string | undefined; ; ) {
    const page = await pages.graph({ limit: 4, ...(before === undefined ? {} : { before }) });
    read.push(...page.commits);
    if (page.next === null) break;
    before = page.next;
  }
  t.deepEqual(read, whole.commits);
});

test('history is found by kind and by who signed', async t => {
  const { pages, checkpoint, rollback } = await rolledBack(t);
  const oids = async (query: Parameters<HistoryPages['page']>[0]) =>
    (await pages.page(query)).commits.map(({ oid }) => oid);
  t.deepEqual(await oids({ kind: 'rollback' }), [rollback.oid]);
  t.deepEqual(await oids({ kind: 'checkpoint' }), [checkpoint.oid]);
  t.deepEqual(await oids({ signer: ada.fingerprint.toUpperCase() }), [rollback.oid, checkpoint.oid]);
  t.deepEqual(await oids({ signer: bob.fingerprint }), []);
  t.is((await oids({ kind: 'merge' })).length, 2);
  t.is((await oids({ kind: 'own', limit: 1 })).length, 1);
});

test('what a commit changed is told in parts to who asks for them, and they are the whole', async t => {
  const { pages, flooded } = await rolledBack(t);
  const whole = await pages.commit(flooded);
  t.is(whole.part, undefined);
  const parts: CommitDetail[] = [];
  for (let after: string | null = ''; after !== null; after = parts.at(-1)!.part!.next)
    parts.push(await pages.commit(flooded, { limit: 1, ...(after === '' ? {} : { after }) }));
  t.deepEqual(
    parts.map(({ part }) => part!.differing),
    [4, 4, 4, 4],
  );
  for (const kind of ['added', 'removed', 'changed'] as const)
    t.deepEqual(
      parts.flatMap(({ diff }): { id: string }[] => diff[kind]),
      whole.diff[kind],
    );
  const { diff, part } = await pages.commit(flooded, { limit: 4 });
  t.deepEqual([diff, part], [whole.diff, { differing: 4, next: null }]);
  t.deepEqual((await pages.commit(flooded, { diff: false, limit: 1 })).part, { differing: 0, next: null });
});

test('the bytes of a commit are those of its hash', async t => {
  const { pages, rollback } = await rolledBack(t);
  const { oid, bytes } = await pages.raw(rollback.oid.slice(0, 10));
  t.is(gitHash('commit', bytes), oid);
  t.deepEqual(Buffer.from(bytes), Buffer.from(rollback.bytes));
  await t.throwsAsync(pages.raw('0'.repeat(40)), { code: 'NO_SUCH_COMMIT' });
});

async function page(past: PastLists, oid: string, query: CommitServersQuery) {
  const { servers } = await past.servers(oid, query);
  const rows: CommitServer[] = [];
  let slice = await servers.next();
  for (; !slice.done; slice = await servers.next()) rows.push(...slice.value);
  return { servers: rows, total: slice.value };
}

test('the list as it stood at a commit, without who had withdrawn', async t => {
  const { past, flooded, checkpoint } = await rolledBack(t);
  const names = async (oid: string, query = {}) => (await page(past, oid, query)).servers.map(it => it.server).sort();
  t.deepEqual(await names(checkpoint.oid), ['one', 'two']);
  t.deepEqual(await names(flooded), ['bot-1', 'bot-2', 'one', 'three']);
  t.deepEqual(await names(flooded, { filter: 'bot' }), ['bot-1', 'bot-2']);
  t.deepEqual(await names(flooded, { game: 'nothing' }), []);
  t.deepEqual(await names(flooded, { filter: 'karma:green' }), [], 'nobody knows what was thought of it then');
  await t.throwsAsync(past.servers(flooded, { filter: 'players>x' }), { code: 'BAD_FILTER' });
});

test('pages of an old list are in the order of ids, and tell how many there are', async t => {
  const { past, flooded } = await rolledBack(t);
  const { servers } = await page(past, flooded, {});
  const pages = [];
  for (const offset of [0, 2, 4]) pages.push(await page(past, flooded, { limit: 2, offset }));
  t.deepEqual(
    pages.flatMap(page => page.servers),
    servers,
  );
  t.deepEqual(
    pages.map(({ total }) => total),
    [4, 4, 4],
  );
  t.deepEqual(
    servers.map(({ id }) => id),
    servers.map(({ id }) => id).sort(),
  );
});

for (const which of ['checkpoint', 'rollback'] as const) {
  test(`what a ${which} vouches for can be worked out from its records`, async t => {
    const { past, ...statements } = await rolledBack(t);
    const hash = createHash('sha256');
    for await (const bytes of past.records(statements[which].oid)) hash.update(bytes);
    t.is(hash.digest('hex'), statements[which].records);
  });
}

test('a rollback tells who went, who came back, and whom it bars', async t => {
  const { node, effects, rollback, flooded } = await rolledBack(t);
  const effect = await effects.of(told(rollback));
  const names = (servers: readonly { name: string }[]) => servers.map(({ name }) => name).sort();
  t.is(effect.before, flooded);
  t.is(effect.after, node.history.head!);
  t.deepEqual(names(effect.lost), ['Server bot-1', 'Server bot-2', 'Server three']);
  t.deepEqual(effect.joined, []);
  t.deepEqual(effect.counts, { lost: 3, returned: effect.returned.length, joined: 0, denied: 1 });
  t.deepEqual(effect.lostByAnnouncer, [
    { announcer: signerOf(9).peerId, count: 2 },
    { announcer: signerOf(1).peerId, count: 1 },
  ]);
  t.like(effect.denied[0], {
    address: '198.51.100.0/24',
    reason: 'bots',
    origin: 'maintainers',
    from: 'rollback 2 by Ada',
  });
});

test('a checkpoint brings a newcomer servers that it never had', async t => {
  const { all } = await nodes(t, 2);
  all[0].list(one, two);
  const checkpoint = await all[0].signed(ada);
  await all[0].take(checkpoint);
  all[1].meet(all[0]);
  await all[1].take(checkpoint);
  const { joined, before, counts } = await viewsOf(all[1]).effects.of(told(checkpoint));
  t.deepEqual(joined.map(({ name }) => name).sort(), ['Server one', 'Server two']);
  t.is(before, null);
  t.deepEqual(counts, { lost: 0, returned: 0, joined: 2, denied: 0 });
});

test('a statement that never came into force here did nothing', async t => {
  const { all } = await nodes(t, 1);
  all[0].list(one);
  const { effects } = viewsOf(all[0]);
  const effect = await effects.of(told(await all[0].signed(ada)));
  t.like(effect, {
    before: null,
    after: null,
    lost: [],
    joined: [],
    counts: { lost: 0, returned: 0, joined: 0, denied: 0 },
  });
});

test('the list as it was when it was asked for is told, however it moves on meanwhile', async t => {
  const { all, clock } = await nodes(t, 1);
  const [node] = all;
  node.list(one, two);
  const from = await node.commit();
  const renamed = (name: string) => node.list(server('one', { name, issuedAt: ++clock.now }));
  renamed('not committed');
  const { store, history, live, committer } = node;
  const uncommitted = () => {
    const changes = committer.uncommitted();
    // What came after them is neither told nor in the way.
    queueMicrotask(() => {
      renamed('moved on');
      node.list(three);
    });
    return changes;
  };
  const signature = () => ({ status: 'good', reason: 'in force', why });
  const pages = new HistoryPages({ store, history, live, uncommitted, signature });
  const { added, changed } = await pages.diff(from);
  t.deepEqual(added, []);
  t.deepEqual(
    changed.map(({ fields }) => fields.name?.[1]),
    ['not committed'],
  );
});

test('what is being committed when the list is compared is told once', async t => {
  const { all, clock } = await nodes(t, 1);
  const [node] = all;
  node.list(one);
  const from = await node.commit();
  const { pages } = viewsOf(node);
  node.list(two, server('one', { name: 'being committed', issuedAt: ++clock.now }));
  const committed = node.committer.flush();
  node.list(server('one', { name: 'and again', issuedAt: ++clock.now }));
  const diff = await pages.diff(from);
  await committed;
  t.deepEqual(await pages.diff(from), diff);
  t.deepEqual([diff.added.length, diff.changed[0]?.fields.name?.[1]], [1, 'and again']);
});
