// Statements between real nodes: published on one, in force on all.
import { join } from 'node:path';
import test from 'ava';
import { maintainerOf } from './maintainers.ts';
import { type NodeProcess, startProcess, temporaryFolder, waitFor } from './processes.ts';
import { announce, inForce, publish, standings, state, statementsOf, trust } from './statement-processes.ts';

const [ada, bob] = await Promise.all([maintainerOf('Ada', Date.now()), maintainerOf('Bob', Date.now())]);

const everywhere = (nodes: readonly NodeProcess[], holds: (node: NodeProcess) => Promise<boolean>) =>
  waitFor(async () => (await Promise.all(nodes.map(holds))).every(Boolean));
const lists = (...wanted: readonly string[]) => {
  return async (node: NodeProcess) => (await standings(node)).join() === wanted.join();
};

test('bots go everywhere and stay away, and who fell out by accident is back by himself, as new', async t => {
  await using folder = await temporaryFolder();
  const start = (name: string, ...flags: string[]) => startProcess(join(folder.path, name), flags);
  await using a = await start('a');
  await using b = await start('b', '--entry', a.address);
  await using player = await start('player', '--entry', a.address, '--role', 'player');
  await using bot = await start('bot', '--entry', a.address);
  const honest = [a, b, player];
  for (const node of honest) await trust(node, ada.publicArmored);
  await announce(a, 'base');
  await everywhere([...honest, bot], lists('base new'));
  t.like(await state(a, ada), { adopted: true, statement: { sequence: 1, state: 'adopted' } });
  await everywhere(honest, lists('base endorsed'));
  const good = (await a.status()).head!;

  await announce(b, 'honest');
  for (const i of [1, 2, 3]) await announce(bot, `bot-${i}`, 30_000 + i);
  await everywhere(honest, async node => (await node.servers()).total === 5);
  const deny = { announcers: [bot.peerId], reason: 'bots' };
  const { statement } = await state(a, ada, { kind: 'rollback', to: good, message: 'bots', deny });
  t.like(statement, { sequence: 2, kind: 'rollback', rollbackTo: good, equivocation: null });
  await everywhere(honest, lists('base endorsed', 'honest new'));
  t.is(new Set((await Promise.all(honest.map(node => node.status()))).map(({ tree }) => tree)).size, 1);

  // Whose node does not trust the key goes on by itself, and is heard by nobody.
  await announce(bot, 'bot-4', 30_004);
  await waitFor(async () => ((await a.status()).refused.DENIED ?? 0) > 0);
  t.true((await standings(bot)).includes('bot-4 new'));
  await trust(bot, ada.publicArmored);
  await waitFor(async () => (await inForce(bot)) === 2);
  await waitFor(() => lists('base endorsed', 'honest new')(bot));
  await t.throwsAsync(announce(bot, 'bot-5'), { message: /403.*REFUSED/ });
  for (const node of honest) {
    t.deepEqual(await standings(node), ['base endorsed', 'honest new']);
    t.deepEqual((await node.send<{ faults: string[] }>('POST', '/verify', { full: true })).faults, []);
  }
});

test('a node that was down has adopted before it is ready, a player too, and keeps it when it is alone', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  const flags = { b: ['--entry', a.address], player: ['--entry', a.address, '--role', 'player'] };
  await trust(a, ada.publicArmored);
  await announce(a, 'base');
  await state(a, ada);
  const good = (await a.status()).head!;
  for (const [name, entry] of Object.entries(flags)) {
    const node = await startProcess(join(folder.path, name), entry);
    await trust(node, ada.publicArmored);
    await announce(node, `own-of-${name}`);
    await waitFor(async () => (await inForce(node)) === 1);
    await node.stop();
  }
  await state(a, ada, { kind: 'rollback', to: good, message: 'down' });
  for (const [name, entry] of Object.entries(flags)) {
    const node = await startProcess(join(folder.path, name), entry);
    const { servers, statement } = await node.servers();
    t.is(statement?.sequence, 2);
    t.true(servers.some(({ server, standing }) => server === 'base' && standing === 'endorsed'));
    await node.stop();
    await using alone = await startProcess(join(folder.path, name));
    t.is(await inForce(alone), 2);
  }
});

test('a key that is removed takes its statement with it within a second, and the node says so', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(folder.path);
  await trust(a, ada.publicArmored);
  await trust(a, bob.publicArmored);
  await announce(a, 'one');
  await state(a, ada);
  await announce(a, 'two');
  const { statement } = await state(a, bob);
  t.deepEqual(await standings(a), ['one endorsed', 'two endorsed']);
  await a.send('DELETE', `/keys/${bob.fingerprint}`);
  const tookMs = await waitFor(async () => (await inForce(a)) === 1);
  t.log(`fell back after ${Math.round(tookMs)} ms`);
  t.deepEqual(await standings(a), ['one endorsed', 'two new']);
  t.like((await a.status()).statement, { sequence: 1, fingerprint: ada.fingerprint });
  const [fallen, stands] = await statementsOf(a);
  t.like(fallen, {
    digest: statement.digest,
    trusted: false,
    state: 'superseded',
    reason: 'its key is not trusted now',
  });
  t.like(stands, { sequence: 1, trusted: true, state: 'adopted' });
  t.like((await a.get<{ commits: unknown[] }>('/history?limit=1')).commits[0], { summary: 'adopt checkpoint 1' });

  await a.send('DELETE', `/keys/${ada.fingerprint}`);
  t.is((await a.status()).statement, null);
  t.deepEqual((await a.send<{ faults: string[] }>('POST', '/verify', { full: true })).faults, []);
});

test('two statements of one key with one sequence are shown with each other, and a third is refused', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(folder.path, ['--list', 'twice']);
  await trust(a, ada.publicArmored);
  const said = await Promise.all(['a', 'b', 'c'].map(subject => ada.state({ subject, list: 'twice' }, Date.now())));
  const [first, second, third] = said.sort((x, y) => (x.digest < y.digest ? -1 : 1));
  t.is((await publish(a, second!)).statement.equivocation, null);
  t.is((await publish(a, first!)).statement.equivocation, second!.digest);
  const shown = new Map((await statementsOf(a)).map(statement => [statement.digest, statement.equivocation]));
  t.deepEqual(
    shown,
    new Map([
      [first!.digest, second!.digest],
      [second!.digest, first!.digest],
    ]),
  );
  await t.throwsAsync(publish(a, third!), { message: /403.*two other statements/ });
});

test('undoing a rollback is one more statement', async t => {
  await using folder = await temporaryFolder();
  await using a = await startProcess(join(folder.path, 'a'));
  await using b = await startProcess(join(folder.path, 'b'), ['--entry', a.address]);
  for (const node of [a, b]) await trust(node, ada.publicArmored);
  await announce(a, 'one');
  await waitFor(async () => (await b.servers()).total === 1);
  await state(a, ada);
  const good = (await a.status()).head!;
  const gone = await startProcess(join(folder.path, 'gone'), ['--entry', a.address]);
  await announce(gone, 'two');
  await waitFor(async () => (await b.servers()).total === 2);
  await gone.stop();
  await state(a, ada);
  const wrong = (await a.status()).head!;
  await state(a, ada, { kind: 'rollback', to: good, message: 'by mistake' });
  await everywhere([a, b], lists('one endorsed'));
  await state(a, ada, { kind: 'rollback', to: wrong, message: 'sorry' });
  await everywhere([a, b], lists('one endorsed', 'two endorsed'));
  t.is(await inForce(b), 4);
});
