import test from 'ava';
import { ada, nodes, one, server, three, two } from '../../test/adopting.ts';
import { signerOf, testNow } from '../../test/announcements.ts';
import type { DenyAddRequest, Draft } from '../api/port.ts';
import type { RollcallError } from '../base/errors.ts';
import { hour, minute, second } from '../base/time.ts';
import { stored } from '../history/history.ts';
import { readBodies, readTrees } from '../history/source.ts';
import { parseMessage } from '../trust/message.ts';
import type { DenyRule } from '../trust/policy.ts';

const namesOf = (servers: Draft['leaves']) => servers.map(({ name }) => name.replace('Server ', '')).sort();
const bot = (name: string, fields: Parameters<typeof server>[1] = {}) =>
  server(name, { signer: signerOf(9), addresses: ['198.51.100.7:27960'], ...fields });
const deny = { announcers: [signerOf(9).peerId], reason: 'bots' };

test('a draft says who goes, who comes back and who is barred, and changes nothing', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one, two);
  const before = await a.commit();
  a.list(server('two', { state: 'left', issuedAt: testNow - second }), three, bot('bot'));
  const told = await a.drafted(ada, { to: before, deny });
  t.deepEqual(
    [namesOf(told.leaves), namesOf(told.returns), namesOf(told.barred), told.servers],
    [['bot', 'three'], ['two'], ['bot'], 2],
  );
  t.deepEqual([a.names, a.book.all(), a.inForce], [['bot', 'one', 'three'], [], undefined]);
  const checkpoint = await a.drafted(ada, { deny });
  t.deepEqual([namesOf(checkpoint.leaves), namesOf(checkpoint.returns), checkpoint.servers], [['bot'], [], 2]);
});

test('the orders go on from the statement in force', async t => {
  const { all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  const first = parseMessage((await a.drafted(ada, { message: 'All is well.' })).message);
  t.like(first, {
    ok: true,
    value: { subject: 'checkpoint 1: 1 server', text: 'All is well.', sequence: 1, previous: null, rollbackTo: null },
  });
  const statement = await a.signed(ada);
  await a.take(statement);
  const to = a.history.head!;
  const next = await a.drafted(ada, { to, message: ' bots\nfrom  afar ' });
  t.deepEqual(next.parents, [statement.oid]);
  t.like(parseMessage(next.message), {
    ok: true,
    value: { subject: 'rollback 2: bots from afar', sequence: 2, previous: statement.digest, rollbackTo: to },
  });
});

for (const [title, serversMax] of [
  ['', 50_000],
  [' and waits for a place', 1],
] as const) {
  test(`a rollback is dated behind what is dated ahead${title}`, async t => {
    const { all } = await nodes(t, 1, { serversMax });
    const [a] = all;
    a.list(one);
    const before = await a.commit();
    const ahead = [1, 2, 3].map(i => bot(`bot-${i}`, { issuedAt: testNow + i * minute }));
    a.list(...ahead);
    const rollback = await a.signed(ada, { to: before });
    t.is(rollback.committer.atSeconds * second, testNow + 3 * minute + second);
    await a.take(rollback);
    t.deepEqual(a.list(...ahead), ['ROLLED_BACK', 'ROLLED_BACK', 'ROLLED_BACK']);
    t.is((await a.signed(ada)).committer.atSeconds * second, testNow, 'a checkpoint has no need to be');
  });
}

test('rules in force stay, those that have ended go, and one said again is replaced', async t => {
  const { clock, all } = await nodes(t, 1);
  const [a] = all;
  a.list(one);
  await a.take(await a.signed(ada, { deny: { ...deny, games: ['quake'], until: testNow + hour } }));
  await a.take(await a.signed(ada, { deny: { ...deny, addresses: ['203.0.113.0/24'], reason: 'for good' } }));
  clock.now += 2 * hour;
  const { tree } = await a.signed(ada, { deny: { addresses: ['198.51.100.7'], reason: 'one' } });
  const source = stored(a.store);
  const [root] = await readTrees(source, [tree]);
  const [folder] = await readTrees(source, [root!.find(({ name }) => name === 'policy')!.oid]);
  const [body] = await readBodies(source, [folder![0]!.oid], 'blob');
  const rules: DenyRule[] = [
    { address: '198.51.100.7/32', reason: 'one' },
    { address: '203.0.113.0/24', reason: 'for good' },
    { announcer: signerOf(9).peerId, reason: 'for good' },
  ];
  t.deepEqual(JSON.parse(Buffer.from(body!).toString()), { deny: rules });
});

for (const [title, bars, code] of [
  ['the node that drafts it', (self: string) => ({ announcers: [signerOf(9).peerId, self] }), 'BARS_ITSELF'],
  ['every IPv4 address', () => ({ addresses: ['203.0.113.7', '0.0.0.0/0'] }), 'BARS_EVERYBODY'],
  ['every IPv6 address', () => ({ addresses: ['::/0'] }), 'BARS_EVERYBODY'],
] as const) {
  test(`a statement that bars ${title} has to be forced, and not one that takes it back`, async t => {
    const { all } = await nodes(t, 1);
    const [a] = all;
    a.list(one);
    const bar = { ...bars(a.history.author), reason: 'a slip' } as DenyAddRequest;
    const error = await t.throwsAsync(a.drafted(ada, { deny: bar }), { code });
    t.regex((error as RollcallError).remedy!, /--force/);
    await a.take(await a.signed(ada, { deny: { ...bar, force: true } }));
    await t.notThrowsAsync(a.drafted(ada, { deny: { ...bar, until: testNow } }));
  });
}

for (const [title, given, code] of [
  ['an announcer that is none', { announcers: ['bob'], reason: 'x' }, 'BAD_ANNOUNCER'],
  ['a range that is none', { addresses: ['1.2.3.4/33'], reason: 'x' }, 'BAD_RANGE'],
  ['a rule without a reason', { games: ['quake'], reason: '' }, 'BAD_FIELD'],
] as const) {
  test(`${title} is refused`, async t => {
    const { all } = await nodes(t, 1);
    all[0].list(one);
    await t.throwsAsync(all[0].drafted(ada, { deny: given as never }), { code });
  });
}

for (const [title, request, complaint] of [
  [
    'a message with a trailer in it',
    { message: 'well\nRollcall-Kind: rollback' },
    /^message: Rollcall-Kind: rollback: stands/,
  ],
  ['a reason too long for a first line', { to: 'HEAD', message: 'x'.repeat(300) }, /^message: line 1: is longer than/],
] as const) {
  test(`${title} is refused before anybody signs it`, async t => {
    const { all } = await nodes(t, 1);
    all[0].list(one);
    const to = await all[0].commit();
    const asked = 'to' in request ? { ...request, to } : request;
    await t.throwsAsync(all[0].drafted(ada, asked), { code: 'BAD_FIELD', message: complaint });
  });
}

test('before there is any list there is nothing to sign', async t => {
  const { all } = await nodes(t, 1);
  await t.throwsAsync(all[0].drafted(ada), { code: 'NOTHING_LISTED' });
  await t.throwsAsync(all[0].drafted(ada, { to: 'f'.repeat(40) }), { code: 'NO_SUCH_COMMIT' });
});
