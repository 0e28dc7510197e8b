import test from 'ava';
import { ada, bob, nodes, one, restarted, server, sound, two } from '../../test/adopting.ts';
import { testNow } from '../../test/announcements.ts';
import { git, temporaryFolder } from '../../test/stock-git.ts';
import { hour, minute } from '../base/time.ts';
import { exportRepository } from '../history/export.ts';
import { readCuts, readRefs } from '../history/refs.ts';

test('the merge has the statement as its first parent and the old head as its second', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  const statement = await a.signed(ada);
  await a.take(statement);
  const merge = await a.history.commit(a.history.head!);
  t.deepEqual(merge.parents, [statement.oid, before]);
  t.is(merge.message.split('\n')[0], 'adopt checkpoint 1');
});

test('the first commit of a node without a history may be a merge', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  const statement = await a.signed(ada);
  b.meet(a);
  t.is(await b.take(statement), 1);
  t.deepEqual((await b.history.commit(b.history.head!)).parents, [statement.oid]);
  t.deepEqual(b.names, ['one', 'two']);
  await sound(t, b);
});

test('a list of nobody is adopted, and stock git takes it', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  b.list(one);
  t.is(await b.take(await ada.state()), 1);
  t.is(await a.take(await ada.state()), 1);
  const target = `${await temporaryFolder(t)}/list.git`;
  await exportRepository({ store: a.store, refs: () => readRefs(a.store), cuts: () => readCuts(a.store) }, target);
  await git(target, 'fsck', '--strict');
  await sound(t, a, b);
});

test('stock git walks the statements by first parents, and finds all sound', async t => {
  const { clock, all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  a.list(two);
  await a.take(await a.signed(ada));
  clock.now += minute;
  await a.take(await a.signed(ada, { to: before, message: 'no two', deny: { games: ['quake'], reason: 'not here' } }));
  clock.now += minute;
  await a.take(await a.signed(bob));
  a.list(server('three', { issuedAt: clock.now }));
  await a.commit();
  const target = `${await temporaryFolder(t)}/list.git`;
  await exportRepository({ store: a.store, refs: () => readRefs(a.store), cuts: () => readCuts(a.store) }, target);
  await git(target, 'fsck', '--strict');
  t.deepEqual((await git(target, 'log', '--first-parent', '--format=%s')).split('\n'), [
    '1 joined',
    'adopt checkpoint 3',
    'checkpoint 3: 1 server',
    'rollback 2: no two',
    'checkpoint 1: 2 servers',
  ]);
  t.is(await git(target, 'rev-parse', 'HEAD:servers'), a.live.tree.root());
  t.regex(await git(target, 'show', 'HEAD:policy/deny.json'), /"game": "quake"/);
  await sound(t, a);
});

test('policy and content stay in the commits that come after, until a statement changes them', async t => {
  const { clock, all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  await a.take(await a.signed(ada, { deny: { games: ['quake'], reason: 'not here', until: testNow + hour } }));
  const { policy } = a.history.attachments;
  t.truthy(policy);
  a.list(two);
  await a.commit();
  t.is(a.history.attachments.policy, policy);
  const again = await restarted(t, a);
  t.is(again.history.attachments.policy, policy);
  t.deepEqual(again.list(server('q', { game: 'quake' })), ['DENIED']);
  clock.now += 2 * hour;
  await again.take(await again.signed(ada));
  t.is(again.history.attachments.policy, undefined, 'the rule has ended');
});

test('when its key is removed the older statement is in force again, with a merge of its own', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  await a.take(await a.signed(ada));
  const before = a.history.head!;
  a.list(two);
  await a.take(await a.signed(bob, { to: before, message: 'by a thief', deny: { games: ['openarena'], reason: 'x' } }));
  t.deepEqual(a.names, []);
  const robbed = a.history.head!;
  await a.book.removeKey(bob.fingerprint);
  await a.adopter.settle();
  t.is(a.inForce, 1);
  t.deepEqual(a.names, ['one'], 'what the older one lists is back');
  t.deepEqual(a.list(two), ['accept'], 'and what the thief took out may come back');
  const merge = await a.history.commit(a.history.head!);
  t.deepEqual(merge.parents, [a.adopter.statement!.statement.oid, robbed]);
  t.is(a.history.attachments.policy, undefined);
  await sound(t, a);
});

test('when no statement is left that counts, none is in force, and the history says so', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  await a.take(await a.signed(ada, { deny: { games: ['quake'], reason: 'not here' } }));
  await a.book.removeKey(ada.fingerprint);
  await a.adopter.settle();
  t.deepEqual([a.inForce, a.names, a.told.at(-1)], [undefined, ['one'], 'adopted none']);
  t.is((await a.history.commit(a.history.head!)).message, 'no statement in force\n');
  t.deepEqual(a.list(server('q', { game: 'quake' })), ['accept']);
  const again = await restarted(t, a);
  await again.adopter.settle();
  t.is(again.inForce, undefined);
  await sound(t, again);
});

test('what was in force at the last stop is in force again, before anything is settled', async t => {
  const { all } = await nodes(t, 1, { ownRules: [{ game: 'xonotic', reason: 'mine' }] });
  const [a] = all;
  a.list(one);
  await a.take(await a.signed(ada, { deny: { games: ['quake'], reason: 'not here' } }));
  const again = await restarted(t, a);
  t.is(again.inForce, 1);
  t.true(again.adopter.endorsed.has(one.id));
  t.deepEqual(again.list(server('q', { game: 'quake' }), server('x', { game: 'xonotic' })), ['DENIED', 'DENIED']);
  await again.adopter.settle();
  t.deepEqual(again.told, [], 'nothing is new');
});

test('a statement that was stored before the stop is adopted after it', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const statement = await a.signed(ada);
  await a.receive(statement);
  const again = await restarted(t, a);
  t.is(again.inForce, undefined);
  await again.adopter.settle();
  t.is(again.inForce, 1);
});
