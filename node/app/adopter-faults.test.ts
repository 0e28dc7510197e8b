import test, { type ExecutionContext } from 'ava';
import { ada, bob, committed, nodes, one, restarted, server, sound, three, two } from '../../test/adopting.ts';
import { testNow } from '../../test/announcements.ts';
import { answersOf, StatementNode, silent } from '../../test/statement-node.ts';
import { temporaryFolder } from '../../test/stock-git.ts';
import { encodeObject } from '../history/objects.ts';
import { recordsOf } from '../history/records.ts';
import { formatTree } from '../history/tree.ts';
import type { Statement } from '../trust/statement.ts';
import { checkedFirstMax } from './vouched.ts';

/** Statements that are signed well and cannot be adopted. */

const unfit: Record<string, (a: StatementNode) => Promise<Statement>> = {
  'another records digest': async a => ada.state({ tree: (await a.signed(ada)).tree, records: 'f'.repeat(64) }),
  'a malformed policy': async a => {
    const blob = encodeObject('blob', Buffer.from('{"deny":[]}'));
    const policy = encodeObject('tree', formatTree([{ mode: '100644', name: 'deny.json', oid: blob.oid }]));
    const servers = a.live.tree.root();
    return withTree(
      a,
      [blob, policy],
      [
        ['policy', policy.oid],
        ['servers', servers],
      ],
    );
  },
  'malformed quotas': async a => {
    const blob = encodeObject('blob', Buffer.from('{"quotas":[]}'));
    const policy = encodeObject('tree', formatTree([{ mode: '100644', name: 'quotas.json', oid: blob.oid }]));
    const folders = [
      ['policy', policy.oid],
      ['servers', a.live.tree.root()],
    ] as const;
    return withTree(a, [blob, policy], folders);
  },
  'an announcement in the place of another': async a => {
    const name = `${one.id}.json`;
    let oid = encodeObject('tree', formatTree([{ mode: '100644', name, oid: two.oid }]));
    const objects = [oid];
    for (const digit of [...one.id.slice(0, 3)].reverse()) {
      oid = encodeObject('tree', formatTree([{ mode: '40000', name: digit, oid: oid.oid }]));
      objects.push(oid);
    }
    return withTree(a, objects, [['servers', oid.oid]]);
  },
  'an announcement that its announcer did not sign': async a => {
    a.list(forged);
    const statement = await a.signed(ada);
    a.live.changed(a.live.list.drop(forged.id));
    return statement;
  },
  'a tree that is none of a list': async a => withTree(a, [], [['keys', a.live.tree.root()]]),
};

/** Signed for another list: a node that were not told would not know. */
const forged = server('forged', { list: 'another', game: 'forgery' });

async function withTree(
  a: StatementNode,
  objects: readonly { oid: string; entry: Uint8Array }[],
  folders: readonly (readonly [name: string, oid: string])[],
): Promise<Statement> {
  const root = encodeObject('tree', formatTree(folders.map(([name, oid]) => ({ mode: '40000', name, oid }))));
  await a.store.write([...objects, root].map(({ oid, entry }) => ({ space: 'objects', put: oid, value: entry })));
  const servers = folders.find(([name]) => name === 'servers')?.[1];
  const records = await recordsOf(a.objects, servers ?? a.live.tree.root()).catch(() => 'f'.repeat(64));
  return ada.state({ tree: root.oid, records, sequence: 1 });
}

for (const [title, make] of Object.entries(unfit)) {
  test(`a statement with ${title} is refused, and changes nothing`, async t => {
    const { all } = await nodes(t, 2);
    const [a, b] = all;
    a.list(one, two);
    await a.commit();
    const statement = await make(a);
    b.list(three);
    const head = await b.commit();
    const tree = b.live.tree.root();
    b.meet(a);
    t.is(await b.take(statement), undefined);
    t.deepEqual([b.history.head, b.live.tree.root(), b.adopter.latest], [head, tree, undefined]);
    t.is(b.adopter.stateOf(b.book.get(statement.digest)!).state, 'refused');
    t.is(b.told.length, 1);
    const good = await a.signed(bob);
    t.is(await b.take(good), 1, 'another one is adopted all the same');
    await sound(t, b);
  });
}

test('a statement whose objects are missing waits, and is adopted when somebody has them', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  b.list(three);
  const head = await b.commit();
  const statement = await a.signed(ada);
  b.peers.set('silent', silent);
  t.is(await b.take(statement), undefined);
  t.deepEqual(b.adopter.stateOf(b.book.get(statement.digest)!), {
    state: 'pending',
    reason: 'tree: cannot be had yet: no answer',
  });
  t.deepEqual([b.history.head, b.names], [head, ['three']]);
  b.meet(a);
  await b.adopter.settle();
  t.deepEqual([b.inForce, b.names], [1, ['one', 'three', 'two']]);
});

test('a statement whose objects come while the node stops is not adopted, and needs the store no more', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  const statement = await a.signed(ada);
  b.list(three);
  const head = await b.commit();
  await b.receive(statement);
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  b.peers.set('slow', async oids => {
    ask();
    await gate;
    return answersOf(a.objects)(oids);
  });
  void b.adopter.settle();
  await asked;
  const stopped = b.adopter.stop();
  open();
  await stopped;
  t.deepEqual([b.inForce, b.names, b.history.head], [undefined, ['three'], head]);
  const again = await restarted(t, b);
  again.meet(a);
  await again.adopter.settle();
  t.deepEqual([again.inForce, again.names], [1, ['one', 'three', 'two']]);
});

test('a rollback whose objects are missing has no effect, also not after a restart', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  for (const node of [a, b]) node.list(one);
  const before = await a.commit();
  const checkpoint = await a.signed(ada);
  await a.take(checkpoint);
  await b.take(checkpoint);
  b.list(three);
  await b.commit();
  a.list(server('two'));
  await a.commit();
  await b.receive(await a.signed(ada, { to: before, deny: { games: ['quake'], reason: 'not here' } }));
  await b.adopter.settle();
  const again = await restarted(t, b);
  await again.adopter.settle();
  t.deepEqual([again.inForce, again.names, again.live.list.rolledBackTo], [1, ['one', 'three'], 0]);
  again.meet(a);
  await again.adopter.settle();
  t.deepEqual([again.inForce, again.names], [2, ['one']]);
});

test('a statement that comes while an older one is being fetched is the one that is adopted', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one);
  const first = await a.signed(ada);
  await a.take(first);
  a.list(two);
  const next = await a.signed(ada);
  b.meet(a);
  const ask = b.peers.get('peer0')!;
  let asked = 0;
  b.peers.set('peer0', async oids => {
    if (++asked === 2) await b.receive(next);
    return ask(oids);
  });
  t.is(await b.take(first), 2);
  t.deepEqual(b.told, ['adopted 2']);
  t.deepEqual(b.names, ['one', 'two']);
});

test('whatever write fails, the list is the old one or the new one, and settling again completes it', async t => {
  const folder = await temporaryFolder(t);
  const clock = { now: testNow };
  const source = await StatementNode.open({ folder, clock, keys: [ada.key] });
  const items = Array.from({ length: 50 }, (_, i) => server(`s${i}`));
  source.list(...items.slice(0, 40));
  const before = await source.commit();
  source.list(...items.slice(40));
  const statement = await source.signed(ada, { to: before });
  for (let failAt = 1, failed = true; failed; failAt++) {
    let writes = 0;
    failed = false;
    const writing = () => {
      if (++writes < failAt) return;
      failed = true;
      throw new Error('no space left');
    };
    const options = { folder: await temporaryFolder(t), clock, keys: [ada.key] };
    const prepared = await StatementNode.open(options);
    prepared.list(...items.slice(30));
    await prepared.commit();
    const old = prepared.live.tree.root();
    const node = await prepared.restart({ writing });
    node.meet(source);
    await node.receive(statement).catch(() => {});
    await node.adopter.settle();
    await node.commit();
    const reopened = await node.restart({ writing: () => {} });
    const tree = reopened.live.tree.root();
    t.true(failed ? tree === old : reopened.inForce === 1, `write ${failAt}`);
    await sound(t, reopened);
    reopened.meet(source);
    if (failed) await reopened.receive(statement);
    await reopened.adopter.settle();
    t.deepEqual(
      reopened.names,
      items
        .slice(0, 40)
        .map(({ announcement }) => announcement.server)
        .sort(),
    );
    t.deepEqual((await reopened.history.commit(reopened.history.head!)).parents.length, 2);
    await committed(t, reopened);
    await sound(t, reopened);
    await reopened.store.close();
  }
  await source.store.close();
});

test('a merge that could not be written is what the next commit is, whoever asks for it', async t => {
  let full = false;
  const writing = () => {
    if (full) throw new Error('no space left');
  };
  const { all } = await nodes(t, 1, { writing });
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  a.list(two);
  const statement = await a.signed(ada, { to: before });
  await a.receive(statement);
  full = true;
  await a.adopter.settle();
  t.deepEqual([a.names, a.told], [['one'], []]);
  t.like(a.adopter.stateOf(a.adopter.latest!), { state: 'pending', reason: 'it could not be written to the store' });
  full = false;
  await a.commit();
  t.deepEqual((await a.history.commit(a.history.head!)).parents[0], statement.oid);
  t.is(a.adopter.stateOf(a.adopter.latest!).state, 'adopted');
  t.deepEqual(a.told, ['adopted 1']);
  await sound(t, a);
});

/** A node that has a good statement, and another above it that vouches for more than are checked before, one of them forged. */
async function vouchedFor(t: ExecutionContext) {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one);
  const good = await a.signed(bob);
  await a.take(good);
  b.meet(a);
  await b.take(good);
  a.list(forged, ...Array.from({ length: checkedFirstMax }, (_, i) => server(`s${i}`)));
  return { b, good, bad: await a.signed(ada) };
}

test('what a large statement vouches for is listed at once, and a forgery behind it is found and ends it', async t => {
  const { b, good, bad } = await vouchedFor(t);
  t.is(await b.take(bad), 2);
  t.is(b.names.length, checkedFirstMax + 2);
  t.true(b.told.includes('very much comes in'));
  await b.adopter.checked;
  t.deepEqual([b.inForce, b.names.includes('forged'), b.names.length], [1, false, checkedFirstMax + 1]);
  t.deepEqual(b.adopter.stateOf(b.book.get(bad.digest)!), {
    state: 'refused',
    reason: `the announcement of ${forged.id} in its tree was not signed by ${forged.announcement.announcer}`,
  });
  t.deepEqual((await b.history.commit(b.history.head!)).parents[0], good.oid);
  const again = await restarted(t, b);
  await again.adopter.settle();
  t.deepEqual(
    [again.inForce, again.adopter.latest?.statement.sequence],
    [1, 1],
    'few are left to check, and that before',
  );
});

test('what was not checked before the end of the process is checked after the next start', async t => {
  const { b, bad } = await vouchedFor(t);
  await b.take(bad);
  const again = await restarted(t, b);
  await b.adopter.checked;
  t.is(again.inForce, 2);
  await again.adopter.checked;
  t.deepEqual([again.inForce, again.names.includes('forged')], [1, false]);
  const third = await restarted(t, again);
  t.is(await third.store.get('refs', 'unchecked'), undefined);
});

test('what was not checked before the end of the process is checked also where it is barred meanwhile', async t => {
  const { b, bad } = await vouchedFor(t);
  await b.take(bad);
  const barring = await restarted(t, b, { ownRules: [{ game: forged.announcement.game, reason: 'not here' }] });
  await barring.adopter.checked;
  t.is(barring.inForce, 1);
  const free = await restarted(t, barring, { ownRules: [] });
  await free.adopter.settle();
  t.deepEqual([free.inForce, free.names.includes('forged')], [1, false]);
});
