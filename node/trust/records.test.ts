import { createHash } from 'node:crypto';
import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { RecordsDigest } from './records.ts';

test('the digest is SHA-256 over all announcements, one after another', t => {
  const records = new RecordsDigest();
  records.add('0a', utf8('{}\n'));
  records.add('0b', utf8('{"server":"b"}\n'));
  t.is(records.value(), createHash('sha256').update('{}\n{"server":"b"}\n').digest('hex'));
});

test('a list of nobody has the digest of nothing', t => {
  t.is(new RecordsDigest().value(), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

for (const [title, id] of [
  ['out of order', '0a'],
  ['twice', '0b'],
] as const) {
  test(`a record ${title} is a mistake of the caller`, t => {
    const records = new RecordsDigest();
    records.add('0b', utf8('{}\n'));
    t.throws(() => records.add(id, utf8('{}\n')), { code: 'OUT_OF_ORDER' });
  });
}
