import test from 'ava';
import { oidBytes } from './oid-set.ts';
import { packHeadBytes } from './pack.ts';
import { PackIndex } from './pack-index.ts';

// What stock git makes of a real pack is compared in export.test.ts; nobody writes one of 2 GiB for a test.
test('offsets from 2 GiB on stand in the table of long ones', t => {
  const count = 4;
  const index = new PackIndex(Buffer.alloc(count * oidBytes));
  const gibibyte = 2 ** 30;
  for (const bytes of [gibibyte, gibibyte, 5 * gibibyte, 1]) index.add(bytes, 0);
  const bytes = Buffer.from(index.format(Buffer.alloc(20)));
  const offsetsAt = 8 + 256 * 4 + count * oidBytes + count * 4;
  t.is(bytes.readUInt32BE(offsetsAt), packHeadBytes);
  t.is(bytes.readUInt32BE(offsetsAt + 4), packHeadBytes + gibibyte);
  t.is(bytes.readUInt32BE(offsetsAt + 8), 0x8000_0000);
  t.is(bytes.readUInt32BE(offsetsAt + 12), 0x8000_0001);
  t.is(bytes.readBigUInt64BE(offsetsAt + 16), BigInt(packHeadBytes + 2 * gibibyte));
  t.is(bytes.readBigUInt64BE(offsetsAt + 24), BigInt(packHeadBytes + 7 * gibibyte));
  t.is(bytes.length, offsetsAt + 32 + 40);
});
