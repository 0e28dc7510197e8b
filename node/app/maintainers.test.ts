import test, { type ExecutionContext } from 'ava';
import { ada, bob, nodes, one, server, three, two } from '../../test/adopting.ts';
import { testNow } from '../../test/announcements.ts';
import { maintainerOf } from '../../test/maintainers.ts';
import type { StatementNode } from '../../test/statement-node.ts';
import type { PublishRequest } from '../api/port.ts';
import type { RollcallError } from '../base/errors.ts';
import { day, minute } from '../base/time.ts';
import type { GitObject } from '../history/objects.ts';
import type { Statement } from '../trust/statement.ts';
import { Maintainers } from './maintainers.ts';

/** A node's maintainers, what its gossip was told, and peers that keep statements. */
function maintainersOf(node: StatementNode, peers: Record<string, readonly Statement[]> = {}) {
  const published: Uint8Array[] = [];
  const asked: string[] = [];
  const maintainers = new Maintainers({
    book: node.book,
    adopter: node.adopter,
    gossip: {
      publish: async bytes => void published.push(bytes),
      ask: async peer => {
        asked.push(peer);
        for (const statement of peers[peer]!) await node.receive(statement, peer);
      },
    },
    store: node.store,
    peers: () => Object.keys(peers),
    serversMax: 1_000,
    pause: async () => {},
    clock: () => node.now,
  });
  return { maintainers, published, asked };
}

const requestOf = ({ bytes }: Statement, objects?: PublishRequest['objects']): PublishRequest => ({
  commit: Buffer.from(bytes).toString('base64'),
  ...(objects ? { objects } : {}),
});
const claimOf = ({ sequence, digest }: Statement) => ({ sequence, digest });

test('what is published is in force here, and told to the others', async t => {
  const { all } = await nodes(t, 1);
  const { maintainers, published } = maintainersOf(all[0]);
  all[0].list(one);
  const statement = await all[0].signed(ada);
  const { statement: told, adopted } = await maintainers.publish(requestOf(statement));
  t.true(adopted);
  t.like(told, {
    digest: statement.digest,
    sequence: 1,
    signer: 'Ada <ada@example.org>',
    trusted: true,
    state: 'adopted',
  });
  t.deepEqual(published, [statement.bytes]);
  t.true((await maintainers.publish(requestOf(statement))).adopted, 'also when it is published again');
  t.like(maintainers.age(), { sequence: 1, ageMs: 0, fingerprint: ada.fingerprint });
});

test('what is missing of a tree is named, level by level, and may come in several requests', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one, two);
  const statement = await a.signed(ada);
  const { maintainers, published } = maintainersOf(b);
  let rounds = 0;
  let objects: NonNullable<PublishRequest['objects']> = [];
  for (let done = false; !done; rounds++) {
    try {
      done = (await maintainers.publish(requestOf(statement, objects))).adopted;
    } catch (error) {
      const { code, details } = error as RollcallError;
      t.is(code, 'OBJECTS_MISSING');
      t.is(b.book.all().length, 0, 'nothing of it is known yet');
      t.is(published.length, 0);
      const found = (await a.objects(details!.missing as string[])) as GitObject[];
      objects = found.map(({ type, body }) => ({
        type: type as 'tree' | 'blob',
        body: Buffer.from(body).toString('base64'),
      }));
    }
  }
  t.is(rounds, 7, 'the root, servers, three digits, the announcements, and it is done');
  t.deepEqual(b.names, ['one', 'two']);
});

for (const [title, make, code, message] of [
  ['garbage', async () => ({ bytes: Buffer.from('tree') }) as unknown as Statement, 'BAD_STATEMENT', /BAD_HEADER/],
  ['one with another records digest', () => ada.state({ records: 'f'.repeat(64) }), 'REFUSED', /Rollcall-Records/],
  ['one about another list', () => ada.state({ list: 'another' }), 'REFUSED', /another list/],
  ['one by a stranger', async () => (await maintainerOf('Eve')).state(), 'REFUSED', /keys add/],
] as const) {
  test(`${title} is refused with the reason, and nothing of it is known or told`, async t => {
    const { all } = await nodes(t, 1);
    const { maintainers, published } = maintainersOf(all[0]);
    await t.throwsAsync(maintainers.publish(requestOf(await make())), { code, message });
    t.deepEqual([all[0].book.all(), published], [[], []]);
    t.true((await maintainers.publish(requestOf(await ada.state()))).adopted, 'its sequence is not used up');
  });
}

test('two statements of one key with one sequence are shown with each other, and a third is refused', async t => {
  const { all } = await nodes(t, 1);
  const { maintainers } = maintainersOf(all[0]);
  const said = await Promise.all(['a', 'b', 'c'].map(subject => ada.state({ subject })));
  const [first, second, third] = said.sort((x, y) => (x.digest < y.digest ? -1 : 1)) as [
    Statement,
    Statement,
    Statement,
  ];
  t.is((await maintainers.publish(requestOf(second))).statement.equivocation, null);
  t.is((await maintainers.publish(requestOf(first))).statement.equivocation, second.digest);
  t.is(maintainers.statements()[1]?.equivocation, first.digest);
  await t.throwsAsync(maintainers.publish(requestOf(third)), { code: 'REFUSED', message: /two other statements/ });
});

/** A base, a rollback and a checkpoint after it, each above the one before. */
async function threeStatements(t: ExecutionContext, count: number) {
  const { clock, all } = await nodes(t, count);
  const [a] = all;
  a.list(one);
  const said = [await a.signed(ada)];
  await a.take(said[0]!);
  const before = a.history.head!;
  a.list(three);
  for (const to of [before, undefined]) {
    clock.now += minute;
    said.push(await a.signed(ada, to === undefined ? {} : { to }));
    await a.take(said.at(-1)!);
  }
  return { clock, all, said: said as [Statement, Statement, Statement] };
}

test('a peer with a newer statement is asked for all that it has kept, and that is in force before more is taken', async t => {
  const { all, said } = await threeStatements(t, 2);
  const [a, b] = all;
  const { maintainers, asked } = maintainersOf(b, { p: [...said].reverse() });
  b.meet(a);
  await maintainers.heard('p', claimOf(said[2]));
  t.deepEqual([asked, b.inForce, b.live.list.rolledBackTo > 0], [['p'], 3, true]);
  t.deepEqual(maintainers.head(), claimOf(said[2]));
  await maintainers.heard('p', claimOf(said[2]));
  t.deepEqual(asked, ['p'], 'nothing new to ask for');
});

test('a rollback that was missed below a newer statement is asked for, of each peer once', async t => {
  const { clock, all, said } = await threeStatements(t, 2);
  const [a, b] = all;
  const [, rollback, latest] = said;
  const peers = { empty: [latest], full: [latest, rollback] };
  const { maintainers, asked } = maintainersOf(b, peers);
  b.list(three);
  b.meet(a);
  await b.take(latest);
  t.deepEqual(b.names, ['one', 'three']);
  await maintainers.heard('empty', claimOf(latest));
  await maintainers.heard('empty', claimOf(latest));
  t.deepEqual([asked, b.names], [['empty'], ['one', 'three']]);
  await maintainers.heard('full', claimOf(latest));
  t.deepEqual([asked, b.names], [['empty', 'full'], ['one']]);
  clock.now += day;
  await maintainers.heard('full', claimOf(latest));
  t.is(asked.length, 2);
});

test('peers that claim more than can be had are told of, and only while they are there', async t => {
  const { all, said } = await threeStatements(t, 2);
  const peers: Record<string, readonly Statement[]> = { p: said, q: [], r: [] };
  const b = all[1];
  const { maintainers } = maintainersOf(b, peers);
  b.meet(all[0]);
  await maintainers.heard('p', claimOf(said[2]));
  t.deepEqual(maintainers.freshness(), { peersAhead: 0, highestClaimed: null, warning: null });
  const claim = { sequence: 9, digest: 'f'.repeat(64) };
  await maintainers.heard('q', claim);
  t.deepEqual(maintainers.freshness(), { peersAhead: 1, highestClaimed: 9, warning: null }, 'one may lie');
  await maintainers.heard('r', claim);
  t.like(maintainers.freshness(), { peersAhead: 2, highestClaimed: 9 });
  t.regex(maintainers.freshness().warning ?? '', /2 peers know a newer statement \(up to 9\)/);
  delete peers.q;
  t.is(maintainers.freshness().warning, null);
});

test('a statement that is known and not in force yet is told of, with the reason', async t => {
  const { all } = await nodes(t, 2);
  const [a, b] = all;
  a.list(one);
  const { maintainers } = maintainersOf(b);
  await b.take(await a.signed(ada));
  t.regex(maintainers.freshness().warning ?? '', /statement 1 is known, but not in force here: .*no peer is connected/);
  t.deepEqual([maintainers.age(), maintainers.head()?.sequence], [null, 1]);
});

test('a key that is removed takes what it said with it, and one that is added again brings it back', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const { maintainers } = maintainersOf(a);
  await maintainers.publish(requestOf(await a.signed(ada)));
  a.list(server('late', { issuedAt: testNow }));
  const fallen = await a.signed(bob);
  await maintainers.publish(requestOf(fallen));
  await maintainers.removeKey(bob.fingerprint);
  t.like(maintainers.age(), { sequence: 1 });
  t.is(maintainers.head()?.sequence, 1);
  t.deepEqual(maintainers.signature(fallen.digest), {
    status: 'untrusted',
    reason: 'superseded: its key is not trusted now',
    why: { code: 'untrusted', values: {} },
  });
  const [added] = await maintainers.addKey(bob.publicArmored);
  t.like(added, { fingerprint: bob.fingerprint, state: 'good' });
  t.like(maintainers.age(), { sequence: 2 });
  t.like(maintainers.signature(fallen.digest), { status: 'good', why: { code: 'adopted' } });
  t.like(maintainers.signature('0'.repeat(64)), { status: 'good', why: { code: 'replaced' } });
});

test('when a key is added, peers are asked at once for what it has signed', async t => {
  const { all } = await nodes(t, 2);
  const [node, other] = all;
  other!.list(one);
  const statement = await other!.signed(bob);
  const { maintainers, asked } = maintainersOf(node!, { silent: [], knows: [statement] });
  await maintainers.addKey(bob.publicArmored);
  while (!node!.book.get(statement.digest)) await new Promise(resolve => setImmediate(resolve));
  t.deepEqual(asked, ['silent', 'knows']);
});
