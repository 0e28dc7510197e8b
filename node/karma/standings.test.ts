import test from 'ava';
import { testNow } from '../../test/announcements.ts';
import { karmaOf, opinionOf, opinionsBy, peerOf } from '../../test/karma.ts';
import { day } from '../base/time.ts';
import { Standings, stepMax, thousandths } from './standings.ts';

const all = (standings: Standings): string[] => [...standings.between(-1_000, 1_000)].map(([subject]) => subject);

test('who did something worse comes first, at once', async t => {
  const { standings, tell } = karmaOf(1, { now: testNow });
  await tell('good-match', 2, 3);
  await tell('unreachable', 3);
  await tell('cheat-ban', 4);
  t.deepEqual(all(standings), [4, 3, 2].map(peerOf));
  await tell('forgive', 4);
  t.deepEqual(all(standings), [3, 4, 2].map(peerOf));
  t.is(standings.count(-1_000, -1), 1);
  const [[worst, score]] = standings.between(-1_000, 1_000) as Iterable<[string, number]> as [[string, number]];
  t.deepEqual(
    [...standings.between(score, 1_000, worst)].map(([subject]) => subject),
    [4, 2].map(peerOf),
  );
});

test('of whom this node thinks most or least is told first, whatever others say', async t => {
  const { standings, opinions, tell } = karmaOf(1, { now: testNow }, { settings: { prefer: [peerOf(5)] } });
  await tell('good-match', 2, 3);
  await tell('cheat-ban', 3);
  await tell('good-connection', 5);
  opinions.receive(opinionsBy(5, [opinionOf(2, -1)]).bytes);
  standings.step();
  t.deepEqual([...standings.strongest()], [3, 2, 5].map(peerOf));
});

test('what fades and what others say is seen in the next steps, what is forgotten at once', async t => {
  const time = { now: testNow };
  const { karma, standings, opinions, tell } = karmaOf(1, time, { settings: { prefer: [peerOf(9)], subjectsMax: 20 } });
  await tell('cheat-ban', 2);
  await tell('good-connection', 3);
  opinions.receive(opinionsBy(9, [opinionOf(3, 1)]).bytes);
  standings.step();
  t.true(karma.value(peerOf(3)) > 0.04);
  t.deepEqual([...standings.between(1, 999)], [[peerOf(3), thousandths(karma.value(peerOf(3)))]]);
  time.now += 3_650 * day;
  standings.step();
  t.deepEqual([...standings.strongest()], []);
  for (let i = 10; i < 40; i++) await tell('good-connection', i);
  t.true(standings.count(-1_000, 999) <= 20);
});

test('who is known by the word of others alone has a place while it counts, as have those that the configuration names', async t => {
  const time = { now: testNow };
  const settings = { prefer: [peerOf(8), peerOf(9)], block: [peerOf(7)] };
  const { karma, standings, opinions, tell } = karmaOf(1, time, { settings });
  for (const rater of [8, 9]) opinions.receive(opinionsBy(rater, [opinionOf(1, 1), opinionOf(2, -0.4)]).bytes);
  opinions.receive(opinionsBy(6, [opinionOf(3, -0.4)]).bytes);
  standings.step();
  t.deepEqual(all(standings), [7, 2, ...[8, 9].toSorted((a, b) => (peerOf(a) < peerOf(b) ? -1 : 1))].map(peerOf));
  t.is(standings.size, 4);
  t.deepEqual([...standings.strongest()], []);
  await tell('good-connection', 2);
  t.true(karma.value(peerOf(2)) < 0);
  await tell('forgive', 2);
  t.is(standings.size, 4);
  time.now += day;
  opinions.tick();
  standings.step();
  t.deepEqual([...standings.subjects()].toSorted(), [7, 2, 8, 9].map(peerOf).toSorted());
});

test('a word that does not count any more keeps no place', t => {
  const time = { now: testNow };
  const { standings, opinions } = karmaOf(1, time, { settings: { prefer: [peerOf(8), peerOf(9)] } });
  for (const rater of [8, 9]) opinions.receive(opinionsBy(rater, [opinionOf(2, -0.4)]).bytes);
  standings.step();
  t.is(standings.size, 3);
  time.now += day;
  opinions.tick();
  standings.step();
  t.is(standings.size, 2);
});

test('a step looks at so many and no more, the words of others included', t => {
  const subjects = Array.from({ length: 3 * stepMax }, (_, i) => ({ subject: `${i}` }));
  const looked: string[] = [];
  const make = (spoken: number) =>
    new Standings({
      ledger: { get: subject => ({ subject }) as never, [Symbol.iterator]: () => subjects.values() as never },
      value: subject => {
        looked.push(subject);
        return 0;
      },
      direct: () => 0,
      spoken: () => spoken,
    });
  const alone = make(0);
  for (let i = 0; i < 3; i++) alone.step();
  t.deepEqual(
    looked,
    subjects.map(({ subject }) => subject),
  );
  looked.length = 0;
  make(9).step();
  t.is(looked.length, stepMax / 10);
});
