import test from 'ava';
import fc from 'fast-check';
import { minute } from '../base/time.ts';
import {
  averageOf,
  type Column,
  decodeSight,
  encodeSight,
  formatColumn,
  parseColumn,
  Ring,
  type Sighted,
} from './series-columns.ts';

const counts = fc.option(fc.nat({ max: 1_000_000 }));
const sights: fc.Arbitrary<Sighted> = fc.option(
  fc.oneof(
    fc.record({ up: fc.constant(true), players: fc.option(fc.nat({ max: 60_000 })) }),
    fc.constant({ up: false, players: null }),
  ),
);
const columns = fc.record({
  servers: counts,
  players: counts,
  sights: fc.array(sights, { maxLength: 20 }).map(all => Uint16Array.from(all, encodeSight)),
});

test('what was seen of a server comes back as it was', t => {
  fc.assert(fc.property(sights, sight => t.deepEqual(decodeSight(encodeSight(sight)), sight)));
});

test('a number of players that no server has is cut, and stays a number', t => {
  t.deepEqual(decodeSight(encodeSight({ up: true, players: 10_000_000 })), { up: true, players: 65_532 });
  t.deepEqual(decodeSight(encodeSight({ up: true, players: -3 })), { up: true, players: 0 });
});

test('a column comes back from its bytes as it was', t => {
  fc.assert(
    fc.property(columns, column => {
      const read = parseColumn(formatColumn(column));
      t.deepEqual(read.ok && read.value, column);
    }),
  );
});

test('bytes that are no column are refused, whatever they are', t => {
  for (const length of [0, 1, 7, 9, 11]) {
    const read = parseColumn(new Uint8Array(length));
    t.false(read.ok);
    t.regex(read.ok ? '' : read.message, new RegExp(`^column: has ${length} bytes`));
  }
});

test('an average lies between the least and the most, and is null only where nobody looked', t => {
  const check = (average: number | null, values: readonly (number | null)[]) => {
    const known = values.filter(value => value !== null);
    t.is(average === null, known.length === 0);
    if (average !== null) t.true(average >= Math.min(...known) && average <= Math.max(...known));
  };
  fc.assert(
    fc.property(fc.array(columns, { maxLength: 8 }), all => {
      const average = averageOf(all);
      check(
        average.servers,
        all.map(({ servers }) => servers),
      );
      for (const [slot, value] of average.sights.entries()) {
        const seen = all.map(column => decodeSight(column.sights[slot] ?? 0)).filter(sight => sight !== null);
        const mean = decodeSight(value);
        t.is(mean === null, seen.length === 0);
        if (!mean) continue;
        t.is(
          mean.up,
          seen.some(({ up }) => up),
        );
        check(
          mean.players,
          seen.map(({ players }) => players),
        );
      }
    }),
  );
});

test('averages of one column are that column', t => {
  fc.assert(fc.property(columns, column => t.deepEqual(averageOf([column]), column)));
});

test('a ring keeps the newest steps, in whatever order they come, and says which it dropped', t => {
  const column: Column = { servers: 1, players: null, sights: new Uint16Array() };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 1_040 }), { minLength: 1, maxLength: 60 }), steps => {
      const ring = new Ring({ stepMs: minute, steps: 10 });
      const model = new Set<number>();
      for (const step of steps) {
        model.add(step);
        const gone = [...model].filter(held => held <= Math.max(...model) - 10);
        for (const held of gone) model.delete(held);
        t.deepEqual(ring.put(step, column).sort(), gone.sort());
      }
      const held = Array.from({ length: 41 }, (_, i) => 1_000 + i).filter(step => ring.get(step));
      t.deepEqual(
        held,
        [...model].sort((a, b) => a - b),
      );
      t.is(ring.within(0, 2_000 * minute).length, model.size);
    }),
  );
});

test('what is shown ends with the step that runs', t => {
  const ring = new Ring({ stepMs: minute, steps: 10 });
  t.deepEqual(ring.shownAt(100 * minute + 1), { first: 91, last: 100 });
  t.deepEqual(
    [90, 91, 100, 101, Number.NaN].map(step => ring.isShownAt(step, 100 * minute)),
    [false, true, true, false, false],
  );
});
