import test from 'ava';
import fc from 'fast-check';
import { KeyedHeap } from './keyed-heap.ts';

test('whatever is entered, changed and deleted, the least comes out first', t => {
  const change = fc.record({
    key: fc.constantFrom(...'abcdefghijklmnop'),
    rank: fc.option(fc.integer({ min: 0, max: 99 })),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), changes => {
      const heap = new KeyedHeap<number>((a, b) => a < b);
      const model = new Map<string, number>();
      for (const { key, rank } of changes) {
        if (rank === null) {
          heap.delete(key);
          model.delete(key);
        } else {
          heap.set(key, rank);
          model.set(key, rank);
        }
      }
      if (heap.size !== model.size) return false;
      const shifted = [...model].map(() => heap.shift()!);
      const ranks = shifted.map(key => model.get(key)!);
      return new Set(shifted).size === model.size && ranks.every((rank, i) => i === 0 || ranks[i - 1]! <= rank);
    }),
  );
  t.is(new KeyedHeap<number>((a, b) => a < b).shift(), undefined);
});
