import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { second } from '../base/time.ts';
import type { Change } from '../list/change.ts';
import type { Verified } from '../records/verified.ts';
import { burstMs, Committer } from './committer.ts';
import type { Committed } from './history.ts';

const intervalMs = 30 * second;
const changesMax = 5;

/** A committer on a clock that the test moves, over a list that is a map. Writes end when the test says so. */
class World {
  readonly listed = new Map<string, Verified>();
  readonly commits: string[][] = [];
  readonly failures: unknown[] = [];
  readonly unheard: unknown[] = [];
  readonly committer: Committer;
  /** Fails the next writes with this. */
  failure: Error | undefined;
  slow = false;
  /** Whoever hears of a commit fails with this. */
  deaf: Error | undefined;
  #now = 0;
  #timers: { at: number; task: () => void }[] = [];
  #writing: (() => void) | undefined;

  constructor() {
    this.committer = new Committer({
      write: changes => this.#write(changes),
      head: () => undefined,
      intervalMs,
      changesMax,
      later: (delayMs, task) => this.#timers.push({ at: this.#now + delayMs, task }),
      committed: ({ summary }) => {
        this.commits.push(summary.split(' '));
        if (this.deaf) throw this.deaf;
      },
      unheard: error => this.unheard.push(error),
      failed: error => this.failures.push(error),
    });
  }

  /** Lists servers under a version of their name, or takes them out. */
  change(names: string, version: number | undefined): void {
    const changes = names.split(' ').map((server): Change => {
      const after = version === undefined ? undefined : announcementOf(server, { name: `version ${version}` });
      const { id } = announcementOf(server);
      const before = this.listed.get(id);
      if (after) this.listed.set(id, after);
      else this.listed.delete(id);
      return { id, before, after };
    });
    this.committer.note(changes);
  }

  async pass(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { task } of due) task();
    await settled();
  }

  get timers(): number {
    return this.#timers.length;
  }

  async finishWrite(): Promise<void> {
    this.#writing!();
    await settled();
  }

  async #write(changes: readonly Change[]): Promise<Committed> {
    const names = changes.map(({ before, after }) => {
      const { server, name } = (after ?? before)!.announcement;
      return `${before ? (after ? '~' : '-') : '+'}${server}${name.slice(-1)}`;
    });
    if (this.slow) await new Promise<void>(done => (this.#writing = done));
    if (this.failure) throw this.failure;
    return { oid: '', tree: '', summary: names.join(' ') };
  }
}

/** Promises alone are awaited here: a turn of the event loop is enough for all of them. */
const settled = (): Promise<void> => new Promise(done => setImmediate(done));

test('changes are committed together when the interval is over', async t => {
  const world = new World();
  world.change('a', 1);
  await world.pass(intervalMs - 1);
  world.change('b', 1);
  t.deepEqual([world.commits, world.committer.pending], [[], 2]);
  await world.pass(1);
  t.deepEqual([world.commits, world.committer.pending], [[['+a1', '+b1']], 0]);
  await world.pass(10 * intervalMs);
  t.is(world.commits.length, 1);
});

test('many changes are committed at once', async t => {
  const world = new World();
  world.change('a b c d', 1);
  await world.pass(0);
  t.is(world.commits.length, 0);
  world.change('e', 1);
  await world.pass(0);
  t.deepEqual(world.commits, [['+a1', '+b1', '+c1', '+d1', '+e1']]);
});

test('one server is one change, from what the last commit holds to what is listed now', async t => {
  const world = new World();
  world.change('a b', 1);
  await world.pass(intervalMs);
  for (let version = 2; version < 9; version++) world.change('a', version);
  world.change('b', 2);
  world.change('b', undefined);
  await world.pass(intervalMs);
  t.deepEqual(world.commits.slice(1), [['~a8', '-b1']]);
});

test('changes that cancel out commit nothing', async t => {
  const world = new World();
  world.change('a', 1);
  await world.pass(intervalMs);
  world.change('a', 2);
  world.change('a', 1);
  world.change('b', 1);
  world.change('b', undefined);
  await world.pass(intervalMs);
  t.is(world.commits.length, 1);
  t.is(world.committer.pending, 0);
});

test('what a commit takes is pending until that is on disk', async t => {
  const world = new World();
  world.slow = true;
  world.change('a b', 1);
  await world.pass(intervalMs);
  world.change('b c', 2);
  t.is(world.committer.pending, 3);
  await world.finishWrite();
  t.is(world.committer.pending, 2);
});

test('what changes while a commit is written goes into the next', async t => {
  const world = new World();
  world.slow = true;
  world.change('a b', 1);
  await world.pass(intervalMs);
  world.change('a', 2);
  world.change('b', undefined);
  await world.finishWrite();
  await world.pass(intervalMs);
  await world.finishWrite();
  t.deepEqual(world.commits, [
    ['+a1', '+b1'],
    ['~a2', '-b1'],
  ]);
});

test('a write that takes longer than the interval does not leave later changes waiting', async t => {
  const world = new World();
  world.slow = true;
  world.change('a', 1);
  await world.pass(intervalMs);
  world.change('b', 1);
  await world.pass(intervalMs);
  await world.finishWrite();
  await world.pass(intervalMs);
  await world.finishWrite();
  t.deepEqual(world.commits, [['+a1'], ['+b1']]);
});

test('many changes during a write are committed as soon as it is over', async t => {
  const world = new World();
  world.slow = true;
  world.change('a', 1);
  await world.pass(intervalMs);
  world.change('b c d e f', 1);
  await world.pass(0);
  await world.finishWrite();
  await world.pass(0);
  await world.finishWrite();
  t.deepEqual(world.commits, [['+a1'], ['+b1', '+c1', '+d1', '+e1', '+f1']]);
});

test('a commit that failed is told, and its changes are in the next', async t => {
  const world = new World();
  world.failure = new Error('no space left');
  world.change('a b', 1);
  await world.pass(intervalMs);
  t.deepEqual([world.commits, world.failures, world.committer.pending], [[], [world.failure], 2]);
  world.failure = undefined;
  world.change('a', 2);
  await world.pass(intervalMs);
  t.deepEqual([world.commits, world.committer.pending], [[['+a2', '+b1']], 0]);
});

test('a commit that is on disk is one though whoever hears of it fails: that is told, and the next begins there', async t => {
  const world = new World();
  world.deaf = new Error('not listening');
  world.change('a', 1);
  t.true(await world.committer.exclusively(async () => {}, false));
  t.deepEqual([world.unheard, world.failures, world.committer.pending], [[world.deaf], [], 0]);
  world.change('a', 2);
  await world.pass(intervalMs);
  t.deepEqual(world.commits, [['+a1'], ['~a2']]);
});

test('a disk that stays full is asked once an interval, however much changes', async t => {
  const world = new World();
  world.failure = new Error('no space left');
  world.change('a b c d e', 1);
  await world.pass(0);
  t.is(world.failures.length, 1);
  for (let i = 0; i < 10; i++) {
    world.change('a b c d e f', i);
    await world.pass(0);
  }
  t.is(world.failures.length, 1);
  await world.pass(intervalMs);
  t.is(world.failures.length, 2);
  world.failure = undefined;
  await world.pass(intervalMs);
  t.is(world.commits.length, 1);
});

test('however many changes come, there are never more than two timers', async t => {
  const world = new World();
  for (let i = 0; i < 20; i++) {
    world.change('a b c d e f', i);
    t.true(world.timers <= 2);
    if (i % 3 === 0) await world.pass(0);
  }
});

test('flush commits all that is pending, also what comes while it writes', async t => {
  const world = new World();
  await world.committer.flush();
  world.slow = true;
  world.change('a', 1);
  await world.pass(intervalMs);
  let flushed = false;
  const flush = world.committer.flush().then(() => (flushed = true));
  world.change('b', 1);
  await world.finishWrite();
  t.false(flushed);
  await world.finishWrite();
  await flush;
  t.deepEqual([world.commits, world.committer.pending], [[['+a1'], ['+b1']], 0]);
});

test('flush gives up when the write fails, and keeps the changes', async t => {
  const world = new World();
  world.failure = new Error('no space left');
  world.change('a', 1);
  await world.committer.flush();
  t.deepEqual([world.failures.length, world.committer.pending], [1, 1]);
});

test('what changes the list as a whole is one commit, however long it takes', async t => {
  const world = new World();
  const { promise: half, resolve: goOn } = Promise.withResolvers<void>();
  world.change('a', 1);
  const whole = world.committer.exclusively(async () => {
    world.change('b c d e', 1);
    await half;
    world.change('a', undefined);
    world.change('f', 1);
  }, false);
  await world.pass(0);
  await world.pass(intervalMs);
  t.deepEqual(world.commits, []);
  goOn();
  t.true(await whole);
  t.deepEqual([world.commits, world.committer.pending], [[['+b1', '+c1', '+d1', '+e1', '+f1']], 0]);
});

for (const [always, commits] of [
  [true, [['']]],
  [false, []],
] as const) {
  test(`what changes nothing is ${always ? 'committed when that is asked for' : 'no commit'}`, async t => {
    const world = new World();
    t.true(await world.committer.exclusively(async () => {}, always));
    t.deepEqual(world.commits, commits as never);
  });
}

test('a change of the whole list waits for the commit that is being written', async t => {
  const world = new World();
  world.slow = true;
  world.change('a', 1);
  await world.pass(intervalMs);
  const whole = world.committer.exclusively(async () => world.change('a', undefined), false);
  await settled();
  t.is(world.listed.size, 1);
  await world.finishWrite();
  await world.finishWrite();
  t.true(await whole);
  t.deepEqual(world.commits, [['+a1'], ['-a1']]);
});

test('what the disk refuses of a change of the whole list is in the next commit', async t => {
  const world = new World();
  world.failure = new Error('no space left');
  t.false(await world.committer.exclusively(async () => world.change('a b', 1), true));
  t.deepEqual([world.commits, world.failures.length, world.committer.pending], [[], 1, 2]);
  world.failure = undefined;
  await world.committer.flush();
  t.deepEqual(world.commits, [['+a1', '+b1']]);
});

test('a change of the whole list that fails is told, and what it did until then is committed later', async t => {
  const world = new World();
  const failing = world.committer.exclusively(async () => {
    world.change('a', 1);
    throw new Error('half way');
  }, true);
  await t.throwsAsync(failing, { message: 'half way' });
  t.deepEqual([world.commits, world.committer.pending], [[], 1]);
  await world.committer.flush();
  t.deepEqual(world.commits, [['+a1']]);
});

test('in a burst the next commit waits a moment, so that one takes what would have been many', async t => {
  const world = new World();
  world.change('a b c d e f g h i j', 1);
  await world.pass(0);
  t.is(world.commits.length, 1);
  world.change('a b c d e', 2);
  await world.pass(burstMs - 1);
  world.change('f g', 2);
  t.is(world.commits.length, 1);
  await world.pass(1);
  t.deepEqual(world.commits[1], ['~a2', '~b2', '~c2', '~d2', '~e2', '~f2', '~g2']);
  // It took fewer than twice as many as make one: the burst is over.
  world.change('a b c d e', 3);
  await world.pass(0);
  t.is(world.commits.length, 3);
});

test('commits are held back while something else goes on in the store, and come when they are due', async t => {
  const world = new World();
  const open = Promise.withResolvers<void>();
  const held = world.committer.heldBack(() => open.promise);
  world.change('a', 1);
  await world.pass(intervalMs);
  t.deepEqual(world.commits, []);
  open.resolve();
  await held;
  t.deepEqual(world.commits, [], 'not before it is due');
  await world.pass(intervalMs);
  t.deepEqual(world.commits, [['+a1']]);
  await t.throwsAsync(
    world.committer.heldBack(() => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
});

test('until everybody has heard of a commit, what it took has changed since the one before', async t => {
  let head = 'first';
  const { promise: isHeard, resolve: hear } = Promise.withResolvers<void>();
  const { promise: isWritten, resolve: written } = Promise.withResolvers<void>();
  const committer = new Committer({
    ...{ intervalMs, changesMax, later: () => {}, committed: () => {} },
    ...{ unheard: error => t.fail(`${error}`), failed: error => t.fail(`${error}`) },
    head: () => head,
    async write() {
      head = 'second';
      written();
      await isHeard;
      return { oid: head, tree: '', summary: '' };
    },
  });
  const changes = [{ id: announcementOf('a').id, before: undefined, after: announcementOf('a') }];
  committer.note(changes);
  t.deepEqual(committer.uncommitted(), { since: 'first', changes });
  const flushed = committer.flush();
  await isWritten;
  t.deepEqual(committer.uncommitted(), { since: 'first', changes });
  hear();
  await flushed;
  t.deepEqual(committer.uncommitted(), { since: 'second', changes: [] });
});
