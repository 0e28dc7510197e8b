import test from 'ava';
import { announcementOf, signerOf, testList, testNow } from '../../test/announcements.ts';
import { type Kept, keptHistory, pause } from '../../test/histories.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { candidate, type Verified } from '../records/verified.ts';
import { encodeObject, packEntry } from './objects.ts';
import type { Write } from './store.ts';
import { formatTree, parseTree } from './tree.ts';
import { faultsMax, verifyHistory } from './verify.ts';

const [ann, bob] = [signerOf(1), signerOf(2)];
const anns = announcementOf('eu-1', { signer: ann });
const bobs = announcementOf('eu-1', { signer: bob });
const renamed = announcementOf('eu-1', { signer: ann, name: 'Renamed', issuedAt: testNow + 1 });

/** Three commits: two servers, one renamed, one more. */
async function threeCommits(kept: Kept): Promise<string[]> {
  return [
    await kept.commit([anns, bobs]),
    await kept.commit([renamed]),
    await kept.commit([announcementOf('us-1', { signer: bob })]),
  ];
}

const verified = ({ store, history }: Kept, full = true) =>
  verifyHistory({ store, listName: testList, pause }, history.head, full);

test('a store that nothing was committed to is sound', async t => {
  t.deepEqual(await verified(await keptHistory(t)), {
    ok: true,
    commits: 0,
    objects: 0,
    servers: 0,
    signatures: 0,
    faults: [],
  });
});

test('a sound store is found sound, each object and signature looked at once', async t => {
  const kept = await keptHistory(t);
  await threeCommits(kept);
  const { objects, ...report } = await verified(kept);
  t.deepEqual(report, { ok: true, commits: 3, servers: 3, signatures: 4, faults: [] });
  let held = 0;
  for await (const _ of kept.store.entries('objects')) held++;
  t.is(objects, held);
});

test('without full only the head is looked at', async t => {
  const kept = await keptHistory(t);
  const [first] = await threeCommits(kept);
  await kept.store.write([{ space: 'objects', del: first! }]);
  t.like(await verified(kept, false), { ok: true, commits: 1, servers: 3, signatures: 3 });
  t.false((await verified(kept)).ok);
});

test('a list that was emptied is sound', async t => {
  const kept = await keptHistory(t);
  await threeCommits(kept);
  await kept.commit([...kept.listed.keys()].map(id => ({ gone: id })));
  await kept.commit([bobs]);
  t.like(await verified(kept), { ok: true, commits: 5, servers: 1 });
});

test('a folder from when who was gone before he was noted counted as renewed is sound', async t => {
  const kept = await keptHistory(t);
  await threeCommits(kept);
  const gone = announcementOf('eu-9', { signer: bob, state: 'left' });
  await kept.commit([gone]);
  const key = `${gone.id}/0000000004`;
  t.is(fromUtf8((await kept.store.get('servers', key))!), 'gone');
  await kept.store.write([{ space: 'servers', put: key, value: utf8('renewed') }]);
  t.like(await verified(kept), { ok: true, faults: [] });
  await kept.store.write([{ space: 'servers', put: key, value: utf8('left') }]);
  t.false((await verified(kept)).ok);
});

test('commits while the store is checked are no fault', async t => {
  const kept = await keptHistory(t);
  await threeCommits(kept);
  const report = await verifyHistory(
    {
      store: kept.store,
      listName: testList,
      pause: async () => void (await kept.commit([announcementOf(`x-${kept.listed.size}`)])),
    },
    kept.history.head,
    true,
  );
  t.deepEqual([report.ok, report.faults], [true, []]);
  t.true(kept.listed.size > 3);
});

type Damage = (place: {
  kept: Kept;
  commits: readonly string[];
  trees: readonly string[];
  leaf: string;
}) => readonly Write[] | Promise<readonly Write[]>;
const otherBlob = packEntry('blob', announcementOf('another').bytes);
const log = async (kept: Kept, change: object): Promise<Write[]> => {
  const entry = JSON.parse(fromUtf8((await kept.store.get('log', '0000000002'))!)!) as object;
  return [{ space: 'log', put: '0000000002', value: utf8(JSON.stringify({ ...entry, ...change })) }];
};

for (const [title, damage, fault] of [
  ['a blob is missing', () => [{ space: 'objects', del: anns.oid }], /^blob .* is missing/],
  [
    'a blob is another',
    () => [{ space: 'objects', put: anns.oid, value: otherBlob }],
    /is not the blob that its name says/,
  ],
  [
    'a blob is cut short',
    () => [{ space: 'objects', put: anns.oid, value: packEntry('blob', anns.bytes).subarray(0, -3) }],
    /^blob .*inflated/,
  ],
  [
    'a blob is of another type',
    () => [{ space: 'objects', put: anns.oid, value: packEntry('tree', anns.bytes) }],
    /is not the blob/,
  ],
  ['a tree is missing', ({ leaf }) => [{ space: 'objects', del: leaf }], /^tree .* is missing/],
  [
    'a tree is another',
    ({ leaf }) => [{ space: 'objects', put: leaf, value: packEntry('tree', new Uint8Array()) }],
    /is not the tree/,
  ],
  ['the tree of a commit is missing', ({ trees }) => [{ space: 'objects', del: trees[1]! }], /^tree .* is missing/],
  ['a commit is missing', ({ commits }) => [{ space: 'objects', del: commits[1]! }], /^commit .* is missing/],
  [
    'a commit is another',
    async ({ kept, commits }) => [
      { space: 'objects', put: commits[1]!, value: (await kept.store.get('objects', commits[0]!))! },
    ],
    /is not the commit/,
  ],
  [
    'the head is not in the log',
    ({ commits }) => [{ space: 'commits', del: commits[2]! }],
    /the head .* is not in the log/,
  ],
  ['an entry of the log is missing', () => [{ space: 'log', del: '0000000002' }], /^log entry 2 /],
  ['an entry of the log is junk', () => [{ space: 'log', put: '0000000002', value: utf8('{') }], /^log entry 2 /],
  [
    'the log names another commit',
    ({ kept, commits }) => log(kept, { oid: commits[0]! }),
    /^log entry 2 does not agree/,
  ],
  ['the log names other parents', ({ kept }) => log(kept, { parents: [] }), /^log entry 2 does not agree/],
  ['the log names another author', ({ kept }) => log(kept, { author: bob.peerId }), /^log entry 2 does not agree/],
  ['the log tells another time', ({ kept }) => log(kept, { atMs: testNow + 1_000 }), /^log entry 2 does not agree/],
  ['the log sums up something else', ({ kept }) => log(kept, { summary: '9 joined' }), /^log entry 2 does not agree/],
  ['the log counts something else', ({ kept }) => log(kept, { removed: 1 }), /^log entry 2 does not count/],
  [
    'a commit has another height',
    ({ commits }) => [{ space: 'commits', put: commits[1]!, value: utf8('0000000001') }],
    /is not indexed at 2/,
  ],
  [
    'the index of a server says something else',
    () => [{ space: 'servers', put: `${anns.id}/0000000002`, value: utf8('left') }],
    /the index of server /,
  ],
  [
    'the index of a server lacks a commit',
    () => [{ space: 'servers', del: `${anns.id}/0000000002` }],
    /the index of server /,
  ],
  [
    'the index of a server names a commit too many',
    () => [{ space: 'servers', put: `${anns.id}/0000000003`, value: utf8('left') }],
    /index servers holds 1 entries too many/,
  ],
  [
    'the index of an announcer lacks a commit',
    () => [{ space: 'announcers', del: `${ann.peerId}/0000000002` }],
    /the index of announcer /,
  ],
  [
    'the index of an announcer names a commit too many',
    () => [{ space: 'announcers', put: `${bob.peerId}/0000000002`, value: new Uint8Array() }],
    /index announcers holds 1 entries too many/,
  ],
  [
    'the index of commits names one too many',
    () => [{ space: 'commits', put: '0'.repeat(40), value: utf8('0000000001') }],
    /index commits holds 1 entries too many/,
  ],
] as const satisfies [string, Damage, RegExp][]) {
  test(`it is found when ${title}`, async t => {
    const kept = await keptHistory(t);
    const commits = await threeCommits(kept);
    const trees = await Promise.all(commits.map(async oid => (await kept.history.commit(oid)).tree));
    const leaf = kept.tree.at([...anns.id.slice(0, 3)])!;
    await kept.store.write(await damage({ kept, commits, trees, leaf }));
    const { ok, faults } = await verified(kept);
    t.false(ok);
    t.true(
      faults.some(text => fault.test(text)),
      faults.join('\n'),
    );
  });
}

test('an announcement with a signature of somebody else is found', async t => {
  const kept = await keptHistory(t);
  const { signature } = bobs.announcement;
  const text = fromUtf8(anns.bytes)!.replace(anns.announcement.signature, signature);
  const forged = candidate({ ...anns.announcement, signature }, utf8(text)) as Verified;
  await kept.commit([forged, bobs]);
  const { faults, signatures } = await verified(kept);
  t.deepEqual([faults.length, signatures], [1, 2]);
  t.regex(faults[0]!, new RegExp(`^blob ${forged.oid} .*the signature is not that of ${ann.peerId}`));
});

test('announcements of another list are found', async t => {
  const kept = await keptHistory(t);
  await kept.commit([announcementOf('eu-1', { list: 'another' })]);
  t.regex((await verified(kept)).faults.join(), /the signature is not that of/);
});

test('a blob that is no announcement, or not that of its place, is found', async t => {
  const kept = await keptHistory(t);
  const junk = { ...anns, bytes: utf8('junk'), oid: encodeObject('blob', utf8('junk')).oid } as Verified;
  await kept.commit([junk, { ...renamed, bytes: renamed.bytes, id: bobs.id } as Verified]);
  const faults = (await verified(kept)).faults.join('\n');
  t.regex(faults, new RegExp(`blob ${junk.oid}: announcement: is not JSON`));
  t.regex(faults, new RegExp(`blob ${renamed.oid} does not belong at servers/.*${bobs.id}`));
});

for (const [title, make] of [
  ['an unknown folder', entries => [{ mode: '40000', name: 'other', oid: entries[0]!.oid }, ...entries]],
  ['a file for a folder', entries => [{ ...entries[0]!, mode: '100644' }]],
  ['nothing of what it says', () => [{ mode: '40000', name: 'other', oid: anns.oid }]],
] as const satisfies [string, (entries: Parameters<typeof formatTree>[0]) => Parameters<typeof formatTree>[0]][]) {
  test(`a commit whose tree holds ${title} is found`, async t => {
    const kept = await keptHistory(t);
    const oid = await kept.commit([anns]);
    const commit = await kept.store.object(oid);
    const { tree } = await kept.history.commit(oid);
    const entries = parseTree((await kept.store.object(tree))!.body);
    const other = encodeObject('tree', formatTree(make(entries.ok ? entries.value : [])));
    const forged = encodeObject('commit', utf8(fromUtf8(commit!.body)!.replace(tree, other.oid)));
    const entry = JSON.parse(fromUtf8((await kept.store.get('log', '0000000001'))!)!) as object;
    await kept.store.write([
      ...[other, forged].map((it): Write => ({ space: 'objects', put: it.oid, value: it.entry })),
      { space: 'log', put: '0000000001', value: utf8(JSON.stringify({ ...entry, oid: forged.oid })) },
      { space: 'commits', put: forged.oid, value: utf8('0000000001') },
    ]);
    const { faults } = await verifyHistory({ store: kept.store, listName: testList, pause }, forged.oid, true);
    t.deepEqual(faults, [`tree ${other.oid} of commit ${forged.oid} does not have the form of a list's root`]);
  });
}

test('so many faults are named and no more', async t => {
  const kept = await keptHistory(t);
  const items = Array.from({ length: faultsMax + 20 }, (_, i) => announcementOf(`eu-${i}`));
  await kept.commit(items);
  await kept.store.write(items.map((item): Write => ({ space: 'objects', del: item.oid })));
  t.is((await verified(kept)).faults.length, faultsMax);
});
