import test from 'ava';
import { minute } from '../base/time.ts';
import { type Candidate, epochAt, Lot, phaseOf, strangersShareMax, weigh } from './assign.ts';

const red = -0.06;
const candidate = (peer: string, karma: number, group = peer): Candidate => ({ peer, karma, group });
const hosts = Array.from({ length: 2_000 }, (_, i) => `192.0.${i >> 8}.${i & 255}`);
const drawn = (candidates: readonly Candidate[], { epoch = 1, count = 1, list = 'test' } = {}) => {
  const lot = new Lot(weigh(candidates, red));
  return hosts.map(host => lot.observersOf({ list, epoch, host }, count));
};
const shareOf = (chosen: readonly string[][], is: (peer: string) => boolean): number =>
  chosen.flat().filter(is).length / chosen.flat().length;

test('who has three times the karma gets three times the work', t => {
  const share = shareOf(drawn([candidate('a', 0.6), candidate('b', 0.2)]), peer => peer === 'a');
  t.true(Math.abs(share - 0.75) < 0.03, `${share}`);
});

test('strangers, however many, get a quarter of the work together', t => {
  const strangers = Array.from({ length: 300 }, (_, i) => candidate(`stranger ${i}`, 0));
  const share = shareOf(drawn([candidate('a', 0.5), candidate('b', 0.3), ...strangers]), peer => peer.startsWith('s'));
  t.true(Math.abs(share - strangersShareMax) < 0.03, `${share}`);
});

test('a crowd of strangers from one network gets the share of one stranger', t => {
  const crowd = Array.from({ length: 200 }, (_, i) => candidate(`crowd ${i}`, 0, 'n'));
  const others = Array.from({ length: 4 }, (_, i) => candidate(`other ${i}`, 0));
  const share = shareOf(drawn([...crowd, ...others]), peer => peer.startsWith('c'));
  t.true(Math.abs(share - 0.2) < 0.03, `${share}`);
});

test('who is red observes nothing', t => {
  t.deepEqual(new Set(drawn([candidate('a', 0), candidate('b', red), candidate('c', -1)]).flat()), new Set(['a']));
});

test('observers of one host are of different networks', t => {
  const candidates = Array.from({ length: 30 }, (_, i) => candidate(`${i}`, 0.5, `${i % 3}`));
  for (const chosen of drawn(candidates, { count: 3 })) {
    t.is(new Set(chosen.map(peer => Number(peer) % 3)).size, 3);
  }
});

test('when one node goes, only its hosts move', t => {
  const candidates = Array.from({ length: 10 }, (_, i) => candidate(`${i}`, 0.5));
  const [before, after] = [drawn(candidates), drawn(candidates.slice(1))];
  t.deepEqual(
    after.filter((chosen, i) => before[i]![0] !== '0' && chosen[0] !== before[i]![0]),
    [],
  );
});

test('all nodes that know the same nodes choose the same, in whatever order they know them', t => {
  const candidates = Array.from({ length: 10 }, (_, i) => candidate(`${i}`, i / 10));
  t.deepEqual(drawn(candidates, { count: 3 }), drawn(candidates.toReversed(), { count: 3 }));
});

test('another epoch or another list chooses others', t => {
  const candidates = Array.from({ length: 10 }, (_, i) => candidate(`${i}`, 0.5));
  const first = drawn(candidates);
  for (const other of [drawn(candidates, { epoch: 2 }), drawn(candidates, { list: 'other' })]) {
    const same = other.filter((chosen, i) => chosen[0] === first[i]![0]).length / hosts.length;
    t.true(Math.abs(same - 0.1) < 0.03, `${same}`);
  }
});

test('fewer nodes than asked for are all there are', t => {
  t.deepEqual(drawn([candidate('a', 0)], { count: 3 })[0], ['a']);
  t.deepEqual(drawn([], { count: 3 })[0], []);
});

test('an epoch lasts as long as it is said to, and begins at another moment for each host', t => {
  const epochMs = 10 * minute;
  t.deepEqual(epochAt(21 * minute - 1, epochMs, minute), { epoch: 1, endsAtMs: 21 * minute });
  t.deepEqual(epochAt(21 * minute, epochMs, minute), { epoch: 2, endsAtMs: 31 * minute });
  const phases = hosts.map(host => phaseOf('test', host, epochMs));
  t.true(phases.every(phase => phase >= 0 && phase < epochMs));
  const early = phases.filter(phase => phase < minute).length / hosts.length;
  t.true(Math.abs(early - 0.1) < 0.03, `${early}`);
});

test('whoever is drawn for one host or in one epoch is not drawn more often for the next', t => {
  const candidates = Array.from({ length: 10 }, (_, i) => candidate(`${i}`, 0.5));
  const chosen = drawn(candidates).map(([first]) => first);
  const pairs = chosen.filter((peer, i) => peer === chosen[i - 1]).length / hosts.length;
  t.true(Math.abs(pairs - 0.1) < 0.03, `${pairs}`);
  for (const { peer } of candidates) {
    const share = chosen.filter(it => it === peer).length / hosts.length;
    t.true(Math.abs(share - 0.1) < 0.03, `${peer}: ${share}`);
  }
});
