import test from 'ava';
import fc from 'fast-check';
import { announcementOf, testNow as now, signerOf } from '../../test/announcements.ts';
import { day, hour, minute } from '../base/time.ts';
import type { Verified } from '../records/verified.ts';
import { kindOf } from './change.ts';
import { clockSkewMaxMs, type Limits, perBeginningMax, ServerList } from './server-list.ts';

const roomy: Limits = {
  serversMax: 1_000,
  perAnnouncerMax: 1_000,
  perNetworkMax: 1_000,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};
const tight: Limits = {
  serversMax: 8,
  perAnnouncerMax: 4,
  perNetworkMax: 3,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};

const blobs = (list: ServerList) => [...list.listed.values()].map(item => item.oid).sort();

const announcement = fc
  .record({
    server: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    signer: fc.integer({ min: 1, max: 4 }),
    age: fc.integer({ min: 0, max: 3 }),
    lifetime: fc.constantFrom(hour, day),
    network: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom('up' as const, 'up' as const, 'left' as const),
    name: fc.constantFrom('one', 'two'),
  })
  .map(({ server, signer, age, lifetime, network, state, name }) => {
    const issuedAt = now - age * minute;
    return announcementOf(server, {
      signer: signerOf(signer),
      addresses: [`198.51.${network}.1:27960`],
      issuedAt,
      expiresAt: issuedAt + lifetime,
      state,
      name,
    });
  });

for (const [title, limits] of [
  ['with room for all', roomy],
  ['with full quotas', tight],
] as const) {
  test(`any order and any duplication of the same announcements gives the same list, ${title}`, t => {
    fc.assert(
      fc.property(fc.array(announcement, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (items, random) => {
        const one = new ServerList(limits);
        for (const item of items) one.admit(item, now);
        const other = new ServerList(limits);
        const shuffled = [...items, ...items.filter((_, i) => i % 3 === 0)];
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = random.next().value % (i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        for (const item of shuffled) other.admit(item, now);
        t.deepEqual(blobs(one), blobs(other));
        one.tick(now + 2 * hour);
        other.tick(now + 2 * hour);
        t.deepEqual(blobs(one), blobs(other));
      }),
      { numRuns: 300 },
    );
  });
}

test('two full lists that take in each other, and tell unseen successors, agree', t => {
  fc.assert(
    fc.property(fc.array(announcement, { maxLength: 40 }), fc.array(announcement, { maxLength: 40 }), (left, right) => {
      const lists = [left, right].map(items => {
        const list = new ServerList(tight);
        for (const item of items) list.admit(item, now);
        return list;
      }) as [ServerList, ServerList];
      for (let round = 0; round < 8; round++) {
        const [a, b] = lists.map(list => [...list.listed.values()]) as [Verified[], Verified[]];
        exchange(b, ...lists);
        exchange(a, lists[1], lists[0]);
      }
      t.deepEqual(blobs(lists[0]), blobs(lists[1]));
    }),
    { numRuns: 300 },
  );
});

function exchange(items: readonly Verified[], to: ServerList, from: ServerList): void {
  for (const item of items) {
    to.admit(item, now);
    const successor = to.unseenSuccessor(item);
    if (successor) from.admit(successor, now);
  }
}

for (const [title, fields, expected] of [
  ['at the limit of clock skew', { issuedAt: now + clockSkewMaxMs }, { action: 'accept' }],
  ['one millisecond past it', { issuedAt: now + clockSkewMaxMs + 1 }, { action: 'ignore', code: 'FROM_THE_FUTURE' }],
  [
    'from further ahead than any honest node',
    { issuedAt: now + 2 * clockSkewMaxMs + 1 },
    { action: 'reject', code: 'FAR_FUTURE' },
  ],
  ['that runs out now', { issuedAt: now - hour, expiresAt: now }, { action: 'ignore', code: 'EXPIRED' }],
  [
    'that ran out long ago',
    { issuedAt: now - 2 * hour, expiresAt: now - hour },
    { action: 'reject', code: 'LONG_EXPIRED' },
  ],
] as const) {
  test(`the verdict on an announcement ${title} is ${expected.action}`, t => {
    t.deepEqual(new ServerList(roomy).judge(announcementOf('a', fields), now) as object, expected);
  });
}

test('the newer announcement wins, the older is stale, the same is known', t => {
  const list = new ServerList(roomy);
  const old = announcementOf('a', { issuedAt: now - 1 });
  const fresh = announcementOf('a', { name: 'renamed' });
  t.deepEqual(list.admit(old, now).changes, [{ id: old.id, before: undefined, after: old }]);
  t.deepEqual(list.admit(fresh, now).changes, [{ id: old.id, before: old, after: fresh }]);
  t.deepEqual(list.judge(old, now), { action: 'ignore', code: 'STALE' });
  t.deepEqual(list.judge(fresh, now), { action: 'ignore', code: 'KNOWN' });
});

test('of two announcements with one time the smaller hash stays, and the pair is kept as proof', t => {
  const [small, large] = ['one', 'two']
    .map(name => announcementOf('a', { name }))
    .sort((a, b) => (a.oid < b.oid ? -1 : 1)) as [Verified, Verified];
  for (const order of [
    [small, large],
    [large, small],
  ] as const) {
    const list = new ServerList(roomy);
    list.admit(order[0], now);
    const outcome = list.admit(order[1], now);
    t.is(outcome.verdict.action, 'accept', 'the first pair is passed on');
    t.deepEqual(outcome.equivocation, { kept: small, dropped: large });
    t.deepEqual(blobs(list), [small.oid]);
    t.deepEqual([...list.equivocations], [{ kept: small, dropped: large }]);
    t.deepEqual(list.judge(large, now), { action: 'ignore', code: 'EQUIVOCATION' });
  }
});

test('a withdrawn server is no longer seen, and older announcements of it stay out', t => {
  const list = new ServerList(roomy);
  const up = announcementOf('a', { issuedAt: now - 1 });
  const left = announcementOf('a', { state: 'left' });
  list.admit(up, now);
  const [change] = list.admit(left, now).changes;
  t.is(kindOf(change!.before?.announcement, change!.after?.announcement), 'left');
  t.deepEqual(list.judge(up, now), { action: 'ignore', code: 'STALE' });
});

test('what has run out goes, and an older announcement with a longer life cannot bring it back', t => {
  const list = new ServerList(roomy);
  const long = announcementOf('a', { issuedAt: now - 1 });
  const short = announcementOf('a', { expiresAt: now + minute });
  list.admit(short, now);
  t.deepEqual(list.tick(now + minute - 1), []);
  t.deepEqual(list.tick(now + minute), [{ id: short.id, before: short, after: undefined }]);
  t.deepEqual(list.judge(long, now + minute), { action: 'ignore', code: 'STALE' });
  t.is(list.floors.size, 1);
  list.tick(now + day);
  t.is(list.floors.size, 0, 'once every older one must have run out itself');
});

test('a server over quota waits, and takes the place of one that goes', t => {
  const list = new ServerList({ ...roomy, perAnnouncerMax: 1 });
  const [first, second] = ['a', 'b'].map(server => announcementOf(server)).sort((a, b) => (a.id < b.id ? -1 : 1)) as [
    Verified,
    Verified,
  ];
  list.admit(first, now);
  t.deepEqual(list.admit(second, now), { verdict: { action: 'ignore', code: 'OVER_QUOTA' }, changes: [] });
  t.is(list.waiting, 1);
  list.setRules([{ announcer: 'nobody', reason: 'test' }]);
  t.deepEqual(blobs(list), [first.oid]);
  const third = announcementOf('c', { expiresAt: now + minute });
  const held = new ServerList({ ...roomy, perAnnouncerMax: 1 });
  held.admit(third, now);
  held.admit(announcementOf('d'), now);
  held.tick(now + minute);
  t.deepEqual(blobs(held), [announcementOf('d').oid]);
});

for (const [title, rule] of [
  ['its announcer', { announcer: signerOf(1).peerId }],
  ['its network', { address: '203.0.113.0/24' }],
  ['its game', { game: 'openarena' }],
] as const) {
  test(`a server barred by ${title} goes and stays out until the rule ends`, t => {
    const list = new ServerList(roomy);
    const item = announcementOf('a');
    list.admit(item, now);
    list.setRules([{ ...rule, reason: 'test', until: now + minute }]);
    t.deepEqual(
      list.ids().filter(id => list.unwelcome(id, now)),
      [item.id],
    );
    t.deepEqual(list.drop(item.id), [{ id: item.id, before: item, after: undefined }]);
    t.deepEqual(list.judge(item, now), { action: 'ignore', code: 'DENIED' });
    t.is(list.deniedBy(item.announcement, now)?.reason, 'test');
    t.deepEqual(list.judge(item, now + minute), { action: 'accept' });
  });
}

test('all private networks share the places of sixteen, and are not counted in a lab', t => {
  const items = Array.from({ length: 20 }, (_, n) => announcementOf(`s${n}`, { addresses: [`10.0.${n}.1:27960`] }));
  for (const [countPrivateNetworks, listed] of [
    [true, 16],
    [false, 20],
  ] as const) {
    const list = new ServerList({ ...roomy, perNetworkMax: 1, countPrivateNetworks });
    for (const item of items) list.admit(item, now);
    t.is(list.listed.size, listed);
  }
});

test('after a rollback only what it lists stays, and what was issued later comes in', t => {
  const list = new ServerList(roomy);
  const kept = announcementOf('kept', { issuedAt: now - hour });
  const renewed = announcementOf('kept', { issuedAt: now - minute });
  const fake = announcementOf('fake', { issuedAt: now - minute });
  for (const item of [kept, renewed, fake]) list.admit(item, now);
  list.setBaseline({ atMs: now, blobs: new Map([[kept.id, kept.oid]]) });
  const gone = list.ids().filter(id => list.unwelcome(id, now));
  t.deepEqual(gone.sort(), [kept.id, fake.id].sort(), 'a newer form of a listed server goes too');
  for (const id of gone) list.drop(id);
  t.is(list.admit(kept, now).verdict.action, 'accept');
  for (const item of [fake, renewed]) t.deepEqual(list.judge(item, now), { action: 'ignore', code: 'ROLLED_BACK' });
  t.is(list.admit(announcementOf('fake', { issuedAt: now + 1 }), now).verdict.action, 'accept');
  t.deepEqual(blobs(list), [kept.oid, announcementOf('fake', { issuedAt: now + 1 }).oid].sort());
  t.is(list.rolledBackTo, now);
  list.tick(now + day);
  t.is(list.rolledBackTo, 0, 'a day later nothing from before it can be valid any more');
});

test('ids that were made to begin alike get so many places and no more', t => {
  const many = 2 * perBeginningMax;
  const list = new ServerList({
    ...roomy,
    serversMax: many,
    perAnnouncerMax: many,
    perNetworkMax: many,
    waitingMax: many,
  });
  const item = announcementOf('a');
  for (let i = 0; i <= perBeginningMax; i++) {
    const id = `abc${i.toString(16).padStart(37, '0')}`;
    list.admit({ ...item, id, oid: id } as Verified, now);
  }
  list.admit({ ...item, id: 'abd'.padEnd(40, '0') } as Verified, now);
  t.is(list.listed.size, perBeginningMax + 1);
});
