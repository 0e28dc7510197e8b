import test from 'ava';
import fc from 'fast-check';
import { peerOf } from '../../test/karma.ts';
import type { Heard } from './hearsay.ts';
import { directOf, scoreOf, tierOf } from './score.ts';

const tiers = { green: 0.1, red: -0.06 };
const subject = peerOf(1);
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

const heard = (direct: number, value: number, fields: Partial<Heard> = {}): Heard => {
  const rater = fields.rater ?? `rater ${direct} ${value}`;
  return { rater, group: rater, direct, value, vouched: Math.max(value, 0), ...fields };
};
const score = (positive: number, negative: number, words: readonly Heard[] = [], mercy = 1) =>
  scoreOf({ subject, sums: { positive, negative }, heard: words, mercy, own: null }, tiers);

for (const [positive, negative, value, confidence] of [
  [0, 0, 0, 0],
  [20, 0, 0.5, 0.5],
  [0, 5, -0.5, 0.5],
  [20, 5, 0, 2 / 3],
  [180, 0, 0.9, 0.9],
] as const) {
  test(`${positive} points for and ${negative} against are D ${value} with a confidence of ${confidence.toFixed(2)}`, t => {
    const direct = directOf({ positive, negative });
    t.true(near(direct.value, value) && near(direct.confidence, confidence));
    t.true(near(score(positive, negative).value, confidence * value));
  });
}

for (const [value, tier] of [
  [1, 'green'],
  [0.1, 'green'],
  [0.0999, 'yellow'],
  [0, 'yellow'],
  [-0.0599, 'yellow'],
  [-0.06, 'red'],
  [-1, 'red'],
] as const) {
  test(`karma of ${value} is ${tier}`, t => {
    t.is(tierOf(value, tiers), tier);
  });
}

test('two good raters weigh as the formula has it', t => {
  const words = [heard(0.8, 0.2, { rater: 'a' }), heard(0.6, 0.1, { rater: 'b' })];
  const { hearsay, value } = score(20, 0, words);
  const [a, b] = [0.4, 0.3];
  const impression = ((a * 0.2 + b * 0.1) / (a + b)) * (1 - 0.5 ** (a + b));
  t.true(near(hearsay.weight, a + b) && near(hearsay.value, impression));
  t.true(near(value, 0.5 * 0.5 + 0.5 * 0.5 * impression));
});

test('who is not known well enough does not count, and the score says why', t => {
  const { hearsay, value } = score(0, 0, [heard(0.29, 1), heard(0, -1), heard(-0.5, -1)]);
  t.deepEqual([value, hearsay.value, hearsay.weight], [0, 0, 0]);
  for (const { counts, why } of hearsay.groups) {
    t.false(counts);
    t.regex(why!, /^is not known well enough here: D -?0\.\d\d is below 0\.3$/);
  }
});

test('who just misses the bound is not said to reach it', t => {
  const why = (direct: number, value: number) => score(0, 0, [heard(direct, value)]).hearsay.groups[0]!.why!;
  t.regex(why(0.5999987, -1), /D 0\.59 is below 0\.6$/);
  t.regex(why(0.2999987, 1), /D 0\.29 is below 0\.3$/);
  t.regex(why(0.29, 1), /D 0\.29 is below 0\.3$/);
});

for (const [title, words, counts] of [
  ['one rater', [heard(0.9, -1)], false],
  ['one rater twice in a network', [heard(0.9, -1, { group: 'n' }), heard(0.8, -1, { group: 'n' })], false],
  ['a good rater and one that is not', [heard(0.9, -1), heard(0.59, -1)], false],
  ['two raters', [heard(0.9, -1), heard(0.6, -1)], true],
] as const) {
  test(`${title} against somebody ${counts ? 'count' : 'is not enough'}`, t => {
    t.is(score(0, 0, words).value < 0, counts);
  });
}

test('a word against somebody that does not count does not weaken words for him either', t => {
  const good = [heard(0.9, 0.5, { rater: 'a' }), heard(0.9, 0.5, { rater: 'b' })];
  t.is(score(0, 0, [...good, heard(0.9, -1)]).value, score(0, 0, good).value);
});

test('who vouches for many vouches little for each', t => {
  const words = (vouched: number) => [
    heard(0.8, 0.2, { rater: 'a', vouched }),
    heard(0.8, 0.2, { rater: 'b', vouched }),
  ];
  t.is(score(0, 0, words(10)).value, score(0, 0, words(0.2)).value);
  t.true(near(score(0, 0, words(20)).value, score(0, 0, words(10)).value / 2));
});

test('raters of one network count as one', t => {
  const [a, b] = [heard(0.8, 0.4, { group: 'n', rater: 'a' }), heard(0.4, 0.1, { group: 'n', rater: 'b' })];
  const { hearsay } = score(0, 0, [a, b]);
  t.is(hearsay.groups.length, 1);
  t.is(hearsay.weight, 0.4);
  t.true(near(hearsay.groups[0]!.value, (0.4 * 0.4 + 0.2 * 0.1) / 0.6));
});

for (const [mercy, share] of [
  [0.5, 0.5],
  [0, 0],
] as const) {
  test(`with mercy of ${mercy}, words against somebody count by ${share}`, t => {
    const words = [heard(0.9, -0.4, { rater: 'a' }), heard(0.9, -0.4, { rater: 'b' })];
    t.true(near(score(0, 0, words, mercy).value, score(0, 0, words).value * share));
  });
}

for (const [own, value, tier] of [
  ['preferred', 1, 'green'],
  ['blocked', -1, 'red'],
] as const) {
  test(`who is ${own} here is ${tier}, whatever happened`, t => {
    const sums = { positive: 7, negative: 7 };
    t.like(scoreOf({ subject, sums, heard: [heard(0.9, 0.1)], mercy: 1, own }, tiers), { value, tier, own });
  });
}

const anyHeard = fc
  .record({
    direct: fc.double({ min: -1, max: 1, noNaN: true }),
    value: fc.integer({ min: -100, max: 100 }),
    group: fc.nat(6),
  })
  .filter(({ value }) => value !== 0)
  .map(({ direct, value, group }) => heard(direct, value / 100, { group: `${group}` }));
const anyWords = fc.array(anyHeard, { maxLength: 12 });
const points = fc.record({ positive: fc.nat(100), negative: fc.nat(20) });

test('karma stays between -1 and 1, whatever comes in', t => {
  fc.assert(
    fc.property(points, anyWords, ({ positive, negative }, words) => {
      const { value } = score(positive, negative, words);
      t.true(value >= -1 && value <= 1, `${value}`);
    }),
  );
});

test('no one rater lifts anybody by more than 0.05 above what the formula gives without him', t => {
  const lone = fc.record({
    direct: fc.double({ min: -1, max: 1, noNaN: true }),
    value: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(points, anyWords, lone, ({ positive, negative }, words, { direct, value }) => {
      const { hearsay, direct: own } = score(positive, negative, words);
      const counting = hearsay.groups.filter(({ counts }) => counts);
      const product = counting.reduce((sum, group) => sum + group.weight * group.value, 0);
      const plain = hearsay.weight === 0 ? 0 : (product / hearsay.weight) * (1 - 0.5 ** hearsay.weight);
      const before = own.confidence * own.value + (1 - own.confidence) * 0.5 * plain;
      const after = score(positive, negative, [...words, heard(direct, value / 100, { group: 'alone' })]).value;
      t.true(after <= before + 0.05 + 1e-9, `${before} to ${after}`);
    }),
    { numRuns: 2_000 },
  );
});

for (const direct of [0.3, 0.6, 0.9, 1]) {
  test(`a rater of D ${direct} who is alone in vouching lifts a stranger by 0.05 at most`, t => {
    t.true(score(0, 0, [heard(direct, 1)]).value <= 0.05);
  });
}

test('no one rater takes more than 0.05 from anybody against whom nobody else speaks', t => {
  const kind = anyWords.map(words => words.filter(({ value }) => value > 0));
  const lone = fc.record({
    direct: fc.double({ min: -1, max: 1, noNaN: true }),
    value: fc.integer({ min: -100, max: 100 }),
  });
  fc.assert(
    fc.property(points, kind, lone, ({ positive, negative }, words, { direct, value }) => {
      const before = score(positive, negative, words).value;
      const after = score(positive, negative, [...words, heard(direct, value / 100, { group: 'alone' })]).value;
      t.true(after >= before - 0.05 - 1e-9, `${before} to ${after}`);
    }),
    { numRuns: 2_000 },
  );
});

test('the order in which words come does not matter', t => {
  fc.assert(
    fc.property(anyWords, words => {
      t.true(near(score(3, 1, words).value, score(3, 1, words.toReversed()).value));
    }),
  );
});
