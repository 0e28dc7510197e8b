import { deflateSync, inflateSync } from 'node:zlib';
import test from 'ava';
import { git, gitFed, temporaryFolder } from '../../test/stock-git.ts';
import { encodeObject, objectBytesMax, packEntry, readEntry } from './objects.ts';

const bytes = (length: number) => Buffer.alloc(length, 'some text that repeats, as JSON does ');

for (const size of [0, 1, 15, 16, 17, 2_046, 2_047, 2_048, 2_049, 32_767, 32_768, 70_000]) {
  test(`an object of ${size} bytes is read as it was written`, t => {
    for (const type of ['commit', 'tree', 'blob'] as const) {
      const body = bytes(size);
      const object = readEntry(packEntry(type, body));
      t.is(object.type, type);
      t.deepEqual(Buffer.from(object.body), body);
    }
  });
}

test('the head of an entry is as gitformat-pack(5) has it', t => {
  // 2,047 = 15 + 127 * 16, the last size that two bytes hold.
  t.deepEqual([...packEntry('blob', bytes(15)).subarray(0, 1)], [0x3f]);
  t.deepEqual([...packEntry('blob', bytes(16)).subarray(0, 2)], [0xb0, 0x01]);
  t.deepEqual([...packEntry('tree', bytes(2_047)).subarray(0, 2)], [0xaf, 0x7f]);
  t.deepEqual([...packEntry('commit', bytes(2_048)).subarray(0, 3)], [0x90, 0x80, 0x01]);
});

test('an object has the hash that stock git gives it', async t => {
  const folder = await temporaryFolder(t);
  await git(folder, 'init', '--quiet');
  t.is(encodeObject('blob', bytes(3_000)).oid, await gitFed(folder, bytes(3_000).toString(), 'hash-object', '--stdin'));
});

const good = packEntry('blob', bytes(300));
const headOf = (type: number, size: number) => Uint8Array.of((type << 4) | (size & 15) | 128, size >> 4);
for (const [title, entry, what] of [
  ['no bytes', new Uint8Array(), /no valid head/],
  ['a head and nothing else', good.subarray(0, 2), /inflated/],
  ['a head that never ends', new Uint8Array(400).fill(0xbf), /no valid head|inflated/],
  ['the type of a tag', Buffer.concat([headOf(4, 300), good.subarray(2)]), /no valid head/],
  ['the type of a delta', Buffer.concat([headOf(6, 300), good.subarray(2)]), /no valid head/],
  ['a size that is too small', Buffer.concat([headOf(3, 299), good.subarray(2)]), /299|inflated/],
  ['a size that is too large', Buffer.concat([headOf(3, 301), good.subarray(2)]), /301/],
  ['its end cut off', good.subarray(0, -1), /inflated/],
  ['something behind it', Buffer.concat([good, Uint8Array.of(0)]), /behind/],
  ['a body that is not deflated', Buffer.concat([headOf(3, 300), bytes(300)]), /inflated/],
] as const) {
  test(`an entry with ${title} is damage`, t => {
    t.throws(() => readEntry(entry), { code: 'STORE_DAMAGED', message: what });
  });
}

test('announcements and trees of any size are streams that zlib reads, and what was deflated before is still read', t => {
  for (const size of [0, 1, 500, 2_048, 0xffff, 0x10000, 0x1ffff]) {
    const whole = bytes(size);
    for (const type of ['tree', 'blob'] as const) {
      const entry = packEntry(type, whole);
      const head = entry.findIndex(byte => byte < 128) + 1;
      t.true(inflateSync(entry.subarray(head)).equals(whole));
      const before = Buffer.concat([entry.subarray(0, head), deflateSync(whole)]);
      t.true(whole.equals(readEntry(before).body));
    }
  }
});

test('a tree, which is stored and not deflated, is read as zlib reads it, and a flipped bit in it is damage', t => {
  const tree = packEntry('tree', bytes(300));
  t.deepEqual(inflateSync(tree.subarray(2)), Buffer.from(readEntry(tree).body));
  for (let at = 2; at < tree.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const entry = Buffer.from(tree);
      entry[at]! ^= 1 << bit;
      const asZlib = attempt(() => inflateSync(entry.subarray(2)));
      const asHere = attempt(() => readEntry(entry).body);
      t.deepEqual(asHere && Buffer.from(asHere), asZlib, `byte ${at}, bit ${bit}`);
    }
  }
});

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}

test('a flipped bit is damage wherever it is, unless it leaves the object as it was', t => {
  for (let at = 0; at < good.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const entry = Buffer.from(good);
      entry[at]! ^= 1 << bit;
      try {
        const { type, body } = readEntry(entry);
        // Another type, or a zlib head that means the same: whoever reads compares the hash.
        t.true(type !== 'blob' || Buffer.compare(body, bytes(300)) === 0, `byte ${at}, bit ${bit}`);
      } catch (error) {
        t.is((error as { code?: string }).code, 'STORE_DAMAGED');
      }
    }
  }
});

test('a small entry cannot take much memory, whatever size it claims', t => {
  // 64 MiB of zeros in 64 KB: inflating stops one byte past the size that the head claims.
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().arrayBuffers;
  t.throws(() => readEntry(Buffer.concat([headOf(3, 300), bomb])), { code: 'STORE_DAMAGED' });
  t.true(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
  const huge = packEntry('blob', Buffer.alloc(objectBytesMax + 1));
  t.throws(() => readEntry(huge), { code: 'STORE_DAMAGED', message: /no valid head/ });
});

test('the largest object that is allowed is read', t => {
  t.is(readEntry(packEntry('blob', Buffer.alloc(objectBytesMax))).body.length, objectBytesMax);
});
