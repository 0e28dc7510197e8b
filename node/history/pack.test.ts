import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { utf8 } from '../base/bytes.ts';
import { encodeObject } from './objects.ts';
import { packOf } from './pack.ts';

const objects = Array.from({ length: 3 }, (_, i) => encodeObject('blob', utf8(`blob ${i}`)));

async function* given(count: number) {
  yield* objects.slice(0, count);
}

test('an empty pack is the one that every git makes', async t => {
  const pack = await buffer(packOf(0, given(0)));
  t.is(pack.toString('hex'), '5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e');
});

test('a pack of too few objects is a bug and never ends well', async t => {
  await t.throwsAsync(buffer(packOf(3, given(2))), { message: /pack of 3 objects was given 2/ });
});
