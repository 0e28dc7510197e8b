import test from 'ava';
import { row } from '../../test/api/fake-node.ts';
import { doubtsOf } from './draft-doubts.ts';

const red = { karma: { value: -0.5, tier: 'red' } } as const;
const silent = { observed: { ...row(1).observed!, up: false } };

test('what is red, silent or hidden and would be vouched for is counted, each once in all, and the first are named', t => {
  const rows = [
    row(1),
    row(2, { ...red, ...silent, hidden: 'karma' }),
    row(3, silent),
    row(4, red),
    row(5, { observed: null }),
  ];
  const doubts = doubtsOf(rows, { leaves: [{ id: row(4).id, announcer: '', name: '', addresses: [] }] });
  t.like(doubts, { total: 2, red: 1, silent: 2, hidden: 1 });
  t.deepEqual(
    doubts.first.map(({ id }) => id),
    [row(2).id, row(3).id],
  );
});

test('only a few are named, however many there are', t => {
  const { total, first } = doubtsOf(
    Array.from({ length: 9 }, (_, i) => row(i, red)),
    { leaves: [] },
  );
  t.deepEqual([total, first.length], [9, 5]);
});
