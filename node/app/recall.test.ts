import test from 'ava';
import { ada, nodes, one, server, two } from '../../test/adopting.ts';
import { signerOf } from '../../test/announcements.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import { type Parsed, parsed } from '../base/verdict.ts';
import type { Statement } from '../trust/statement.ts';
import type { Examined } from './examine.ts';
import { recall, unknownOf } from './recall.ts';

/** Both steps of it, by somebody who has nobody to ask. */
async function recalled({ store, live }: StatementNode, statement: Statement): Promise<Parsed<Examined>> {
  const fetch = () => Promise.reject(new Error('nobody is asked'));
  const deps = { store, serversMax: 1_000, pause: async () => {}, fetch };
  const tree = await recall(statement, deps);
  const vouched = tree.ok ? await unknownOf(tree.value, deps, live.list) : tree;
  return tree.ok && vouched.ok
    ? parsed({ ...tree.value, vouched: vouched.value })
    : (vouched as typeof tree & { ok: false });
}

test('what was in force is what was examined then, and nothing that is here is read again', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one, two);
  const statement = await a.signed(ada, { deny: { games: ['quake'], reason: 'not here' } });
  await a.take(statement);
  const examined = await a.adopter.examine(statement);
  // Renewed: the statement lists it as it was.
  a.list(server('two', { issuedAt: a.now }));
  t.deepEqual(await recalled(a, statement), examined);
});

test('what nobody here knows is read, for there may be a place for it by now', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  b.meet(a);
  a.list(one, two);
  const statement = await a.signed(ada);
  const barred = await b.restart({ ownRules: [{ announcer: signerOf(1).peerId, reason: 'bots' }] });
  barred.meet(a);
  await barred.take(statement);
  t.deepEqual(barred.names, []);
  const read = await recalled(barred, statement);
  t.deepEqual(read.ok && read.value.vouched.map(({ oid }) => oid).sort(), [one.oid, two.oid].sort());
  const free = await barred.restart({ ownRules: [] });
  t.deepEqual([free.inForce, free.names], [1, ['one', 'two']]);
  await free.store.close();
});

for (const [title, lost] of [
  ['a tree', (statement: Statement) => statement.tree],
  ['an announcement that is not known', () => one.oid],
] as const) {
  test(`a statement of which the store has lost ${title} is not in force at the start, and is examined as a new one`, async t => {
    const { all } = await nodes(t, 2);
    const [a, b] = all;
    a.list(one);
    const statement = await a.signed(ada);
    await a.take(statement);
    a.live.changed(a.live.list.drop(one.id));
    await a.commit();
    await a.store.write([{ space: 'objects', del: lost(statement) }]);
    t.like(await recalled(a, statement), { ok: false, code: 'OBJECTS_MISSING' });
    const again = await a.restart();
    t.is(again.inForce, undefined);
    b.list(one);
    await b.take(statement);
    again.meet(b);
    await again.adopter.settle();
    t.deepEqual([again.inForce, again.names], [1, ['one']]);
    await again.store.close();
  });
}
