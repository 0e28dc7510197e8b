import test from 'ava';
import fc from 'fast-check';
import { Crowd } from './crowd.ts';

test('whatever its size, it holds what a set holds', t => {
  const step = fc.record({ add: fc.boolean(), item: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), steps => {
      const crowd = new Crowd<number>();
      const set = new Set<number>();
      for (const { add, item } of steps) {
        if (add) {
          crowd.add(item);
          set.add(item);
        } else t.is(crowd.delete(item), set.delete(item));
        t.is(crowd.size, set.size);
        t.deepEqual([...crowd], [...set]);
      }
    }),
  );
});
