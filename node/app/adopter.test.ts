import test, { type ExecutionContext } from 'ava';
import { ada, committed, nodes, one, restarted, server, sound, three, two } from '../../test/adopting.ts';
import { signerOf, testNow } from '../../test/announcements.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import { day, minute, second } from '../base/time.ts';
import type { Verified } from '../records/verified.ts';
import type { Statement } from '../trust/statement.ts';

test('a checkpoint makes the list the union of both, the newer of each server, without those that it bars', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  const renamed = server('two', { name: 'Renamed', issuedAt: testNow - second });
  const barred = server('bot', { signer: signerOf(9) });
  a.list(one, renamed);
  b.list(two, three, barred);
  const statement = await a.signed(ada, { deny: { announcers: [signerOf(9).peerId], reason: 'bots' } });
  b.meet(a);
  t.is(await b.take(statement), 1);
  t.deepEqual(b.names, ['one', 'three', 'two']);
  t.is(b.live.list.listed.get(two.id)?.announcement.name, 'Renamed');
  t.deepEqual(b.list(barred), ['DENIED']);
  await committed(t, b);
  await sound(t, b);
});

test('a checkpoint does not take back what a node knows better', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  const statement = await a.signed(ada);
  b.list(server('one', { state: 'left', issuedAt: testNow }), server('two', { name: 'Renamed', issuedAt: testNow }));
  b.meet(a);
  await b.take(statement);
  t.deepEqual(b.names, ['two']);
  t.is(b.live.list.listed.get(two.id)?.announcement.name, 'Renamed');
});

test('a rollback makes the list what the statement lists and only what was issued after it', async t => {
  const { clock, all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  b.list(one, two);
  const before = await a.commit();
  await b.commit();
  const bots = [server('bot-1', { signer: signerOf(9) }), server('bot-2', { signer: signerOf(9) })];
  a.list(server('two', { name: 'Hijacked', issuedAt: testNow }), ...bots);
  b.list(...bots, three);
  const statement = await a.signed(ada, { to: before });
  t.is(await a.take(statement), 1);
  b.meet(a);
  t.is(await b.take(statement), 1);
  for (const node of [a, b]) {
    t.deepEqual(node.names, ['one', 'two']);
    t.deepEqual(node.list(...bots, three), ['ROLLED_BACK', 'ROLLED_BACK', 'ROLLED_BACK']);
    await committed(t, node);
  }
  t.is(
    a.live.list.listed.get(two.id)?.announcement.name,
    'Server two',
    'an older word that the statement lists is back',
  );
  t.is(a.live.tree.root(), b.live.tree.root());
  clock.now += 2 * second;
  t.deepEqual(b.list(server('three', { issuedAt: clock.now })), ['accept']);
  t.false(b.adopter.endorsed.has(three.id), 'what comes back is new');
  t.true(b.adopter.endorsed.has(one.id));
  await sound(t, a, b);
});

test('a rollback is dated behind all that is listed, so that a clock set forward does not help', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  const ahead = server('bot', { issuedAt: testNow + 9 * minute });
  t.deepEqual(a.list(ahead), ['accept']);
  await a.take(await a.signed(ada, { to: before }));
  t.deepEqual(a.names, ['one']);
  t.deepEqual(a.list(ahead), ['ROLLED_BACK']);
});

test('a day after a rollback nothing that it kept out can come back, and its bounds are gone', async t => {
  const { clock, all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  const bot = server('bot', { issuedAt: testNow, expiresAt: testNow + day });
  a.list(bot);
  await a.take(await a.signed(ada, { to: before }));
  clock.now += day + second;
  a.live.changed(a.live.list.tick(clock.now));
  await a.adopter.settle();
  t.is(a.live.list.rolledBackTo, 0);
  t.is(a.inForce, 1);
  t.deepEqual(a.list(bot), ['EXPIRED']);
  t.deepEqual(a.list(server('new', { issuedAt: clock.now })), ['accept']);
});

/** A rollback, and a checkpoint five minutes later that lists one server more. */

async function rolledBackAndOn(t: ExecutionContext, count: number) {
  const { clock, all } = await nodes(t, count);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  const bot = server('bot', { issuedAt: testNow, expiresAt: testNow + day });
  a.list(bot);
  const rollback = await a.signed(ada, { to: before });
  await a.take(rollback);
  clock.now += 5 * minute;
  const late = server('late', { issuedAt: clock.now });
  a.list(late);
  const checkpoint = await a.signed(ada);
  await a.take(checkpoint);
  return { clock, all, a, bot, late, rollback, checkpoint };
}

test('a checkpoint after a rollback keeps the bounds of the rollback, also after a restart, until its day is over', async t => {
  const { clock, a, bot } = await rolledBackAndOn(t, 1);
  t.is(a.inForce, 2);
  t.deepEqual(a.list(bot), ['ROLLED_BACK']);
  const again = await restarted(t, a);
  t.deepEqual([again.inForce, again.list(bot), again.names], [2, ['ROLLED_BACK'], ['late', 'one']]);
  clock.now += day;
  await again.adopter.settle();
  t.is(again.live.list.rolledBackTo, 0);
  t.is(again.history.head, a.history.head, 'that is no news to the history');
});

test('a node that learns a rollback and the checkpoint after it at once is bound by both', async t => {
  const { all, a, bot, rollback, checkpoint } = await rolledBackAndOn(t, 2);
  const b = all[1];
  b.list(bot, three);
  await b.commit();
  await b.receive(checkpoint);
  await b.receive(rollback);
  b.meet(a);
  await b.adopter.settle();
  t.deepEqual([b.inForce, b.names], [2, ['late', 'one']]);
  t.deepEqual(b.list(bot), ['ROLLED_BACK']);
  await sound(t, b);
});

test('a rollback that becomes known after the checkpoint above it bounds the list from then on', async t => {
  const { all, a, bot, rollback, checkpoint } = await rolledBackAndOn(t, 2);
  const b = all[1];
  b.list(bot);
  b.meet(a);
  t.is(await b.take(checkpoint), 2);
  t.deepEqual(b.names, ['bot', 'late', 'one']);
  t.is(await b.take(rollback), 2);
  t.deepEqual(b.names, ['late', 'one']);
  await b.commit();
  await committed(t, b);
  await sound(t, b);
});

test('undoing a rollback is one more', async t => {
  const { clock, all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const before = await a.commit();
  a.list(two);
  const wrong = await a.commit();
  await a.take(await a.signed(ada, { to: before }));
  t.deepEqual(a.names, ['one']);
  clock.now += minute;
  t.is(await a.take(await a.signed(ada, { to: wrong })), 2);
  t.deepEqual(a.names, ['one', 'two']);
  await sound(t, a);
});

test('an old statement that comes again with its objects is never adopted, also after a restart', async t => {
  const { all, a, bot, rollback } = await rolledBackAndOn(t, 2);
  const old = await ada.state({ ...(await a.signed(ada)), sequence: 1, subject: 'checkpoint 1: an old one' });
  const again = await restarted(t, a);
  all[1].list(one, bot);
  again.meet(all[1]);
  await again.receive(rollback);
  await again.receive(old);
  await again.adopter.settle();
  t.deepEqual([again.inForce, again.names, again.told], [2, ['late', 'one'], []]);
});

test('the list is the same on every node, in whatever order it learned of statements and servers', async t => {
  const { all, a, bot, late, rollback, checkpoint } = await rolledBackAndOn(t, 3);
  const [, b, c] = all;
  const orders: [StatementNode, (Statement | Verified)[]][] = [
    [b, [bot, checkpoint, one, rollback, late]],
    [c, [rollback, late, bot, checkpoint, one]],
  ];
  for (const [node, order] of orders) {
    node.meet(a);
    for (const it of order) {
      if ('digest' in it) await node.take(it);
      else node.list(it);
    }
    await node.commit();
    t.is(node.live.tree.root(), a.live.tree.root());
    await sound(t, node);
  }
});

test('a statement that is in force and on disk stays so though whoever hears of it fails, and the next commit follows it', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const statement = await a.signed(ada);
  a.deaf = new Error('not listening');
  t.is(await a.take(statement), 1);
  t.deepEqual([a.committer.pending, a.adopter.stateOf(a.book.all()[0]!).state], [0, 'adopted']);
  t.true(
    a.told.some(line => line.includes('not listening')),
    a.told.join(),
  );
  const { head } = a.history;
  await a.adopter.settle();
  t.is(a.history.head, head, 'it is not committed again');
  a.list(two);
  await a.commit();
  await committed(t, a);
  await sound(t, a);
});
