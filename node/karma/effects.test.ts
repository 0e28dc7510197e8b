import test from 'ava';
import { gossipScoreOf, observerWeightOf, quotaOf, strangerWeight } from './effects.ts';

for (const [karma, score, quota, weight] of [
  [1, 100, 64, 1],
  [0.5, 50, 32, 0.5],
  [0, 0, 16, strangerWeight],
  [-0.05, -5, 14, strangerWeight],
  [-0.06, -6, 14, 0],
  [-0.5, -50, 8, 0],
  [-1, -100, 4, 0],
] as const) {
  test(`karma of ${karma} is worth ${score} points of gossip, a quota of ${quota} for 16, and a word of ${weight}`, t => {
    t.is(gossipScoreOf(karma), score);
    t.is(quotaOf(16, karma), quota);
    t.is(observerWeightOf(karma, -0.06), weight);
  });
}

test('a quota is never less than one', t => {
  t.is(quotaOf(1, -1), 1);
});
