import test from 'ava';
import fc from 'fast-check';
import { isBefore, Ordered, type Ranked, ranked } from './ordered.ts';

const rank = fc.integer({ min: 0, max: 1 });
/** Some differ only behind what their order tells of them. */
const id = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }).map(String),
  fc.integer({ min: 0, max: 300 }).map(n => `same${n}`),
);
const item = fc.tuple(id, rank).map(([id, rank]) => ranked(id, rank));
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

test('ids stand in the order of their texts, a smaller rank before', t => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 50 }), items => {
      const sorted = items.toSorted(inOrder).map(({ rank, id }) => [rank, id] as const);
      t.deepEqual(
        sorted,
        sorted.toSorted(([a, x], [b, y]) => a - b || (x < y ? -1 : x > y ? 1 : 0)),
      );
    }),
  );
});
