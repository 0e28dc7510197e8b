import test from 'ava';
import { testNow } from '../../test/announcements.ts';
import { type Maintainer, maintainerOf } from '../../test/maintainers.ts';
import { utf8 } from '../base/bytes.ts';
import { day, minute, second } from '../base/time.ts';
import type { Write } from '../history/store.ts';
import type { PublicKey } from '../trust/key.ts';
import { keptMax } from '../trust/order.ts';
import type { Statement } from '../trust/statement.ts';
import { StatementBook } from './statement-book.ts';

const [ada, bob, eve] = await Promise.all([maintainerOf('Ada'), maintainerOf('Bob'), maintainerOf('Eve')]);

/** What a store holds, on a clock that the test moves; `open` gives a book as after a start. */
class World {
  now = testNow;
  readonly spaces = new Map<string, Map<string, Uint8Array>>();
  /** What a book made of it looked like when each write began: the latest sequence and the number of keys. */
  readonly seenBefore: (readonly [latest: number | undefined, trusted: number])[] = [];
  failure: Error | undefined;
  changes = 0;
  shipped: readonly PublicKey[];
  book!: StatementBook;

  constructor(...shipped: readonly Maintainer[]) {
    this.shipped = shipped.map(({ key }) => key);
  }

  async open(): Promise<StatementBook> {
    this.book = await StatementBook.open({
      store: { write: writes => this.#write(writes), entries: space => this.#entries(space) },
      shipped: this.shipped,
      listName: 'test',
      clock: () => this.now,
      changed: () => this.changes++,
      log: () => {},
    });
    return this.book;
  }

  get latest(): number | undefined {
    return this.book.latest()?.statement.sequence;
  }

  space(name: string): Map<string, Uint8Array> {
    const space = this.spaces.get(name) ?? new Map();
    this.spaces.set(name, space);
    return space;
  }

  async take(statement: Statement, from = 'peer'): Promise<string> {
    const verdict = await this.book.receive(statement.bytes, from);
    return verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.code}`;
  }

  async #write(writes: readonly Write[]): Promise<void> {
    this.seenBefore.push([this.latest, (await this.book.keys()).length]);
    if (this.failure) throw this.failure;
    for (const write of writes) {
      if ('put' in write) this.space(write.space).set(write.put, write.value);
      else this.space(write.space).delete(write.del);
    }
  }

  async *#entries(space: string): AsyncGenerator<[string, Uint8Array]> {
    yield* [...this.space(space)];
  }
}

async function worldOf(...shipped: readonly Maintainer[]): Promise<World> {
  const world = new World(...shipped);
  await world.open();
  return world;
}

test('a statement is stored before it has any effect, and is there after a restart', async t => {
  const world = await worldOf(ada);
  const one = await ada.state({ sequence: 7 });
  t.is(await world.take(one), 'accept');
  t.deepEqual(world.seenBefore, [[undefined, 1]]);
  t.deepEqual([world.latest, world.changes], [7, 1]);
  await world.open();
  t.is(world.latest, 7);
  t.deepEqual(world.book.get(one.digest)?.statement.bytes, one.bytes);
});

test('a statement that cannot be stored has no effect, and is taken when it comes again', async t => {
  const world = await worldOf(ada);
  const one = await ada.state();
  world.failure = new Error('no space left');
  await t.throwsAsync(world.take(one), { message: 'no space left' });
  t.deepEqual([world.latest, world.book.highest, world.changes], [undefined, 0, 0]);
  world.failure = undefined;
  t.is(await world.take(one), 'accept');
  t.is(world.latest, 1);
});

for (const [title, make, verdict] of [
  ['garbage', async () => ({ bytes: utf8('tree of nothing') }), 'reject BAD_HEADER'],
  ['one about another list', () => ada.state({ list: 'another' }), 'reject WRONG_LIST'],
  ['one by a stranger', () => eve.state(), 'ignore UNKNOWN_KEY'],
  ['one from the future', () => ada.state({}, testNow + 11 * minute), 'ignore FROM_THE_FUTURE'],
  ['one above the highest by 1,024', () => ada.state({ sequence: 1_029 }), 'accept'],
  ['one above the highest by 1,025', () => ada.state({ sequence: 1_030 }), 'ignore SEQUENCE_JUMP'],
  ['one that it has', () => ada.state({ sequence: 5 }), 'ignore KNOWN'],
  ['one whose message was changed', async () => forged(await ada.state({ sequence: 6 })), 'reject BAD_SIGNATURE'],
] as const) {
  test(`${title} gives: ${verdict}`, async t => {
    const world = await worldOf(ada, bob);
    await world.take(await ada.state({ sequence: 5 }));
    t.is(await world.take((await make()) as Statement), verdict);
    t.is(world.seenBefore.length, verdict === 'accept' ? 2 : 1, 'nothing else is stored');
  });
}

const forged = ({ bytes }: Statement) => ({ bytes: utf8(Buffer.from(bytes).toString().replace('a test', 'a trap')) });

test('a statement that comes twice at once is taken once', async t => {
  const world = await worldOf(ada);
  const one = await ada.state();
  t.deepEqual((await Promise.all([world.take(one, 'a'), world.take(one, 'b')])).sort(), ['accept', 'ignore KNOWN']);
  t.deepEqual([...world.book.sources(one.digest)].sort().slice(0, 1), ['a']);
  t.is(await world.take(one, 'b'), 'ignore KNOWN');
  t.deepEqual([...world.book.sources(one.digest)].sort(), ['a', 'b']);
});

test('when a key is removed the latest is worked out again, also after a restart', async t => {
  const world = await worldOf(ada, bob);
  await world.take(await ada.state({ sequence: 1 }));
  await world.take(await bob.state({ sequence: 2 }));
  t.is(world.latest, 2);
  await world.book.removeKey(bob.fingerprint);
  t.deepEqual([world.latest, world.changes], [1, 3]);
  await world.open();
  t.is(world.latest, 1);
  t.deepEqual(
    (await world.book.keys()).map(({ fingerprint }) => fingerprint),
    [ada.fingerprint],
  );
  await world.book.addKeys(bob.publicArmored);
  t.is(world.latest, 2, 'what it said is still known');
  await world.open();
  t.is(world.latest, 2);
});

test('a key that was added is there after a restart, and away after it was removed', async t => {
  const world = await worldOf(ada);
  t.deepEqual(await world.book.addKeys(`${bob.publicArmored}\n${eve.publicArmored}`), [
    bob.fingerprint,
    eve.fingerprint,
  ]);
  await world.open();
  t.is(await world.take(await bob.state()), 'accept');
  await world.book.removeKey(bob.fingerprint);
  await world.open();
  t.is(world.latest, undefined);
  t.is((await world.book.keys()).length, 2);
  await t.throwsAsync(world.book.removeKey(bob.fingerprint), { code: 'NO_SUCH_KEY' });
});

test('a choice of keys that cannot be stored changes nothing', async t => {
  const world = await worldOf(ada);
  await world.take(await ada.state());
  world.failure = new Error('no space left');
  await t.throwsAsync(world.book.removeKey(ada.fingerprint), { message: 'no space left' });
  await t.throwsAsync(world.book.addKeys(bob.publicArmored), { message: 'no space left' });
  world.failure = undefined;
  t.is(world.latest, 1);
  t.is(await world.take(await bob.state({ sequence: 2 })), 'ignore UNKNOWN_KEY');
  t.is(await world.take(await ada.state({ sequence: 3 })), 'accept');
});

test('what is no key is refused, and nothing of it is stored', async t => {
  const world = await worldOf(ada);
  await t.throwsAsync(world.book.addKeys('nonsense'), { code: 'NOT_A_KEY' });
  await t.throwsAsync(world.book.addKeys(bob.privateArmored), { code: 'PRIVATE_KEY' });
  await t.throwsAsync(world.book.addKeys(bob.revocationCertificate), { code: 'BAD_KEY' });
  t.is(world.space('keys').size, 0);
});

test('a certificate of revocation ends what its key said, also after a restart', async t => {
  const world = await worldOf(ada, bob);
  await world.take(await ada.state({ sequence: 1 }));
  await world.take(await bob.state({ sequence: 2 }));
  t.deepEqual(await world.book.addKeys(bob.revocationCertificate), [bob.fingerprint]);
  t.is(world.latest, 1);
  await world.open();
  t.is(world.latest, 1);
  t.is(await world.take(await bob.state({ sequence: 3 })), 'ignore KEY_REVOKED');
});

test('a key that expires takes what it said with it', async t => {
  const world = await worldOf(ada);
  await world.take(await ada.state());
  world.now += 3 * 365 * day;
  t.is(world.latest, 1, 'nobody has looked yet');
  await world.book.refreshTrust();
  t.is(world.latest, undefined);
});

test('a key that is removed while the signature of its statement is checked counts no more', async t => {
  const world = await worldOf(ada, bob);
  const taking = world.take(await bob.state());
  const removing = world.book.removeKey(bob.fingerprint);
  await Promise.all([taking, removing]);
  t.is(world.latest, undefined);
});

test('two statements of one key with one sequence are both kept and shown, a third with no smaller digest is not', async t => {
  const world = await worldOf(ada);
  const said = await Promise.all(['one', 'two', 'three'].map(subject => ada.state({ sequence: 4, subject })));
  const [one, two, three] = said.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  t.is(await world.take(one!), 'accept');
  t.is(await world.take(two!), 'accept');
  t.is(await world.take(three!), 'ignore EQUIVOCATION');
  await world.open();
  const [pair, ...others] = world.book.equivocations();
  t.deepEqual(pair!.map(({ statement }) => statement.digest).sort(), [one!.digest, two!.digest].sort());
  t.deepEqual(others, []);
});

test('only the last 64 of a key stay in the store', async t => {
  const world = await worldOf(ada);
  for (let sequence = 1; sequence <= keptMax + 3; sequence++) await world.take(await ada.state({ sequence }));
  t.is(world.space('statements').size, keptMax);
  await world.open();
  t.deepEqual([world.latest, world.book.all().length], [keptMax + 3, keptMax]);
  t.is(await world.take(await ada.state({ sequence: 2 })), 'ignore TOO_OLD');
});

test('others are told what counts here first, so that a fallen key does not fill the answer', async t => {
  const world = await worldOf(ada, eve);
  await world.take(await ada.state({ sequence: 1 }));
  await world.take(await ada.state({ sequence: 2 }));
  for (let sequence = 3; sequence < 6; sequence++) await world.take(await eve.state({ sequence }));
  await world.book.removeKey(eve.fingerprint);
  const sequences = new Map(world.book.all().map(({ statement }) => [statement.bytes, statement.sequence]));
  t.deepEqual(
    world.book.toTell().map(bytes => sequences.get(bytes)),
    [2, 1, 5, 4, 3],
  );
});

test('a statement that never came is missed below a newer one, as long as it may be a rollback in force', async t => {
  const world = await worldOf(ada);
  const first = await ada.state({ sequence: 1 });
  const missed = await ada.state({ sequence: 2, previous: first.digest, kind: 'rollback' });
  const third = await ada.state({ sequence: 3, previous: missed.digest });
  await world.take(first);
  await world.take(third);
  const latest = world.book.latest()!;
  t.true(world.book.hasGapBelow(latest));
  world.now += day;
  t.false(world.book.hasGapBelow(latest));
  world.now -= second;
  t.true(world.book.hasGapBelow(latest));
  await world.take(missed);
  t.false(world.book.hasGapBelow(latest));
});

test('a store that cannot read a statement any more is damaged, rather than forgetful', async t => {
  const world = await worldOf(ada);
  const one = await ada.state();
  await world.take(one);
  for (const value of ['', '{}', '{"commit":"dHJlZQ=="}']) {
    world.space('statements').set(one.digest, utf8(value));
    await t.throwsAsync(world.open(), { code: 'STORE_DAMAGED' });
  }
});
