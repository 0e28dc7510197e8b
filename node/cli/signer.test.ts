import test from 'ava';
import { parseUserId } from './signer.ts';

for (const [text, author] of [
  ['Ada Quist <ada@example.org>', { name: 'Ada Quist', email: 'ada@example.org' }],
  ['Ada Quist (list maintainer) <ada@example.org>', { name: 'Ada Quist', email: 'ada@example.org' }],
  [' 日本 <a@b> ', { name: '日本', email: 'a@b' }],
  ['ada@example.org', undefined],
  ['<ada@example.org>', undefined],
  ['Ada Quist', undefined],
  ['Ada <x> <ada@example.org>', undefined],
] as const) {
  test(`the user id "${text}" ${author ? 'is a name and an address' : 'is no author'}`, t => {
    t.deepEqual(parseUserId(text), author);
  });
}
