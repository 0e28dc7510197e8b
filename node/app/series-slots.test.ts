import test from 'ava';
import { Slots } from './series-slots.ts';

const slot = (id: string, sinceMs: number) => ({ id, sinceMs });

test('servers get slots one after the other, and keep them', t => {
  const slots = new Slots([]);
  t.deepEqual(slots.assign(['a', 'b'], 1), [
    [0, slot('a', 1)],
    [1, slot('b', 1)],
  ]);
  t.deepEqual(slots.assign(['c'], 2), [[2, slot('c', 2)]]);
  t.deepEqual(slots.find('b'), { at: 1, sinceMs: 1 });
  t.is(slots.find('d'), undefined);
  t.is(slots.length, 3);
});

test('when there are none left, those of whom was not seen for longest go', t => {
  const slots = new Slots([], 3);
  slots.assign(['a', 'b', 'c'], 1);
  slots.seen(0, 5);
  slots.seen(2, 4);
  t.deepEqual(slots.assign(['d'], 6), [[1, slot('d', 6)]]);
  t.is(slots.find('b'), undefined);
  t.deepEqual(slots.assign(['e'], 7), [[2, slot('e', 7)]]);
});

test('who is seen now keeps his slot, however many come', t => {
  const slots = new Slots([], 3);
  slots.assign(['a', 'b', 'c'], 1);
  slots.seen(0, 2);
  slots.seen(1, 2);
  t.deepEqual(
    slots.assign(['x', 'y', 'z'], 2).map(([at]) => at),
    [2],
  );
  t.deepEqual([slots.find('a')?.at, slots.find('b')?.at, slots.find('x')?.at, slots.find('y')], [0, 1, 2, undefined]);
});

test('what the store kept is taken up, gaps and all, and no more than there is room for', t => {
  const slots = new Slots(
    [
      [0, slot('a', 1)],
      [2, slot('b', 2)],
      [1, slot('a', 3)],
      [9, slot('c', 4)],
    ],
    4,
  );
  t.deepEqual([slots.find('a')?.at, slots.find('b')?.at, slots.find('c')], [0, 2, undefined]);
  t.deepEqual(
    slots.assign(['d', 'e'], 5).map(([at]) => at),
    [1, 3],
  );
});
