import test from 'ava';
import { ada, committed, nodes, restarted, server, sound } from '../../test/adopting.ts';
import { signerOf, testNow } from '../../test/announcements.ts';
import { git, temporaryFolder } from '../../test/stock-git.ts';
import { hour } from '../base/time.ts';
import { exportRepository } from '../history/export.ts';
import { readCuts, readRefs } from '../history/refs.ts';
import { formatQuotas } from '../trust/policy-quotas.ts';

/** Places that a statement gives, and whom it puts first. */

const range = '198.51.7.0/24';
const inRange = (prefix: string, count: number, signer = signerOf(1)) =>
  Array.from({ length: count }, (_, n) =>
    server(`${prefix}-${n}`, { signer, addresses: [`198.51.7.${1 + (n % 250)}:${20_000 + n}`] }),
  );
const raise = (servers: number, until?: number) => ({
  networks: [{ network: range, servers }],
  reason: 'a hoster',
  ...(until === undefined ? {} : { until }),
});

for (const count of [60, 200]) {
  test(`a host with ${count} servers in one /24 is listed whole by a maintainer's word, on all nodes, and after a restart`, async t => {
    const { all } = await nodes(t, 2, { perNetworkMax: 16 });
    const [a, b] = all;
    const host = inRange('eu', count);
    a.list(...host);
    t.is(a.live.list.listed.size, 16);
    b.meet(a);
    const statement = await a.signed(ada, { quotas: raise(count) });
    await a.take(statement);
    t.is(a.live.list.listed.size, count);
    await b.take(statement);
    b.list(...host);
    t.is(b.live.tree.root(), a.live.tree.root());
    await a.commit();
    const again = await restarted(t, a);
    t.is(again.live.list.listed.size, count);
    await committed(t, again);
    await sound(t, again, b);
  });
}

test('quotas lie beside deny rules where stock git shows them, stay in the next statement, and end when one says so', async t => {
  const { clock, all } = await nodes(t, 1, { perNetworkMax: 2 });
  const [a] = all;
  a.list(...inRange('eu', 5));
  const announcers = [{ announcer: signerOf(9).peerId, servers: 50_000 }];
  await a.take(
    await a.signed(ada, {
      quotas: { ...raise(5, testNow + 2 * hour), announcers },
      deny: { games: ['quake'], reason: 'x' },
    }),
  );
  const rules = [
    { announcer: signerOf(9).peerId, servers: 50_000, reason: 'a hoster', until: testNow + 2 * hour },
    { network: range, servers: 5, reason: 'a hoster', until: testNow + 2 * hour },
  ];
  clock.now += hour;
  const next = await a.drafted(ada);
  t.like(next.quotas, [
    { network: null, servers: 50_000 },
    { announcer: null, network: range, servers: 5 },
  ]);
  await a.take(await a.signed(ada));
  t.is(a.live.list.listed.size, 5);
  const target = `${await temporaryFolder(t)}/list.git`;
  await exportRepository({ store: a.store, refs: () => readRefs(a.store), cuts: () => readCuts(a.store) }, target);
  await git(target, 'fsck', '--strict');
  t.is(`${await git(target, 'show', 'HEAD:policy/quotas.json')}\n`, Buffer.from(formatQuotas(rules)).toString());
  t.regex(await git(target, 'show', 'HEAD:policy/deny.json'), /"game": "quake"/);
  await a.take(await a.signed(ada, { quotas: { ...raise(5, clock.now) } }));
  t.is(a.live.list.listed.size, 2, 'taken back');
  t.deepEqual(
    (await a.drafted(ada)).quotas.map(({ announcer }) => announcer),
    [signerOf(9).peerId],
  );
  await sound(t, a);
});

test('a flood with smaller ids takes no place from the servers of its /24 that the statement lists, on any node', async t => {
  const { all } = await nodes(t, 2, { perNetworkMax: 20 });
  const [a, b] = all;
  a.list(...inRange('eu', 20));
  const real = a.names;
  const statement = await a.signed(ada);
  const flood = inRange('fake', 400, signerOf(9));
  b.list(...flood);
  b.meet(a);
  await a.take(statement);
  await b.take(statement);
  a.list(...flood);
  t.deepEqual(a.names, real);
  t.deepEqual(b.names, real);
  // Without its key the statement counts for nothing, and ids decide.
  await a.book.removeKey(ada.fingerprint);
  await a.adopter.settle();
  t.is(a.live.list.listed.size, 20);
  t.true(a.names.filter(name => name.startsWith('fake')).length > 10);
});

for (const [title, quotas, code] of [
  ['an announcer that is none', { announcers: [{ announcer: 'bob', servers: 2 }], reason: 'x' }, 'BAD_ANNOUNCER'],
  ['a single address', { networks: [{ network: '198.51.7.1/32', servers: 2 }], reason: 'x' }, 'BAD_RANGE'],
  ['no reason', { networks: [{ network: range, servers: 2 }], reason: '' }, 'BAD_FIELD'],
  ['no places', { networks: [{ network: range, servers: 0 }], reason: 'x' }, 'BAD_FIELD'],
] as const) {
  test(`quotas for ${title} are refused`, async t => {
    const { all } = await nodes(t, 1);
    all[0].list(...inRange('eu', 1));
    await t.throwsAsync(all[0].drafted(ada, { quotas: quotas as never }), { code });
  });
}

for (const [title, keys, listed, sequence] of [
  ['keeps its places until it is in force again', [ada.key], 5, 1],
  ['has the places that it would have without it when nobody trusts it any more', [], 2, undefined],
] as const) {
  test(`a list of whose statement the store has lost an announcement ${title}`, async t => {
    const { all } = await nodes(t, 2, { perNetworkMax: 2 });
    const [a, b] = all;
    const host = inRange('eu', 6);
    a.list(...host);
    // One that the statement lists.
    const gone = host.find(({ id }) => a.live.list.listed.has(id))!;
    const statement = await a.signed(ada, { quotas: raise(6) });
    await a.take(statement);
    a.live.changed(a.live.list.drop(gone.id));
    await a.commit();
    await a.store.write([{ space: 'objects', del: gone.oid }]);
    const again = await restarted(t, a, { keys });
    t.deepEqual([again.inForce, again.live.list.listed.size], [undefined, 5]);
    await again.adopter.settle();
    t.deepEqual([again.inForce, again.live.list.listed.size], [undefined, listed]);
    b.list(gone);
    again.meet(b);
    await again.adopter.settle();
    t.is(again.inForce, sequence);
    await committed(t, again);
    if (sequence !== undefined) await sound(t, again);
    t.is((await again.store.get('refs', 'statement')) === undefined, sequence === undefined);
  });
}
