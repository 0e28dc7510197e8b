import test from 'ava';
import { announcementOf, testNow as now, signerOf, testList } from '../../test/announcements.ts';
import { hour } from '../base/time.ts';
import { ServerList } from '../list/server-list.ts';
import { formatAnnouncement } from '../records/announcement.ts';
import type { Verified } from '../records/verified.ts';
import { Door, verdictOf } from './door.ts';

const limits = {
  serversMax: 100,
  perAnnouncerMax: 100,
  perNetworkMax: 100,
  waitingMax: 100,
  countPrivateNetworks: true,
};

function setup(quotas: Partial<typeof limits> = {}) {
  const list = new ServerList({ ...limits, ...quotas });
  const changes: string[] = [];
  const proofs: string[] = [];
  const door = new Door({
    list,
    listName: testList,
    clock: () => now,
    pause: async () => {},
    changed: all => void changes.push(...all.map(change => change.id)),
    equivocated: ({ kept }) => void proofs.push(kept.id),
  });
  return { list, door, changes, proofs };
}

const good = announcementOf('good');
const forged = formatAnnouncement({ ...good.announcement, name: 'forged' });

for (const [title, blob, verdict] of [
  ['a good one', good.bytes, { action: 'accept' }],
  ['a forged one', forged, { action: 'reject', code: 'BAD_SIGNATURE' }],
  ['one of another list', announcementOf('x', { list: 'other' }).bytes, { action: 'reject', code: 'BAD_SIGNATURE' }],
  ['garbage', Uint8Array.of(1, 2, 3), { action: 'reject', code: 'NOT_JSON' }],
  ['a large one', new Uint8Array(2_049), { action: 'reject', code: 'TOO_LARGE' }],
  [
    'one that ran out',
    announcementOf('x', { issuedAt: now - 2 * hour, expiresAt: now - 1 }).bytes,
    { action: 'ignore', code: 'EXPIRED' },
  ],
  [
    'one from tomorrow',
    announcementOf('x', { issuedAt: now + 24 * hour }).bytes,
    { action: 'reject', code: 'FAR_FUTURE' },
  ],
] as const) {
  test(`the verdict on ${title} is ${verdict.action}`, async t => {
    const { door, list, changes } = setup();
    const [received] = await door.receive([blob]);
    t.deepEqual(received!.verdict as object, verdict);
    t.is(list.listed.size, verdict.action === 'accept' ? 1 : 0);
    t.is(changes.length, list.listed.size);
    t.deepEqual(door.refused, verdict.action === 'accept' ? {} : { [verdict.code]: 1 });
  });
}

test('one bad announcement spoils a message, yet the good ones in it are taken', async t => {
  const { door, list } = setup();
  const results = await door.receive([good.bytes, forged]);
  t.deepEqual(verdictOf(results), { action: 'reject', code: 'BAD_SIGNATURE' });
  t.true(list.listed.has(good.id));
});

test('a message is passed on when any of it is new, and not again', async t => {
  const { door } = setup();
  const more = announcementOf('more');
  await door.receive([good.bytes]);
  t.deepEqual(verdictOf(await door.receive([good.bytes, more.bytes])), { action: 'accept' });
  t.deepEqual(verdictOf(await door.receive([good.bytes, more.bytes])), { action: 'ignore', code: 'KNOWN' });
  t.deepEqual(door.refused, {}, 'what is known already is no offence');
});

test('a replay of an older announcement never reaches the signature check', async t => {
  const { door } = setup();
  await door.receive([good.bytes]);
  const old = announcementOf('good', { issuedAt: now - 1 });
  const broken = formatAnnouncement({ ...old.announcement, name: 'whatever' });
  t.deepEqual((await door.receive([broken]))[0]!.verdict, { action: 'ignore', code: 'STALE' });
});

test('two announcements with one time are reported with their proof', async t => {
  const { door, proofs } = setup();
  await door.receive([announcementOf('good', { name: 'one', signer: signerOf(7) }).bytes]);
  await door.receive([announcementOf('good', { name: 'two', signer: signerOf(7) }).bytes]);
  t.is(proofs.length, 1);
});

test('what gets no place while enough wait is ignored before its signature is checked, until there is room', async t => {
  const { list, door } = setup({ perAnnouncerMax: 1, waitingMax: 1 });
  const [first, second, third] = ['a', 'b', 'c']
    .map(server => announcementOf(server))
    .sort((a, b) => (a.id < b.id ? -1 : 1)) as [Verified, Verified, Verified];
  const forged = ({ announcement }: Verified) => formatAnnouncement({ ...announcement, name: 'forged' });
  await door.receive([first.bytes]);
  t.deepEqual(verdictOf(await door.receive([forged(second)])), { action: 'reject', code: 'BAD_SIGNATURE' });
  t.deepEqual(verdictOf(await door.receive([second.bytes])), { action: 'ignore', code: 'OVER_QUOTA' });
  t.is(list.waiting, 1);
  t.deepEqual(verdictOf(await door.receive([forged(third)])), { action: 'ignore', code: 'OVER_QUOTA' });
  t.is(list.held(third.id), undefined);
  list.setOrder(new Set([third.id]), [], now);
  t.deepEqual(verdictOf(await door.receive([forged(third)])), { action: 'reject', code: 'BAD_SIGNATURE' });
  t.deepEqual(verdictOf(await door.receive([third.bytes])), { action: 'accept' });
  t.deepEqual([...list.listed.keys()], [third.id]);
});
