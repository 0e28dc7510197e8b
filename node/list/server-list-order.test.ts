// Who gets a place when there are more servers than places: the order in which they are placed, and quotas that change.
import test from 'ava';
import fc from 'fast-check';
import { announcementOf, testNow as now, signerOf } from '../../test/announcements.ts';
import { day, minute } from '../base/time.ts';
import type { Verified } from '../records/verified.ts';
import type { QuotaRule } from '../trust/policy-quotas.ts';
import type { Change } from './change.ts';
import { type Limits, ServerList } from './server-list.ts';

const limits: Limits = {
  serversMax: 8,
  perAnnouncerMax: 4,
  perNetworkMax: 3,
  waitingMax: 1_000,
  countPrivateNetworks: true,
};
const roomy: Limits = { ...limits, serversMax: 10_000, perAnnouncerMax: 10_000 };

const blobs = (list: ServerList) => [...list.listed.values()].map(item => item.oid).sort();

function settle(list: ServerList): Change[] {
  const changes: Change[] = [];
  while (!list.isSettled) changes.push(...list.settle());
  return changes;
}

function listOf(items: readonly Verified[], with_: Limits = limits): ServerList {
  const list = new ServerList(with_);
  for (const item of items) list.admit(item, now);
  return list;
}

const announcement = fc
  .record({
    server: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    signer: fc.integer({ min: 1, max: 4 }),
    age: fc.integer({ min: 0, max: 3 }),
    network: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ server, signer, age, network }) =>
    announcementOf(server, {
      signer: signerOf(signer),
      addresses: [`198.51.${network}.1:27960`],
      issuedAt: now - age * minute,
    }),
  );
const announcements = fc.array(announcement, { maxLength: 40 });

/** Of a statement: some of those servers, whatever they announced since, and some quotas. */
const statement = fc.record({
  share: fc.integer({ min: 0, max: 15 }),
  quotas: fc.uniqueArray(
    fc.record({
      network: fc.integer({ min: 1, max: 4 }).map(n => `198.51.${n}.0/24`),
      servers: fc.integer({ min: 1, max: 6 }),
      reason: fc.constant('test'),
    }),
    { selector: rule => rule.network, maxLength: 3 },
  ),
});
type Statement = { readonly share: number; readonly quotas: readonly QuotaRule[] };

const setOrder = (list: ServerList, { share, quotas }: Statement) =>
  list.setOrder({ has: id => Number.parseInt(id[0]!, 16) < share }, quotas, now);

test('any order of announcements and statements gives one list, the one of the last statement', t => {
  fc.assert(
    fc.property(
      announcements,
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      (items, statements, random) => {
        const one = new ServerList(limits);
        setOrder(one, statements.at(-1)!);
        for (const item of items) one.admit(item, now);

        const other = new ServerList(limits);
        const shuffled = [...items, ...items.filter((_, i) => i % 3 === 0)];
        const left = [...statements];
        const told = new Set<string>();
        const hear = (changes: readonly Change[]) => {
          for (const { id, before, after } of changes) {
            t.is(told.has(id), before !== undefined, 'a change tells what was there');
            if (after) told.add(id);
            else told.delete(id);
          }
        };
        while (shuffled.length > 0) {
          const [item] = shuffled.splice(random.next().value % shuffled.length, 1);
          hear(other.admit(item!, now).changes);
          if (left.length > 1 && random.next().value % 3 === 0) setOrder(other, left.shift()!);
          // Announcements come in between, too.
          if (random.next().value % 2 === 0) hear(other.settle());
        }
        setOrder(other, statements.at(-1)!);
        hear(settle(other));
        t.deepEqual(blobs(one), blobs(other));
        t.deepEqual([...told].sort(), [...other.listed.keys()].sort());
      },
    ),
    { numRuns: 300 },
  );
});

for (const [title, waitingMax] of [
  ['', 1_000],
  [', though neither remembers who waits', 0],
  [', though hardly any may wait', 2],
] as const) {
  test(`two full lists under one statement that take in each other, and tell unseen successors, agree${title}`, t => {
    fc.assert(
      fc.property(announcements, announcements, statement, (left, right, said) => {
        const lists = [left, right].map(items => {
          const list = new ServerList({ ...limits, waitingMax });
          setOrder(list, said);
          settle(list);
          for (const item of items) offer(list, item);
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
}

/** As the door does. */
function offer(list: ServerList, item: Verified): void {
  if (list.judge(item, now).action === 'accept' && !list.isHopeless(item)) list.admit(item, now);
}

function exchange(items: readonly Verified[], to: ServerList, from: ServerList): void {
  for (const item of items) {
    offer(to, item);
    const successor = to.unseenSuccessor(item);
    if (successor) offer(from, successor);
  }
}

/** Servers of one /24 in the order of their ids. */
const neighbours = (count: number, fields: Parameters<typeof announcementOf>[1] = {}) =>
  Array.from({ length: count }, (_, n) =>
    announcementOf(`s${n}`, { addresses: [`198.51.7.${n + 1}:27960`], ...fields }),
  ).sort((a, b) => (a.id < b.id ? -1 : 1));

test('whom the statement in force lists is placed before all others, with the newest announcement, and no longer than it is in force', t => {
  const items = neighbours(6);
  const [last] = items.slice(-1) as [Verified];
  const list = listOf(items);
  t.false(list.listed.has(last.id));
  list.setOrder(new Set([last.id]), [], now);
  t.deepEqual(
    settle(list)
      .map(({ id, after }) => [id, after !== undefined])
      .sort(),
    [
      [last.id, true],
      [items[2]!.id, false],
    ].sort(),
  );
  const { server, addresses } = last.announcement;
  const renewed = announcementOf(server, { addresses, issuedAt: now + 1 });
  list.admit(renewed, now);
  t.is(list.listed.get(last.id), renewed);
  list.setOrder(new Set(), [], now);
  settle(list);
  t.deepEqual(blobs(list), blobs(listOf(items)));
});

for (const [title, rule, listed] of [
  ['raised for its network', { network: '198.51.7.0/24', servers: 200 }, 200],
  ['raised for a range that holds it', { network: '198.51.0.0/16', servers: 100 }, 100],
  ['lowered', { network: '198.51.7.0/24', servers: 1 }, 1],
  ['raised for somebody else', { network: '198.51.8.0/24', servers: 200 }, 3],
  ['that has ended', { network: '198.51.7.0/24', servers: 200, until: now }, 3],
] as const) {
  test(`of 200 servers in one /24 with a quota ${title}, ${listed} are listed`, t => {
    const list = listOf(neighbours(200), roomy);
    list.setOrder(new Set(), [{ ...rule, reason: 'test' }], now);
    settle(list);
    t.is(list.listed.size, listed);
    t.is(list.waiting, 200 - listed);
  });
}

test('the narrower of two ranges counts, a domain has places of its own, and an announcer may have more or less', t => {
  const network = (name: string, servers: number): QuotaRule => ({ network: name, servers, reason: 'test' });
  const named = Array.from({ length: 9 }, (_, n) =>
    announcementOf(`n${n}`, { addresses: [`eu-${n}.hoster.example.org:27960`], signer: signerOf(2) }),
  );
  const list = listOf([...neighbours(9), ...named], roomy);
  list.setOrder(new Set(), [network('198.51.7.0/24', 5), network('198.51.0.0/16', 2), network('example.org', 7)], now);
  settle(list);
  t.is(list.listed.size, 5 + 7);
  list.setOrder(new Set(), [{ announcer: signerOf(2).peerId, servers: 2, reason: 'test' }], now);
  settle(list);
  t.is(list.listed.size, 3 + 2);
});

test('a quota that ends gives its places back', t => {
  const list = listOf(neighbours(9), roomy);
  list.setOrder(new Set(), [{ network: '198.51.7.0/24', servers: 9, reason: 'test', until: now + minute }], now);
  settle(list);
  t.is(list.listed.size, 9);
  t.deepEqual(list.tick(now + minute - 1), []);
  t.is(list.tick(now + minute).length, 6);
  t.is(list.listed.size, 3);
});

test('who gets no place is known before, by name of the group that is full, and hopeless only when enough wait and nothing of it is here', t => {
  const [first, second, third, fourth, fifth] = neighbours(5, { expiresAt: now + day / 2 }) as [
    Verified,
    ...Verified[],
  ] as [Verified, Verified, Verified, Verified, Verified];
  const list = listOf([second, third, fourth], { ...roomy, waitingMax: 1 });
  t.is(list.fullFor(first), undefined, 'it comes before the last of them');
  t.is(list.fullFor(fifth), '198.51.7.0/24');
  t.false(list.isHopeless(fifth), 'it may wait');
  list.admit(fifth, now);
  const sixth = announcementOf('other', { addresses: ['198.51.7.99:1'], signer: signerOf(3) });
  const far = { ...sixth, id: 'f'.repeat(40) } as Verified;
  t.true(list.isHopeless(far));
  t.false(list.isHopeless(fifth), 'newer announcements of what is here matter');
  t.false(list.hasRoom('198.51.7.0/24', far.id));
  list.drop(second.id);
  list.drop(fifth.id);
  t.true(list.hasRoom('198.51.7.0/24', far.id));
});

test('placing a large list anew is done in parts, and tells what changes', t => {
  const many = 1_300;
  const base = announcementOf('a', { addresses: ['198.51.7.1:27960'] });
  const items = Array.from(
    { length: many },
    (_, i) => ({ ...base, id: i.toString(16).padStart(40, '0'), oid: String(i) }) as Verified,
  );
  const list = listOf(items, { ...roomy, perNetworkMax: 600 });
  list.setOrder({ has: id => Number.parseInt(id, 16) >= 700 }, [], now);
  const parts: number[] = [];
  while (!list.isSettled) parts.push(list.settle().length);
  t.true(parts.length > 2);
  t.deepEqual(
    blobs(list),
    items
      .slice(700)
      .map(({ oid }) => oid)
      .sort(),
  );
});
