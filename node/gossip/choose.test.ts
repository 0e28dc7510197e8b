import test from 'ava';
import { seeded } from '../network/memory.ts';
import { choosePeers } from './choose.ts';

const peers = (karma: Record<string, number>) => Object.entries(karma).map(([peer, value]) => ({ peer, karma: value }));

/** How often each is chosen in so many rounds, as a share of them. */
function shares(karma: Record<string, number>, count: number, rounds = 20_000): Map<string, number> {
  const random = seeded(5);
  const chosen = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const peer of choosePeers(peers(karma), count, random)) chosen.set(peer, (chosen.get(peer) ?? 0) + 1);
  }
  return new Map([...chosen].map(([peer, times]) => [peer, times / rounds]));
}

const near = (actual: number | undefined, wanted: number): boolean => Math.abs((actual ?? 0) - wanted) < 0.02;

test('half of the chance goes by karma, half is everybody’s', t => {
  const chosen = shares({ best: 0.9, good: 0.3, a: 0, b: 0 }, 1);
  t.true(near(chosen.get('best'), 0.125 + 0.375));
  t.true(near(chosen.get('good'), 0.125 + 0.125));
  t.true(near(chosen.get('a'), 0.125) && near(chosen.get('b'), 0.125));
});

test('whoever alone has a good name is still not asked each time', t => {
  const chosen = shares({ only: 1, ...Object.fromEntries(Array.from({ length: 19 }, (_, i) => [`n${i}`, 0])) }, 2);
  t.true(chosen.size === 20);
  t.true(near(chosen.get('only'), 1 - 0.475 * (1 - (0.5 / 19 + 0.5))));
});

test('strangers are chosen alike', t => {
  const chosen = shares({ a: 0, b: 0, c: 0, d: 0 }, 2);
  for (const peer of ['a', 'b', 'c', 'd']) t.true(near(chosen.get(peer), 0.5));
});

test('who has a bad name is asked only when there is nobody else', t => {
  t.deepEqual([...shares({ bad: -0.1, a: 0 }, 2, 100).keys()], ['a']);
  t.deepEqual([...shares({ bad: -0.1, worse: -0.9 }, 2, 100).keys()].toSorted(), ['bad', 'worse']);
});

test('nobody is chosen twice, and no more than there are', t => {
  t.deepEqual(choosePeers(peers({ a: 0.5, b: 0.1 }), 5, seeded(1)).toSorted(), ['a', 'b']);
  t.deepEqual(choosePeers([], 2, seeded(1)), []);
  t.deepEqual(choosePeers(peers({ a: 0.1, b: 0.2, c: 0.7 }), 3, () => 0.999_999_999_999_999_9).toSorted(), [
    'a',
    'b',
    'c',
  ]);
});
