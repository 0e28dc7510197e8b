import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ada, bob, nodes, one, restarted, server, sound, two } from '../../test/adopting.ts';
import { testNow } from '../../test/announcements.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import { git, serveGit, temporaryFolder, tryGit } from '../../test/stock-git.ts';
import { day, hour, minute } from '../base/time.ts';
import { exportRepository } from '../history/export.ts';
import { heightOf, readLog, serverLog } from '../history/log.ts';
import { recordsOf } from '../history/records.ts';
import { readCuts, readRefs } from '../history/refs.ts';
import { UploadPack } from '../history/upload-pack.ts';
import { HistoryPages } from './history-pages.ts';

const keepMs = 2 * day;

/** A node that each day lists a server under a new name, commits some times, and adopts a checkpoint. */
async function lived(t: ExecutionContext, days: number, writing?: () => void) {
  const { clock, all } = await nodes(t, 1, { keepMs, ...(writing ? { writing } : {}) });
  await live(all[0], clock, days);
  return { clock, a: all[0] };
}

async function live(a: StatementNode, clock: { now: number }, days: number, maintainer = ada) {
  for (let today = 0; today < days; today++) {
    for (const name of ['morning', 'noon', 'evening']) {
      clock.now += day / 3;
      a.list(
        server('one', { name, issuedAt: clock.now }),
        server(`${name} only`.replace(' ', '-'), { issuedAt: clock.now }),
      );
      a.live.changed(a.live.list.tick(clock.now));
      await a.commit();
    }
    if (maintainer) await a.take(await a.signed(maintainer));
  }
}

const oids = async ({ store }: StatementNode) => (await readLog(store, { limit: 1_000 })).map(({ oid }) => oid);
const refsOf = ({ store }: StatementNode) => ({ store, refs: () => readRefs(store), cuts: () => readCuts(store) });
const pagesOf = ({ store, history, live }: StatementNode) =>
  new HistoryPages({
    ...{ store, history, live, uncommitted: () => ({ since: history.head, changes: [] }) },
    signature: () => ({ status: 'good', reason: '', why: { code: 'adopted', values: {} } }),
  });

test('what is older goes, up to a checkpoint, and stock git is content with what is left', async t => {
  const { a } = await lived(t, 5);
  const before = await oids(a);
  await a.retention.run();
  const after = await oids(a);
  t.deepEqual(after, before.slice(0, after.length), 'what is newer stays as it is');
  // The old head of three days ago, its checkpoint and merge, then three commits, a checkpoint and a merge for each day since.
  t.is(after.length, 3 + 2 * 5);
  t.like(a.retention.state, { isShallow: true, isWaiting: false, oldestAtMs: testNow + 3 * day });
  await sound(t, a);
  const [root, statement] = [after.at(-1)!, after.at(-2)!];
  t.deepEqual((await readCuts(a.store)).sort(), [root, statement].sort());

  const bare = join(await temporaryFolder(t), 'list.git');
  await exportRepository(refsOf(a), bare);
  t.is(await git(bare, 'fsck', '--strict', '--full', '--no-dangling'), '');
  t.deepEqual((await git(bare, 'rev-list', 'HEAD')).split('\n').sort(), after.toSorted());
  t.is((await git(bare, 'log', '--first-parent', '--format=%s')).split('\n').length, 4, 'merge and statements');

  const { url } = await serveGit(t, new UploadPack({ ...refsOf(a), isOurs: async () => false, agent: 'rollcall/0' }));
  const folder = await temporaryFolder(t);
  await git(folder, 'clone', '-q', url, 'clone');
  const clone = join(folder, 'clone');
  t.is(await git(clone, 'fsck', '--strict', '--full', '--no-dangling'), '');
  t.is(await git(clone, 'rev-parse', '--is-shallow-repository'), 'true');
  t.is(await git(clone, 'rev-parse', 'HEAD:servers'), a.live.tree.root());
  for (const oid of after) for (const gone of ['objects', 'commits'] as const) t.truthy(await a.store.get(gone, oid));
  for (const oid of before.slice(after.length)) {
    t.deepEqual(await a.store.hasMany('objects', [oid]), [false]);
    t.is(await heightOf(a.store, oid), undefined);
  }
});

test('who cloned before fetches what is new, and who is far behind takes the new beginning when he says so', async t => {
  const { a, clock } = await lived(t, 3);
  const { url } = await serveGit(t, new UploadPack({ ...refsOf(a), isOurs: async () => false, agent: 'rollcall/0' }));
  const folder = await temporaryFolder(t);
  await git(folder, 'clone', '-q', url, 'near');
  await git(folder, 'clone', '-q', url, 'far');
  await live(a, clock, 1);
  await a.retention.run();
  t.true(a.retention.state.isShallow);
  await git(join(folder, 'near'), 'fetch', '-q');
  t.is(await git(join(folder, 'near'), 'rev-parse', 'origin/main'), a.history.head!);
  t.is(await git(join(folder, 'near'), 'fsck', '--strict', '--full', '--no-dangling'), '');
  await live(a, clock, 6);
  await a.retention.run();
  const far = join(folder, 'far');
  await tryGit(far, 'fetch', '-q');
  await git(far, 'fetch', '-q', '--update-shallow');
  t.is(await git(far, 'rev-parse', 'origin/main'), a.history.head!);
  t.is(await git(far, 'fsck', '--strict', '--full', '--no-dangling'), '');
});

test('the history says where it begins', async t => {
  const { a } = await lived(t, 5);
  await a.retention.run();
  const pages = pagesOf(a);
  const { commits } = await pages.page({});
  const root = commits.at(-1)!;
  t.true(root.cut);
  t.deepEqual(
    commits.filter(({ cut }) => cut).map(({ statement }) => statement?.kind ?? null),
    ['checkpoint', null],
  );
  const graph = await pages.graph({ limit: commits.length });
  t.deepEqual([graph.next, graph.commits.at(-1)!.parents, graph.commits.at(-1)!.cut], [null, [], true]);
  t.like(await pages.commit(root.oid), { base: null, cut: true });
  const changes = await serverLog(a.store, one.id, 100);
  t.is(changes.at(-1)!.oid, (await oids(a)).at(-4)!, 'the first commit after the beginning');
  await t.throwsAsync(pages.commit(root.parents[0]!), { code: 'NO_SUCH_COMMIT' });
});

test('it stays as it is while it is young, and begins anew once a day at most', async t => {
  const { a, clock } = await lived(t, 2);
  const before = await oids(a);
  await a.retention.run();
  t.deepEqual(await oids(a), before);
  await live(a, clock, 2);
  await a.retention.run();
  const begun = (await oids(a)).at(-1);
  t.not(begun, before.at(-1));
  clock.now += hour;
  await a.retention.run();
  t.is((await oids(a)).at(-1), begun);
});

test('without a checkpoint nothing goes, and that is told once', async t => {
  const { clock, all } = await nodes(t, 1, { keepMs });
  const [a] = all;
  for (let i = 0; i < 5; i++) {
    clock.now += day;
    a.list(server('one', { issuedAt: clock.now }));
    await a.commit();
  }
  const before = await oids(a);
  for (let i = 0; i < 2; i++) await a.retention.run();
  t.deepEqual(await oids(a), before);
  t.like(a.retention.state, { isShallow: false, isWaiting: true, oldestAtMs: testNow + day });
  t.is(a.told.filter(text => text.includes('no checkpoint was adopted')).length, 1);
});

test('with 0 all is kept', async t => {
  const { all, clock } = await nodes(t, 1, { keepMs: 0 });
  await live(all[0], clock, 6);
  const before = await oids(all[0]);
  await all[0].retention.run();
  t.deepEqual(await oids(all[0]), before);
  t.false(all[0].retention.state.isWaiting);
});

test('whichever write fails, the store is sound, and the next run goes on', async t => {
  const wanted = await lived(t, 5).then(async ({ a }) => {
    await a.retention.run();
    return held(a);
  });
  for (let failAt = 1, failed = true; failed; failAt++) {
    let [writes, isOn] = [0, false];
    failed = false;
    const { a } = await lived(t, 5, () => {
      if (!isOn || ++writes < failAt) return;
      failed = true;
      throw new Error('no space left');
    });
    isOn = true;
    await a.retention.run().catch(() => {});
    isOn = false;
    const again = await a.restart({ writing: () => {} });
    await sound(t, again);
    const bare = join(await temporaryFolder(t), 'list.git');
    await exportRepository(refsOf(again), bare);
    t.is(await git(bare, 'fsck', '--strict', '--full', '--no-dangling'), '', `write ${failAt}`);
    await again.retention.run();
    t.deepEqual(await held(again), wanted, `write ${failAt}`);
    await sound(t, again);
    await again.store.close();
  }
});

/** Everything in the spaces of the history; what is signed differs from run to run in nothing but its time. */
async function held({ store }: StatementNode): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const space of [
    'objects',
    'log',
    'commits',
    'servers',
    'announcers',
    'changes',
    'lists',
    'signed',
    'cuts',
    'going',
    'refs',
  ] as const) {
    counts[space] = 0;
    for await (const _ of store.entries(space)) counts[space]++;
  }
  return counts;
}

test('when a key falls, the statement of another comes back into force though its commits went long ago', async t => {
  const { clock, all } = await nodes(t, 1, { keepMs });
  const [a] = all;
  a.list(one, two);
  const first = await a.signed(ada, { deny: { games: ['quake'], reason: 'not here' } });
  await a.take(first);
  await live(a, clock, 8, bob);
  await a.retention.run();
  t.is(await heightOf(a.store, first.oid), undefined);
  await a.book.removeKey(bob.fingerprint);
  await a.adopter.settle();
  t.is(a.inForce, 1);
  t.deepEqual(a.list(server('q', { game: 'quake', issuedAt: clock.now })), ['DENIED']);
  t.true((await readCuts(a.store)).includes(first.oid) || first.parents.length === 0);
  await sound(t, a);
  await a.retention.run();
  await sound(t, a);
  const again = await restarted(t, a);
  t.is(again.inForce, 1);
});

test('what was drafted before old history went can be signed after it', async t => {
  const { a, clock } = await lived(t, 4);
  const [old] = (await readLog(a.store, { limit: 1_000 })).slice(-3);
  const draft = await a.drafted(ada, { to: old!.oid });
  await a.retention.run();
  t.is(await heightOf(a.store, old!.oid), undefined);
  clock.now += minute;
  t.is(await a.take(await ada.signDraft(draft, clock.now)), draft.sequence);
  await sound(t, a);
});

test('nothing goes while a statement is being gathered', async t => {
  const { clock, all } = await nodes(t, 2, { keepMs });
  const [a, b] = all;
  await live(a, clock, 4);
  b.list(server('new', { issuedAt: clock.now }));
  const { tree } = await b.drafted(bob);
  const records = await recordsOf(b.objects, b.live.tree.root());
  const statement = await bob.state({ tree, records, sequence: 9 }, clock.now);
  a.meet(b);
  const ask = a.peers.get('peer0')!;
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  a.peers.set('peer0', async wanted => {
    asked.resolve();
    await answer.promise;
    return ask(wanted);
  });
  await a.receive(statement);
  const settled = a.adopter.settle();
  await asked.promise;
  const before = (await oids(a)).length;
  const run = a.retention.run();
  await new Promise(setImmediate);
  t.is((await oids(a)).length, before);
  answer.resolve();
  await settled;
  await run;
  t.deepEqual([a.inForce, a.retention.state.isShallow], [9, true]);
  await sound(t, a);
});
