import test from 'ava';
import fc from 'fast-check';
import { isBefore, Ordered, type Ranked } from './ordered.ts';

const item = fc.record({ rank: fc.integer({ min: 0, max: 1 }), id: fc.integer({ min: 0, max: 2_000 }).map(String) });
const step = fc.record({ item, adds: fc.boolean() });
const inOrder = (a: Ranked, b: Ranked) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);

test('whatever comes and goes, it says what a sorted array would', t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_000, size: 'max' }), item, (steps, asked) => {
      const ordered = new Ordered<Ranked>();
      const map = new Map<string, Ranked>();
      for (const { item, adds } of steps) {
        const key = `${item.rank} ${item.id}`;
        if (adds) {
          ordered.add(item);
          map.set(key, map.get(key) ?? item);
        } else {
          ordered.delete(item);
          map.delete(key);
        }
      }
      const sorted = [...map.values()].sort(inOrder);
      t.deepEqual([...ordered], sorted);
      t.is(ordered.size, sorted.length);
      t.is(ordered.last, sorted.at(-1));
      for (const index of [-1, 0, sorted.length >> 1, sorted.length - 1, sorted.length])
        t.is(ordered.at(index), sorted[index]);
      t.is(
        ordered.after(asked),
        sorted.find(it => isBefore(asked, it)),
      );
      t.is(ordered.shift(), sorted[0]);
      t.deepEqual([...ordered], sorted.slice(1));
    }),
    { numRuns: 50 },
  );
});
