import test from 'ava';
import fc from 'fast-check';
import { announcementOf, signerOf } from '../../test/announcements.ts';
import { keptHistory } from '../../test/histories.ts';
import { temporaryStore } from '../../test/stock-git.ts';
import { diffServers, diffTrees, withSides } from './diff.ts';
import { stored } from './history.ts';
import { ServersTree } from './servers-tree.ts';
import { isRenewal, readSides } from './sides.ts';
import { either, type ObjectSource } from './source.ts';
import { emptyTree } from './tree.ts';

const names = ['one', 'two'].map(name =>
  Array.from({ length: 40 }, (_, i) => announcementOf(`eu-${i}`, { signer: signerOf(1 + (i % 3)), name })),
);
/** Each server is absent, or there under one of two names. */
const lists = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 });

function listOf(picks: readonly number[]) {
  const items = picks.flatMap((pick, i) => (pick === 0 ? [] : [names[pick - 1]![i]!]));
  const tree = new ServersTree();
  for (const { id, oid } of items) tree.set(id, oid);
  const blobs = new Map(items.map(item => [item.oid, item.bytes]));
  const source: ObjectSource = async oids =>
    oids.map(oid => {
      const [blob, body] = [blobs.get(oid), tree.body(oid)];
      return blob ? { type: 'blob', body: blob } : body && { type: 'tree', body };
    });
  return { root: tree.root(), source, servers: new Map(items.map(item => [item.id, item])) };
}

test('between any two lists exactly the servers that differ are told', async t => {
  await fc.assert(
    fc.asyncProperty(lists, lists, async (a, b) => {
      const [left, right] = [listOf(a), listOf(b)];
      const ids = [...new Set([...left.servers.keys(), ...right.servers.keys()])].sort();
      const expected = ids.flatMap(id => {
        const [before, after] = [left.servers.get(id), right.servers.get(id)];
        return before?.oid === after?.oid ? [] : [{ id, before: before?.announcement, after: after?.announcement }];
      });
      t.deepEqual(await diffServers(either(left.source, right.source), left.root, right.root), expected);
    }),
  );
});

test('a renewal is told from a change by its bytes, whatever texts look like', async t => {
  const odd = { name: 'ü",\\n  "issuedAt": 1', attributes: { country: 'issuedAt' } };
  const old = announcementOf('eu-1', odd);
  for (const [fields, isMere] of [
    [odd, true],
    [{ ...odd, name: 'ö' }, false],
    [{ ...odd, tags: ['coop'] }, false],
    [{ ...odd, state: 'left' }, false],
    [{}, false],
  ] as const) {
    const next = announcementOf('eu-1', { ...fields, issuedAt: old.announcement.issuedAt + 1_000 });
    t.is(isRenewal(old, next), isMere);
    t.is(isRenewal(next, old), isMere);
  }
});

test('renewals are told to nobody, and not even read where they are known', async t => {
  const [old, gone] = [announcementOf('eu-1'), announcementOf('eu-2')];
  const again = announcementOf('eu-1', { issuedAt: old.announcement.issuedAt + 1_000 });
  const renewal = { id: old.id, before: old.oid, after: again.oid };
  const left = { id: gone.id, before: gone.oid, after: undefined };
  const asked: string[] = [];
  const held = new Map([old, again, gone].map(({ oid, bytes }) => [oid, bytes]));
  const source: ObjectSource = async oids => {
    asked.push(...oids);
    return oids.map(oid => ({ type: 'blob', body: held.get(oid)! }));
  };
  const told = [{ id: gone.id, before: gone.announcement, after: undefined }];
  t.deepEqual(await withSides(source, [renewal, left]), told);
  t.deepEqual(asked.splice(0), [old.oid, again.oid, gone.oid]);
  t.deepEqual(await withSides(source, [{ ...renewal, isRenewal: true }, left]), told);
  t.deepEqual(asked, [gone.oid]);
});

test('what is listed is not read, and told as it was when that was asked for', async t => {
  const old = announcementOf('eu-1');
  const next = announcementOf('eu-1', { name: 'other' });
  const listed = new Map([[next.oid, next]]);
  const source: ObjectSource = async oids => {
    listed.clear();
    t.deepEqual(oids, [old.oid]);
    return [{ type: 'blob', body: old.bytes }];
  };
  t.deepEqual(await withSides(source, [{ id: old.id, before: old.oid, after: next.oid }], oid => listed.get(oid)), [
    { id: old.id, before: old.announcement, after: next.announcement },
  ]);
});

test('a blob that is no announcement is damage, on either side', t => {
  const { bytes } = names[0]![0]!;
  const good = { bytes };
  for (const junk of [Buffer.from('junk'), bytes.subarray(0, -3), Buffer.concat([bytes, bytes])]) {
    const bad = { bytes: junk };
    t.is(readSides(good, bad), undefined);
    t.is(readSides(bad, good), undefined);
    t.is(readSides(undefined, bad), undefined);
    t.is(readSides(bad, undefined), undefined);
  }
});

test('only trees that differ are read', async t => {
  const picks = names[0]!.map(() => 1);
  const [left, right] = [listOf(picks), listOf(picks.with(7, 2))];
  const read: string[] = [];
  const source = either(left.source, right.source);
  const diffs = await diffTrees(
    oids => {
      read.push(...oids);
      return source(oids);
    },
    left.root,
    right.root,
  );
  t.is(diffs.length, 1);
  t.is(read.length, 2 * 4);
  read.length = 0;
  t.deepEqual(await diffTrees(source, left.root, left.root), []);
  t.deepEqual(read, []);
});

test('a list is compared with nothing, both ways', async t => {
  const { root, source, servers } = listOf([1, 2]);
  t.is((await diffTrees(source, emptyTree, root)).filter(({ before }) => before === undefined).length, servers.size);
  t.is((await diffTrees(source, root, emptyTree)).filter(({ after }) => after === undefined).length, servers.size);
});

test('any two commits of a history are compared, more than one batch of servers at a time', async t => {
  const kept = await keptHistory(t);
  const many = Array.from({ length: 1_200 }, (_, i) => announcementOf(`eu-${i}`));
  const oids = [
    await kept.commit(many),
    await kept.commit([{ gone: many[0]!.id }]),
    await kept.commit([names[1]![5]!]),
  ];
  const [first, second, third] = await Promise.all(oids.map(oid => kept.history.serversOf(oid)));
  const source = stored(kept.store);
  t.is((await diffServers(source, emptyTree, first!)).length, 1_200);
  t.deepEqual(await diffTrees(source, first!, second!), [{ id: many[0]!.id, before: many[0]!.oid, after: undefined }]);
  t.is((await diffTrees(source, first!, third!)).length, 2);
  t.deepEqual(await diffTrees(source, third!, second!), [
    { id: names[1]![5]!.id, before: names[1]![5]!.oid, after: undefined },
  ]);
});

test('a tree that is not there is damage', async t => {
  const source = stored(await temporaryStore(t));
  await t.throwsAsync(diffTrees(source, emptyTree, '0'.repeat(40)), { code: 'STORE_DAMAGED' });
});
