import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { utf8 } from '../base/bytes.ts';
import type { Write } from '../history/store.ts';
import { ageWrites, beginAges, readAges } from './ages.ts';

const one = announcementOf('one');
const renewed = announcementOf('one', { issuedAt: one.announcement.issuedAt + 1 });

/** A store with this space alone. */
function memory(held = new Map<string, Uint8Array>()) {
  return {
    held,
    async write(writes: readonly Write[]) {
      for (const write of writes) {
        if ('put' in write) held.set(write.put, write.value);
        else held.delete(write.del);
      }
    },
    async *entries() {
      yield* held;
    },
  };
}

test('what is listed is written with its time, renewals write nothing, and what goes is forgotten', async t => {
  const store = memory();
  const since = (id: string) => (id === one.id ? 7 : undefined);
  await store.write(ageWrites([{ id: one.id, before: undefined, after: one }], since));
  t.deepEqual([...(await readAges(store))], [[one.id, 7]]);
  t.deepEqual(ageWrites([{ id: one.id, before: one, after: renewed }], since), []);
  await store.write(ageWrites([{ id: one.id, before: renewed, after: undefined }], () => undefined));
  t.is(store.held.size, 0);
});

test('a server that is gone again before its commit leaves nothing', t => {
  const writes = ageWrites([{ id: one.id, before: undefined, after: one }], () => undefined);
  t.deepEqual(writes, [{ space: 'ages', del: one.id }]);
});

test('in a store from before there were ages they begin now, and what cannot be read counts as none', async t => {
  const store = memory(
    new Map([
      ['b', utf8('5')],
      ['c', utf8('soon')],
    ]),
  );
  const ages = await readAges(store);
  t.deepEqual([...ages], [['b', 5]]);
  await beginAges(store, ['a', 'b', 'c'], ages, 9);
  t.deepEqual(
    await readAges(store),
    new Map([
      ['b', 5],
      ['c', 9],
      ['a', 9],
    ]),
  );
});
