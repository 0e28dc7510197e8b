import test from 'ava';
import fc from 'fast-check';
import { hex } from '../base/bytes.ts';
import { OidSet, oidBytes, oidsIn } from './oid-set.ts';

const oid = fc.uint8Array({ minLength: oidBytes, maxLength: oidBytes }).map(hex);
// Few different first bytes, so that slots and buckets are shared.
const crowded = fc.tuple(fc.constantFrom('00', 'ff'), fc.constantFrom('0000', 'ffff'), oid);

test('holds each hash once and gives them in order', t => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          oid,
          crowded.map(([a, b, rest]) => a + b + rest.slice(6)),
        ),
      ),
      oids => {
        const set = new OidSet();
        const held = new Set<string>();
        for (const one of [...oids, ...oids]) {
          t.is(set.add(one), !held.has(one));
          held.add(one);
        }
        t.is(set.size, held.size);
        t.deepEqual(oidsIn(set.sorted(), 0, set.size), [...held].sort());
      },
    ),
    { numRuns: 50 },
  );
});

test('grows past its first size', t => {
  const set = new OidSet();
  const oids = Array.from({ length: 5_000 }, (_, i) => (i * 7919).toString(16).padStart(40, 'e'));
  for (const one of oids) t.true(set.add(one));
  for (const one of oids) t.false(set.add(one));
  for (const [place, one] of oids.entries()) t.deepEqual([set.placeOf(one), set.at(place)], [place, one]);
  t.is(set.placeOf('0'.repeat(40)), undefined);
  t.deepEqual(oidsIn(set.sorted(), 10, 20), oids.toSorted().slice(10, 20));
});
