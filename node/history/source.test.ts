import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { utf8 } from '../base/bytes.ts';
import type { GitObject } from './objects.ts';
import { either, type ObjectSource, readAnnouncements, readBodies, readTrees } from './source.ts';
import { formatTree } from './tree.ts';

const item = announcementOf('eu-1');
const entries = [{ mode: '100644', name: 'a', oid: item.oid }] as const;
const sourceOf = (objects: Record<string, GitObject>, asked: string[] = []): ObjectSource => {
  return async oids => {
    asked.push(...oids);
    return oids.map(oid => objects[oid]);
  };
};
const source = sourceOf({
  blob: { type: 'blob', body: item.bytes },
  tree: { type: 'tree', body: formatTree(entries) },
  junk: { type: 'blob', body: utf8('junk') },
  'bad tree': { type: 'tree', body: utf8('junk') },
});

test('objects come in the order in which they were asked for', async t => {
  t.deepEqual(await readBodies(source, ['junk', 'blob', 'junk'], 'blob'), [utf8('junk'), item.bytes, utf8('junk')]);
  t.deepEqual(await readAnnouncements(source, ['blob']), [item.announcement]);
  t.deepEqual(await readTrees(source, ['tree']), [[...entries]]);
});

for (const [title, read, what] of [
  ['an object that is missing', () => readBodies(source, ['blob', 'gone'], 'blob'), /blob gone is missing/],
  ['an object of another type', () => readBodies(source, ['blob'], 'tree'), /blob is a blob where a tree should be/],
  ['a tree that is malformed', () => readTrees(source, ['tree', 'bad tree']), /bad tree is malformed/],
  ['a blob that is no announcement', () => readAnnouncements(source, ['junk']), /junk is no announcement/],
] as const) {
  test(`${title} is damage, and named`, async t => {
    await t.throwsAsync(read(), { code: 'STORE_DAMAGED', message: what });
  });
}

test('the second source is asked only for what the first lacks', async t => {
  const asked: string[] = [];
  const [one, two] = ['one', 'two'].map((text): GitObject => ({ type: 'blob', body: utf8(text) }));
  const both = either(sourceOf({ a: one!, c: one! }), sourceOf({ b: two!, c: two! }, asked));
  t.deepEqual(await both(['a', 'b', 'gone', 'c', 'b']), [one, two, undefined, one, two]);
  t.deepEqual(asked, ['b', 'gone', 'b']);
  asked.length = 0;
  t.deepEqual(await both(['a', 'c']), [one, one]);
  t.deepEqual(asked, []);
});
