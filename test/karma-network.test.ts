// Karma between real nodes: what two good servers say of a player is known on a third.
import { join } from 'node:path';
import test from 'ava';
import type { KarmaJson, ServersPage } from '../node/api/port.ts';
import { signerOf } from './announcements.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';

const rate = (node: NodeProcess, subject: string, action: string, id?: string) =>
  node.send<KarmaJson>('POST', '/karma/events', { subject, action, ...(id === undefined ? {} : { id }) });
const karmaOf = (node: NodeProcess, peer: string) => node.get<KarmaJson>(`/karma/${peer}`);
const ratersOf = async (node: NodeProcess, peer: string): Promise<string[]> =>
  (await karmaOf(node, peer)).hearsay.groups.flatMap(({ raters }) => raters.map(({ rater }) => rater));

test('a team-killer kicked by two servers of good karma is red on a third, until he is heard, also after a restart', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  const data = join(folder.path, 'c');
  await using c = await startProcess(data, ['--entry', a.address, '--entry', b.address]);
  await waitFor(async () => (await c.status()).peers === 2);
  for (const server of [a, b]) {
    for (let match = 0; match < 20; match++) await rate(c, server.peerId, 'good-match', `${server.peerId}-${match}`);
    t.is((await karmaOf(c, server.peerId)).tier, 'green');
  }
  const killer = signerOf(66).peerId;
  await rate(a, killer, 'team-kill-kick', 'match-1');
  await rate(a, killer, 'team-kill-kick', 'match-1');
  t.is((await karmaOf(a, killer)).events.length, 1, 'told twice counts once');
  t.is((await karmaOf(c, killer)).tier, 'yellow', 'one server alone is not believed');
  await rate(b, killer, 'team-kill-kick');
  const tookMs = await waitFor(async () => (await karmaOf(c, killer)).tier === 'red');
  t.log(`red on the third ${Math.round(tookMs)} ms after the second kick`);
  await c.stop();
  await using again = await startProcess(data, ['--entry', a.address]);
  t.is((await karmaOf(again, a.peerId)).tier, 'green', 'what was remembered is remembered');
  await rate(again, killer, 'appeal');
  t.not((await karmaOf(again, killer)).tier, 'red');
});

test('the karma of who announces a server is shown with it, and hides it when it is bad', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  await a.send('POST', '/announcements', { game: 'openarena', name: 'One', addresses: ['127.0.0.1:27960'] });
  await waitFor(async () => (await b.servers()).total === 1);
  t.deepEqual((await b.servers()).servers[0]!.karma, { value: 0, tier: 'yellow' });
  await t.throwsAsync(karmaOf(b, 'bob'), { message: /400.*"detail":"\\"bob\\" is no peer id: it has to be/ });
  await t.throwsAsync(rate(b, 'bob', 'port-scan'), { message: /400.*is no peer id.*"field":"subject"/ });
  await rate(b, a.peerId, 'port-scan');
  await waitFor(async () => (await b.servers()).hidden.karma === 1);
  const { total, servers } = await b.get<ServersPage>('/servers?all=true');
  t.is((await b.servers()).total, 0);
  t.like(servers, [{ hidden: 'karma', karma: { tier: 'red' } }]);
  t.is(total, 1);
  t.is((await a.servers()).total, 1, 'its own are never hidden from a node');
  await t.throwsAsync(rate(b, a.peerId, 'port-scam'), { message: /did you mean port-scan/ });
  await t.throwsAsync(rate(b, b.peerId, 'good-match'), { message: /this node itself/ });
});

test('a server that comes late knows what was said before it came, from its first peer', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  const killer = signerOf(66).peerId;
  for (const server of [a, b]) await rate(server, killer, 'team-kill-kick');
  await waitFor(async () => (await ratersOf(a, killer)).includes(b.peerId));
  await b.stop();
  const prefer = `karma.prefer=${JSON.stringify([a.peerId, b.peerId])}`;
  await using late = await startProcess(join(folder.path, 'late'), ['--entry', a.address, '--set', prefer]);
  const tookMs = await waitFor(async () => (await karmaOf(late, killer)).tier === 'red');
  t.log(`red ${Math.round(tookMs)} ms after the start`);
  t.deepEqual((await ratersOf(late, killer)).toSorted(), [a.peerId, b.peerId].toSorted());
});

test('what a player says stays on his node: none is told, also none who asks; as a server he would be heard', async t => {
  await using folder = await temporaryFolder();
  await using server = await startProcess(join(folder.path, 'server'));
  const data = join(folder.path, 'player');
  const [secret, known] = [signerOf(66).peerId, signerOf(67).peerId];
  await using player = await startProcess(data, ['--role', 'player', '--entry', server.address]);
  await waitFor(async () => (await player.status()).peers === 1);
  await rate(player, secret, 'kicked');
  t.is((await karmaOf(player, secret)).tier, 'red');
  // What a server says in the same time arrives, and comes back to who asks.
  await using other = await startProcess(join(folder.path, 'other'), ['--entry', server.address]);
  await rate(other, known, 'team-kill-kick');
  for (const node of [server, player]) await waitFor(async () => (await ratersOf(node, known)).includes(other.peerId));
  await using late = await startProcess(join(folder.path, 'late'), ['--entry', server.address]);
  await waitFor(async () => (await ratersOf(late, known)).includes(other.peerId));
  for (const node of [server, other, late]) t.deepEqual(await ratersOf(node, secret), []);
  await player.stop();
  await using again = await startProcess(data, ['--entry', server.address]);
  t.is(again.peerId, player.peerId);
  await waitFor(async () => (await ratersOf(late, secret)).includes(player.peerId));
});

test('an appeal halves and forgiveness cancels what a node holds against a peer, and others hear of either', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  const prefer = `karma.prefer=${JSON.stringify([a.peerId])}`;
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address, '--set', prefer]);
  const peer = signerOf(66).peerId;
  const heard = async () => (await karmaOf(b, peer)).hearsay.groups[0]?.raters[0]?.value;
  await rate(a, peer, 'good-match');
  await rate(a, peer, 'cheat-ban');
  await waitFor(async () => (await heard()) === -0.61);
  const appealed = await rate(a, peer, 'appeal');
  t.true(Math.abs(appealed.direct.negative - 5) < 0.01 && Math.abs(appealed.direct.positive - 2) < 0.01);
  await waitFor(async () => (await heard()) === -0.43);
  const forgiven = await rate(a, peer, 'forgive');
  t.is(forgiven.direct.negative, 0);
  t.is(forgiven.tier, 'yellow');
  await waitFor(async () => (await heard()) === 0.09);
  t.deepEqual(
    forgiven.events.map(({ action }) => action),
    ['forgive', 'appeal', 'cheat-ban', 'good-match'],
  );
});

test('a server hangs up on a peer that it has come to know as bad, and dials it no more until it is forgiven', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  await waitFor(async () => (await a.status()).peers === 1);
  await rate(b, a.peerId, 'equivocation');
  await waitFor(async () => (await a.status()).peers === 0 && (await b.status()).peers === 0);
  t.true((await b.status()).turnedAway.karma >= 1);
  t.regex(
    await (await fetch(`${b.http}/metrics`)).text(),
    /rollcall_connections_refused_total\{reason="karma"\} [1-9]/,
  );
  await rate(b, a.peerId, 'forgive');
  await waitFor(async () => (await b.status()).peers === 1);
});

test('events that are not sound are refused by name, and nothing of them is kept', async t => {
  await using folder = await temporaryFolder();
  await using node = await startProcess(folder.path);
  const subject = signerOf(68).peerId;
  for (const [event, code, field] of [
    [{ note: 'x'.repeat(201) }, 'BAD_FIELD', 'note'],
    [{ note: 'two\nlines' }, 'BAD_FIELD', 'note'],
    [{ id: 'match 7' }, 'BAD_FIELD', 'id'],
    [{ id: 'x'.repeat(129) }, 'BAD_INPUT', 'id'],
    [{ evidence: 'x' }, 'BAD_INPUT', 'evidence'],
  ] as const) {
    const told = node.send('POST', '/karma/events', { subject, action: 'kicked', ...event });
    const { message } = (await t.throwsAsync(told))!;
    t.true(message.includes(`"code":"${code}"`) && message.includes(`"field":"${field}"`), message);
  }
  t.deepEqual((await karmaOf(node, subject)).events, []);
});
