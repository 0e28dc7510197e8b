import test from 'ava';
import { signerOf } from '../../test/announcements.ts';
import { utf8 } from '../base/bytes.ts';
import { day } from '../base/time.ts';
import type { Write } from '../history/store.ts';
import { rulesMax } from '../trust/policy.ts';
import { type DenyDeps, OwnDenies } from './deny.ts';

const { peerId } = signerOf(1);

/** A node's rules over a store that can be looked into; `told` holds what was done, in order. */
async function setup(more: Partial<DenyDeps> = {}, entries = new Map<string, Uint8Array>()) {
  const told: string[] = [];
  const clock = { now: 1_000_000 };
  const deps: DenyDeps = {
    store: {
      async *entries() {
        yield* entries;
      },
      async write(writes: readonly Write[]) {
        told.push('stored');
        for (const write of writes) {
          if ('put' in write) entries.set(write.put, write.value);
          else entries.delete(write.del);
        }
      },
    },
    self: signerOf(2).peerId,
    configured: { rules: [{ game: 'quake', reason: 'set' }], origin: 'config.json' },
    maintainers: () => [{ address: '203.0.113.0/24', reason: 'bots', from: 'rollback 2 by Ada' }],
    enforce: async () => told.push('in force'),
    ended: () => told.push('ended'),
    clock: () => clock.now,
    log: (_, message) => told.push(message),
    ...more,
  };
  return { denies: await OwnDenies.open(deps), deps, entries, told, clock };
}

test('rules are stored before they are in force, and are there again after a restart', async t => {
  const { denies, deps, told } = await setup();
  const { rules } = await denies.add({
    announcers: [peerId],
    addresses: ['2001:DB8::/32', '198.51.100.7'],
    reason: 'r',
  });
  t.deepEqual(told, ['stored', 'in force']);
  t.deepEqual(
    rules.map(({ announcer, address }) => announcer ?? address),
    [peerId, '2001:db8::/32', '198.51.100.7/32'],
  );
  t.deepEqual((await OwnDenies.open(deps)).rules(), denies.rules());
  t.deepEqual(denies.counts(), { own: 4, maintainers: 1 });
});

test("each rule is listed with its origin: this node's, its configuration's, the maintainers'", async t => {
  const { denies } = await setup();
  await denies.add({ games: ['xonotic'], reason: 'mine', until: 2_000_000 });
  t.deepEqual(
    denies.list().map(({ game, address, origin, from, until }) => [game ?? address, origin, from, until]),
    [
      ['xonotic', 'node', "this node's own rules", 2_000_000],
      ['quake', 'configuration', "this node's configuration (list.deny in config.json)", null],
      ['203.0.113.0/24', 'maintainers', 'rollback 2 by Ada', null],
    ],
  );
});

test('a rule that has ended is told no more, though a statement or a configuration still holds it', async t => {
  const ends = { until: 2_000_000, reason: 'for a while' };
  const { denies, clock } = await setup({
    configured: { rules: [{ game: 'quake', ...ends }], origin: 'config.json' },
    maintainers: () => [{ game: 'xonotic', from: 'rollback 2 by Ada', ...ends }],
  });
  t.deepEqual([denies.list().length, denies.counts()], [2, { own: 1, maintainers: 1 }]);
  clock.now = ends.until;
  t.deepEqual([denies.list(), denies.counts()], [[], { own: 0, maintainers: 0 }]);
});

test('a rule for what is barred already takes the place of the old one', async t => {
  const { denies } = await setup();
  await denies.add({ games: ['xonotic'], reason: 'one' });
  await denies.add({ games: ['xonotic'], reason: 'two' });
  t.deepEqual(
    denies.list().flatMap(({ origin, reason }) => (origin === 'node' ? [reason] : [])),
    ['two'],
  );
});

for (const [title, request, code] of [
  ['that bars nobody', { reason: 'r' }, 'BAD_RULE'],
  ['without a reason', { games: ['q'], reason: '' }, 'BAD_RULE'],
  ['with a reason that a terminal would obey', { games: ['q'], reason: 'a\u001b[2J' }, 'BAD_RULE'],
  ['for what is no game', { games: ['Q 3'], reason: 'r' }, 'BAD_RULE'],
  ['for what is no range', { addresses: ['1.2.3/24'], reason: 'r' }, 'BAD_RANGE'],
  ['for an address inside of a range', { addresses: ['1.2.3.4/24'], reason: 'r' }, 'BAD_RANGE'],
  ['for what is no peer', { announcers: ['bob'], reason: 'r' }, 'BAD_ANNOUNCER'],
  ['that is over', { games: ['q'], reason: 'r', until: 1_000_000 }, 'BAD_RULE'],
] as const) {
  test(`a rule ${title} is refused, and nothing is stored`, async t => {
    const { denies, told } = await setup();
    await t.throwsAsync(denies.add({ ...request } as Parameters<OwnDenies['add']>[0]), { code });
    t.deepEqual(told, []);
  });
}

for (const [title, named, code] of [
  ['this node itself', { announcers: [peerId, signerOf(2).peerId] }, 'BARS_ITSELF'],
  ['every IPv4 address', { addresses: ['203.0.113.7', '0.0.0.0/0'] }, 'BARS_EVERYBODY'],
  ['every IPv6 address', { addresses: ['0::/0'] }, 'BARS_EVERYBODY'],
] as const) {
  test(`a rule that bars ${title} has to be forced`, async t => {
    const { denies, told } = await setup();
    const request = { ...named, reason: 'r' } as unknown as Parameters<OwnDenies['add']>[0];
    const error = await t.throwsAsync(denies.add(request), { code });
    t.regex((error as unknown as { remedy: string }).remedy, /--force/);
    t.deepEqual(told, []);
    await denies.add({ ...request, force: true });
    t.deepEqual(told, ['stored', 'in force']);
    t.false(JSON.stringify(denies.rules()).includes('force'));
  });
}

test('there is a bound on rules', async t => {
  const { denies } = await setup();
  await denies.add({ games: Array.from({ length: rulesMax }, (_, i) => `g${i}`), reason: 'r' });
  await denies.add({ games: ['g1'], reason: 'the same again' });
  await t.throwsAsync(denies.add({ games: ['one-more'], reason: 'r' }), { code: 'TOO_MANY_RULES' });
});

test('what is removed is no longer in force, and whom it barred may come back', async t => {
  const { denies, entries, told } = await setup();
  await denies.add({ games: ['xonotic'], reason: 'r' });
  told.length = 0;
  await denies.remove({ game: 'xonotic' });
  t.deepEqual(told, ['stored', 'in force', 'ended']);
  t.is(entries.size, 0);
});

for (const [title, subject, remedy] of [
  ['nobody has made', { game: 'doom' }, /deny list/],
  ['the configuration holds', { game: 'quake' }, /list\.deny in config\.json/],
  ['maintainers signed', { address: '203.0.113.0/24' }, /rollback 2 by Ada/],
] as const) {
  test(`a rule that ${title} cannot be removed, and whose it is is said`, async t => {
    const { denies } = await setup();
    const error = await t.throwsAsync(denies.remove(subject), { code: 'NO_SUCH_RULE' });
    t.regex((error as unknown as { remedy: string }).remedy, remedy);
  });
}

test("a rule that ends is forgotten, and the end of anybody's rule is told once", async t => {
  const maintainers = () => [{ game: 'doom', reason: 'r', until: 1_000_000 + 2 * day }];
  const { denies, entries, told, clock } = await setup({ maintainers });
  await denies.add({ games: ['xonotic'], reason: 'r', until: 1_000_000 + day });
  told.length = 0;
  await denies.tick();
  t.deepEqual(told, []);
  for (let i = 0; i < 2; i++) {
    clock.now += day;
    await denies.tick();
    await denies.tick();
    t.is(entries.size, 0);
  }
  t.deepEqual(told, ['ended', 'stored', 'ended']);
});

test('what is no rule in the store is told and left out', async t => {
  const { denies, told } = await setup({}, new Map([['game x', utf8('{"game":"x"}')]]));
  t.is(denies.counts().own, 1);
  t.regex(told[0]!, /game x.*reason/);
});
