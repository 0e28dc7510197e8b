import test from 'ava';
import { announcementOf } from '../../test/announcements.ts';
import { changedFields } from './change.ts';

const fields = { tags: ['ctf', 'coop'], attributes: { country: 'de', map: 'q3dm6' }, addresses: ['203.0.113.7:1'] };
const { announcement } = announcementOf('eu-1', fields);

for (const [title, changes, expected] of [
  ['nothing but the time', { issuedAt: announcement.issuedAt + 1 }, []],
  ['that it left', { state: 'left' }, []],
  ['a name and a version', { name: 'other', version: '2' }, ['name', 'version']],
  ['a tag less', { tags: ['ctf'] }, ['tags']],
  ['tags in another order', { tags: ['coop', 'ctf'] }, ['tags']],
  ['another address', { addresses: ['203.0.113.7:2'] }, ['addresses']],
  ['an attribute', { attributes: { country: 'fr', map: 'q3dm6' } }, ['attributes']],
  ['an attribute more', { attributes: { country: 'de', map: 'q3dm6', mode: 'ffa' } }, ['attributes']],
] as const) {
  test(`between two announcements of one server ${title} ${expected.length === 0 ? 'is no change' : 'is told'}`, t => {
    const next = announcementOf('eu-1', { ...fields, ...changes } as Parameters<typeof announcementOf>[1]);
    t.deepEqual(changedFields(announcement, next.announcement), [...expected]);
    t.deepEqual(changedFields(next.announcement, announcement), [...expected]);
  });
}
