import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ada, nodes, server } from '../../test/adopting.ts';
import { testList, testNow } from '../../test/announcements.ts';
import { keptHistory, pause } from '../../test/histories.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import { day } from '../base/time.ts';
import { kindOf } from '../list/change.ts';
import { diffCommits, diffToLive } from './compare.ts';
import { type BlobDiff, diffTrees } from './diff.ts';
import { stored } from './history.ts';
import { noteList } from './lists.ts';
import { beginningOf, heightOf, keyOf, readLog } from './log.ts';
import { readAnnouncements } from './source.ts';
import type { Space, Store } from './store.ts';
import { verifyHistory } from './verify.ts';

/** A list at each third commit, so that short histories have some. */
const every = 3;

const move = fc.record({
  what: fc.constantFrom(
    ...([
      'list',
      'list',
      'list',
      'renew',
      'renew',
      'renew',
      'note',
      'note',
      'checkpoint',
      'rollback',
      'retain',
      'restart',
      'lose',
    ] as const),
  ),
  picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
});

/** Commits that are kept and that a list can go back to, oldest first. */
async function commitsOf({ store }: { readonly store: Store }) {
  return (await readLog(store, { limit: 1_000 })).toReversed();
}

async function keysOf(store: Store, ...spaces: readonly Space[]) {
  const keys: { readonly space: Space; readonly del: string }[] = [];
  for (const space of spaces) for await (const [del] of store.entries(space)) keys.push({ space, del });
  return keys;
}

/** What differs as trees tell it; whatever is known to be a renewal must be told to nobody. */
async function withoutMarks(t: ExecutionContext, store: Store, diffs: readonly BlobDiff[]): Promise<BlobDiff[]> {
  const known = diffs.filter(({ isRenewal }) => isRenewal).map(({ before, after }) => [before, after] as const);
  const oids = [...new Set(known.flat())].filter(oid => oid !== undefined);
  const held = new Map((await readAnnouncements(stored(store), oids)).map((item, i) => [oids[i], item]));
  for (const [before, after] of known)
    t.true(['renewed', 'gone', 'forgotten'].includes(kindOf(held.get(before), held.get(after))));
  return diffs.map(({ id, before, after }) => ({ id, before, after }));
}

async function likeTrees(t: ExecutionContext, node: Pick<StatementNode, 'store' | 'history'>) {
  const { store, history } = node;
  const oids = (await commitsOf(node)).map(({ oid }) => oid);
  const trees = new Map<string, string>();
  for (const oid of oids) trees.set(oid, await history.serversOf(oid));
  for (const [i, a] of oids.entries()) {
    // All distances, without all pairs.
    for (const b of new Set([oids[0]!, oids.at(-1)!, oids[(i * 7 + 3) % oids.length]!, oids[i + 1] ?? a])) {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const expected = await diffTrees(stored(store), trees.get(from)!, trees.get(to)!);
        t.deepEqual(await withoutMarks(t, store, await diffCommits({ store, history, every }, from, to)), expected);
      }
    }
  }
}

test('any two commits are compared as by their trees, whatever happened to the list and to what was noted', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 24 }), async moves => {
      const { clock, all } = await nodes(t, 1, { keepMs: day });
      let a: StatementNode = all[0];
      a.list(server('eu-1'));
      await a.commit();
      for (const { what, picks } of moves) {
        clock.now += day / 8;
        const { store } = a;
        const pickOf = <T>(items: readonly T[]) => items.slice((picks[0]! * items.length) >> 3)[0]!;
        if (what === 'list') {
          const fields = { state: picks.length > 3 ? 'left' : 'up', issuedAt: clock.now } as const;
          a.list(...picks.map(n => server(`eu-${n}`, { name: `at ${clock.now}`, ...fields })));
          a.live.changed(a.live.list.tick(clock.now));
          await a.commit();
        } else if (what === 'renew') {
          const held = picks.flatMap(n => a.live.list.held(server(`eu-${n}`).id)?.announcement ?? []);
          a.list(...held.map(({ server: its, name, state }) => server(its, { name, state, issuedAt: clock.now })));
          await a.commit();
        } else if (what === 'checkpoint') await a.take(await a.signed(ada));
        else if (what === 'rollback') {
          const own = (await commitsOf(a)).filter(({ statement }) => !statement);
          await a.take(await a.signed(ada, { to: pickOf(own).oid }));
        } else if (what === 'note') await noteList(store, a.history, every);
        else if (what === 'retain') await a.retention.run();
        else if (what === 'restart') a = await a.restart();
        else await store.write([pickOf(await keysOf(store, 'changes', 'lists'))].filter(key => key !== undefined));
      }
      await likeTrees(t, a);
      const { faults } = await verifyHistory({ ...a, listName: testList, pause, every }, a.history.head, true);
      t.deepEqual(faults, []);
      await a.store.close();
    }),
    { numRuns: 20 },
  );
});

/** Two dozen commits of ten servers, each with something new as a rule; lists are noted as they become due. */
async function renewed(t: ExecutionContext, nameIn = (_n: number, round: number) => `round ${round}`) {
  const kept = await keptHistory(t);
  for (let round = 0; round < 24; round++) {
    const its = [round, round + 3, round + 7].map(n => n % 10);
    await kept.commit(its.map(n => server(`eu-${n}`, { name: nameIn(n, round), issuedAt: testNow + round })));
    await noteList(kept.store, kept.history, every);
  }
  return { ...kept, oids: (await commitsOf(kept)).map(({ oid }) => oid) };
}

/** The same store, which tells what it is asked for. */
function watched(store: Store): { store: Store; read: Set<Space> } {
  const read = new Set<Space>();
  const noting = new Proxy(store, {
    get: (target, name: keyof Store) => {
      const value = target[name] as unknown;
      if (typeof value !== 'function') return value;
      return (...args: [Space]) => {
        read.add(args[0]);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  return { store: noting, read };
}

test('neither commits that are near nor such that are far apart are compared by their trees', async t => {
  const { history, oids, ...kept } = await renewed(t);
  for (const [a, b, spaces] of [
    [4, 5, ['changes', 'commits', 'log']],
    [5, 2, ['changes', 'commits', 'log']],
    [1, 22, ['changes', 'commits', 'lists', 'log']],
    [23, 0, ['changes', 'commits', 'lists', 'log']],
  ] as const) {
    const { store, read } = watched(kept.store);
    t.true((await diffCommits({ store, history, every }, oids[a]!, oids[b]!)).length > 0);
    t.deepEqual([...read].sort(), spaces as readonly string[] as Space[]);
  }
});

test('a list that is not whole is noted again, and until then comparisons do without it', async t => {
  const { history, store, oids } = await renewed(t);
  const [far, all] = [oids.at(-1)!, await keysOf(store, 'lists')];
  const { read } = await (async () => {
    await store.write([all.at(-1)!, all[0]!]);
    const noting = watched(store);
    const expected = await diffTrees(stored(store), await history.serversOf(oids[0]!), await history.serversOf(far));
    const told = await diffCommits({ store: noting.store, history, every }, oids[0]!, far);
    t.deepEqual(await withoutMarks(t, store, told), expected);
    return noting;
  })();
  t.true(read.has('lists'));
  await noteList(store, history, every);
  t.is((await keysOf(store, 'lists')).length, all.length - 1, 'the newest is whole again');
});

/** The odd ones say something new each time, the even ones never. */
const halfNew = (n: number, round: number) => (n % 2 === 1 ? `round ${round}` : '');

test('who was renewed at most is known between any commits, near or far apart', async t => {
  const { history, store, oids } = await renewed(t, halfNew);
  const even = [0, 2, 4, 6, 8].map(n => server(`eu-${n}`).id);
  for (const [a, b] of [
    [10, 13],
    [13, 10],
    [9, 23],
    [23, 9],
  ] as const) {
    const diffs = await diffCommits({ store, history, every }, oids[a]!, oids[b]!);
    t.true(diffs.some(({ id }) => even.includes(id)) && diffs.some(({ id }) => !even.includes(id)));
    for (const { id, isRenewal } of diffs) t.is(isRenewal, even.includes(id));
  }
});

test('where it is not noted who said something new, nobody is taken for renewed', async t => {
  const { history, store, oids } = await renewed(t, halfNew);
  await store.write([{ space: 'lists', del: keyOf(15) }]);
  const diffs = await diffCommits({ store, history, every }, oids[9]!, oids[23]!);
  t.is(diffs.length, 10);
  t.true(diffs.every(({ isRenewal }) => !isRenewal));
});

for (const [space, keyAt, fault] of [
  ['changes', keyOf(12), /the blobs that commit .* replaced are noted wrong/],
  ['lists', `${keyOf(12)}/`, /the list at commit .* is noted wrong/],
  ['lists', keyOf(12), /the list at commit .* is noted wrong/],
] as const) {
  test(`what is wrong in ${space} at ${keyAt} is found and taken out, so that trees are compared`, async t => {
    const { history, store, oids } = await renewed(t);
    const kept = { store, history };
    for await (const [put, value] of store.entries(space, { gte: keyAt, lt: `${keyAt}~` })) {
      if (value.length === 0) continue;
      const wrong = Uint8Array.from(value);
      wrong[wrong.length - 1]! ^= 1;
      await store.write([{ space, put, value: wrong }]);
    }
    const verified = () => verifyHistory({ ...kept, listName: testList, pause, every }, history.head, true);
    const { faults } = await verified();
    t.is(faults.length, 1);
    t.regex(faults[0]!, fault);
    t.true(faults[0]!.includes(oids[11]!));
    t.deepEqual((await verified()).faults, []);
    await likeTrees(t, kept);
  });
}

test('a record that is cut short, of another commit too or empty is found and taken out', async t => {
  const { history, store } = await renewed(t);
  const value = (await store.get('changes', keyOf(9)))!;
  await store.write([
    { space: 'changes', put: keyOf(9), value: value.subarray(0, -1) },
    { space: 'changes', put: keyOf(10), value: new Uint8Array([...value, ...value]) },
    { space: 'changes', put: keyOf(11), value: new Uint8Array() },
  ]);
  const { faults } = await verifyHistory({ store, listName: testList, pause, every }, history.head, true);
  t.is(faults.filter(text => text.includes('replaced are noted wrong')).length, 3);
  await likeTrees(t, { store, history });
});

test('the list as it stands is compared with any commit, with what is not committed yet', async t => {
  const { all, clock } = await nodes(t, 1);
  const [a] = all;
  for (const name of ['one', 'two', 'three', 'four']) {
    clock.now++;
    a.list(server('eu-1', { name, issuedAt: clock.now }), server(`eu-${name}`));
    await a.commit();
  }
  a.list(server('eu-1', { name: 'not committed', issuedAt: ++clock.now }), server('eu-five'));
  const root = a.live.tree.root();
  for (const { oid } of await commitsOf(a)) {
    const expected = await diffTrees(a.objects, await a.history.serversOf(oid), root);
    t.deepEqual(await withoutMarks(t, a.store, await diffToLive(a, oid, a.committer.uncommitted())), expected);
  }
});

test('what was noted of commits goes with them', async t => {
  const { all, clock } = await nodes(t, 1, { keepMs: day });
  const [a] = all;
  for (let step = 0; step < 24; step++) {
    clock.now += day / 6;
    a.list(server('eu-1', { name: `${step}`, issuedAt: clock.now }));
    await a.commit();
    await noteList(a.store, a.history, every);
    if (step % 6 === 0) await a.take(await a.signed(ada));
  }
  const heights = async () => (await keysOf(a.store, 'changes', 'lists')).map(({ del }) => Number(del.split('/')[0]));
  t.true((await heights()).includes(1));
  await a.retention.run();
  const beginning = await beginningOf(a.store);
  t.true(beginning > 12);
  t.deepEqual(
    (await heights()).filter(height => height < beginning),
    [],
  );
  t.true(new Set(await heights()).size > 6);
  await likeTrees(t, a);
});

test('no list is noted at the place of a statement, which is a view of its own', async t => {
  const [a] = (await nodes(t, 1)).all;
  a.list(server('eu-1'), server('eu-2'));
  await a.commit();
  const statement = await a.signed(ada);
  a.list(server('eu-3'));
  await a.take(statement);
  const height = (await heightOf(a.store, statement.oid))!;
  await noteList(a.store, a.history, height);
  t.deepEqual(await keysOf(a.store, 'lists'), []);
});

test('a store from before anything was noted is compared by its trees, and notes from its next commit on', async t => {
  const { history, store, oids, ...kept } = await renewed(t);
  await store.write(await keysOf(store, 'changes', 'lists'));
  await likeTrees(t, { store, history });
  for (const name of ['a', 'b']) {
    const change = server('eu-1', { name });
    kept.tree.set(change.id, change.oid);
    const before = kept.listed.get(change.id);
    kept.listed.set(change.id, change);
    await history.write(kept.tree, [{ id: change.id, before, after: change }], day, []);
  }
  const newest = (await commitsOf({ store })).slice(-2).map(({ oid }) => oid);
  const { store: noting, read } = watched(store);
  t.is((await diffCommits({ store: noting, history, every }, newest[0]!, newest[1]!)).length, 1);
  t.false(read.has('objects'));
  const { faults } = await verifyHistory({ store, listName: testList, pause, every }, history.head, true);
  t.deepEqual(faults, []);
  t.is(oids.length, 24);
});
