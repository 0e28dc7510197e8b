// The demo as people run it: one command, processes, real sockets. Whatever way it ends, nothing may be left behind.
import { access, readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Draft, ServersPage } from '../node/api/port.ts';
import { cast } from '../node/demo/cast.ts';
import type { DemoEvent } from '../node/demo/events.ts';
import { emptyFolder } from './cli/harness.ts';
import { demoMaxMs, Running } from './cli/real-node.ts';

type Told =
  | DemoEvent
  | { event: 'list'; by: string; list: ServersPage }
  | { event: 'ran'; command: readonly string[]; answer: unknown };
type Ready = Extract<DemoEvent, { event: 'ready' }>;

/** The usual port may be somebody else's. */
const anyPort = ['--http', '127.0.0.1:0'];

async function demo(t: ExecutionContext, ...argv: string[]) {
  t.timeout(2 * demoMaxMs);
  const where = await emptyFolder();
  const { folder } = where;
  const running = new Running(['demo', '--json', ...anyPort, ...argv], { cwd: folder, data: folder }, demoMaxMs);
  const told = (): Told[] =>
    running.stdout
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
  return {
    running,
    told,
    of: <Event extends Told['event']>(event: Event) =>
      told().filter((one): one is Extract<Told, { event: Event }> => one.event === event),
    until: (event: Told['event'], count = 1) =>
      running.until(() => told().filter(one => one.event === event).length >= count),
    [Symbol.asyncDispose]: () => where[Symbol.asyncDispose](),
  };
}

test.serial('the demo brings ten servers to every node, shows them, and ends without a trace', async t => {
  await using it = await demo(t, '--nodes', '2', '--once');
  const { exit, stderr } = await it.running.ended();
  t.is(exit, 0, stderr);
  const ready = it.of('ready');
  t.deepEqual(ready.map(({ name }) => name).toSorted(), ['entry', 'player-1', 'player-2', 'server-1', 'server-2']);
  const [{ list }] = it.of('list') as [Extract<Told, { event: 'list' }>];
  t.deepEqual(list.servers.map(({ name }) => name).toSorted(), cast.map(({ names }) => names[0]).toSorted());
  t.true(list.servers.every(({ observed }) => observed?.up && observed.map !== null && observed.maxPlayers !== null));
  t.deepEqual(
    [...new Set(list.servers.map(({ announcer }) => announcer))].toSorted(),
    ready
      .filter(({ name }) => name.startsWith('server-'))
      .map(({ peerId }) => peerId)
      .toSorted(),
  );
  const [{ trees, tree, spread }] = it.of('converged') as [Extract<DemoEvent, { event: 'converged' }>];
  t.deepEqual(trees, Object.fromEntries(ready.map(({ name }) => [name, tree])));
  t.is(list.tree, tree);
  t.true(spread.medianMs <= spread.maxMs, JSON.stringify(spread));
  t.deepEqual(it.told().at(-1), { event: 'stopped' });
  await nothingIsLeft(t, it.told());
});

test.serial('with --attack the list is flooded, rolled back on every node, and stays clean', async t => {
  await using it = await demo(t, '--attack', '--nodes', '2', '--once');
  const { exit, stderr } = await it.running.ended();
  t.is(exit, 0, stderr);
  const nodes = it
    .of('ready')
    .map(({ name }) => name)
    .toSorted();
  const [flooded] = it.of('flooded');
  t.like(flooded, { by: 'player-1', fakes: 500, servers: cast.length + 500 + 1 });
  const answers = new Map(it.of('ran').map(({ command, answer }) => [`${command[0]} ${command.at(-3)}`, answer]));
  const [checkpoint, rollback] = it.of('adopted');
  t.like(checkpoint, { kind: 'checkpoint', sequence: 1 });
  t.like(rollback, { kind: 'rollback', sequence: 2 });
  for (const { tookMs } of it.of('adopted')) t.deepEqual(Object.keys(tookMs).toSorted(), nodes);
  const draft = answers.get('rollback --dry-run') as Draft;
  t.deepEqual([draft.leaves.length, draft.barred.length, draft.servers], [501, 500, cast.length]);
  const [{ fakes }] = it.of('healed') as [Extract<DemoEvent, { event: 'healed' }>];
  t.deepEqual(fakes, Object.fromEntries(nodes.map(name => [name, 0])));
  const [returned] = it.of('returned');
  t.like(returned, { standing: 'new' });
  const [{ refused }] = it.of('refused') as [Extract<DemoEvent, { event: 'refused' }>];
  t.deepEqual(Object.keys(refused).toSorted(), ['entry', 'server-1', 'server-2']);
  t.true(Object.values(refused).every(count => count >= 500));
  const [{ trees, tree }] = it.of('recovered') as [Extract<DemoEvent, { event: 'recovered' }>];
  t.deepEqual(trees, Object.fromEntries(nodes.map(name => [name, tree])));
  const [{ list }] = it.of('list') as [Extract<Told, { event: 'list' }>];
  t.is(list.tree, tree);
  t.is(list.statement?.sequence, 2);
  t.deepEqual(
    list.servers.map(({ id, standing }) => [id === returned!.id, standing]).toSorted(),
    [...cast.map(() => [false, 'endorsed']), [true, 'new']].toSorted(),
  );
  await nothingIsLeft(t, it.told());
});

test.serial('a player sees what happens, until Ctrl-C ends everything', async t => {
  await using it = await demo(t, '--nodes', '1');
  await it.until('seen');
  t.is(it.of('seen')[0]!.by, 'player-1');
  it.running.interrupt();
  const { exit, stderr } = await it.running.ended();
  t.is(exit, 0, stderr);
  await nothingIsLeft(t, it.told());
});

test.serial('Ctrl-C while the nodes start ends everything too', async t => {
  await using it = await demo(t, '--nodes', '1');
  await it.until('ready');
  it.running.interrupt();
  const { exit, stderr } = await it.running.ended();
  t.is(exit, 0, stderr);
  await nothingIsLeft(t, it.told());
});

test.serial('a node that dies ends the demo, which says which and what it said last', async t => {
  await using it = await demo(t, '--nodes', '1');
  await it.until('ready', 2);
  process.kill(it.of('ready')[0]!.pid, 'SIGKILL');
  const { exit, stderr } = await it.running.ended();
  t.is(exit, 1);
  t.regex(stderr, /^rollcall: the node entry was ended by SIGKILL; it said last:\n\{.*"msg":/);
  await nothingIsLeft(t, it.told());
});

test.serial('when the demo itself is killed, its nodes end by themselves', async t => {
  await using it = await demo(t, '--nodes', '1');
  await it.until('ready', 2);
  it.running.kill();
  await it.running.ended();
  const nodes = it.of('ready');
  for (const { pid } of nodes) while (await runs(pid)) await wait(20);
  // Cleanly: what says that a node runs here is gone, its store is not.
  for (const { dataDir } of nodes) {
    await t.throwsAsync(access(`${dataDir}/node.json`), { code: 'ENOENT' });
    await t.notThrowsAsync(access(`${dataDir}/store`));
  }
  await rm(it.of('starting')[0]!.folder, { recursive: true });
});

async function nothingIsLeft(t: ExecutionContext, told: readonly Told[]): Promise<void> {
  const nodes = told.filter((one): one is Ready => one.event === 'ready');
  t.true(nodes.length > 0);
  t.deepEqual(await Promise.all(nodes.map(({ pid }) => runs(pid))), Array(nodes.length).fill(false));
  const folder = told.find(one => one.event === 'starting')!.folder;
  await t.throwsAsync(access(folder), { code: 'ENOENT' });
}

/** One that has ended but that nobody has asked for its exit code yet, as orphans in a container, runs no more. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) Z/s.test(stat);
}
