import test from 'ava';
import { testList, testNow } from '../../test/announcements.ts';
import { karmaDefaults, karmaOf, peerOf } from '../../test/karma.ts';
import { day, hour, second } from '../base/time.ts';
import { opinionEntriesMax, parseOpinions, verifiedOpinions } from '../records/opinion.ts';
import { opinionPace } from './opinion-book.ts';
import { opinionsLifetimeMs, repeatMs } from './opinions.ts';

test('a server says what it thinks of whom, with reasons, and signs it', async t => {
  const time = { now: testNow };
  const { own, tell } = karmaOf(1, time);
  await tell('team-kill-kick', 2);
  await tell('good-connection', 3, 20);
  const { record, bytes } = own.due()!;
  const told = Object.fromEntries(record.entries.map(({ subject, ...rest }) => [subject, rest]));
  t.deepEqual(told, {
    [peerOf(2)]: { kind: 'player', value: -0.38, reasons: { 'team-kill-kick': 1 } },
    [peerOf(3)]: { kind: 'server', value: 0.5, reasons: { 'good-connection': 20 } },
  });
  t.is(record.expiresAt - record.issuedAt, opinionsLifetimeMs);
  const read = parseOpinions(bytes);
  t.truthy(read.ok && verifiedOpinions(read.value, bytes, testList));
});

test('a player says nothing', async t => {
  const { own, tell } = karmaOf(
    1,
    { now: testNow },
    { config: { role: 'player', list: { name: testList }, karma: karmaDefaults } },
  );
  await tell('kicked', 2);
  t.is(own.due(), undefined);
});

test('who has nothing to say is silent, and takes back once what he said before', async t => {
  const time = { now: testNow };
  const { own, tell } = karmaOf(1, time);
  t.is(own.due(), undefined);
  await tell('team-kill-kick', 2);
  t.is(own.due()!.record.entries.length, 1);
  await tell('forgive', 2);
  t.deepEqual(own.due()!.record.entries, []);
  time.now += hour;
  t.is(own.due(), undefined);
});

test('news are told at once, at most as often as others listen; without news, every ten minutes', async t => {
  const time = { now: testNow };
  const { own, tell } = karmaOf(1, time);
  let said = 0;
  for (let i = 0; i < 60; i++) {
    await tell('kicked', 2 + i);
    if (own.due()) said++;
    time.now += second;
  }
  t.is(said, opinionPace.burst - 1 + Math.floor((59 * second) / opinionPace.everyMs));
  time.now += opinionPace.everyMs;
  t.is(own.due()!.record.entries.length, 60);
  time.now += repeatMs - 1;
  t.is(own.due(), undefined);
  time.now += 1;
  t.truthy(own.due());
});

test('dates grow even when the clock is put back', async t => {
  const time = { now: testNow };
  const { own, tell } = karmaOf(1, time);
  await tell('kicked', 2);
  const first = own.due()!.record.issuedAt;
  time.now -= hour;
  await tell('kicked', 2);
  t.true(own.due()!.record.issuedAt > first);
});

test('the strongest opinions find room, and what faded away is not said', async t => {
  const time = { now: testNow };
  const { own, tell } = karmaOf(1, time);
  for (let i = 2; i < opinionEntriesMax + 10; i++) await tell(i < 10 ? 'cheat-ban' : 'unreachable', i);
  const { entries } = own.due()!.record;
  t.is(entries.length, opinionEntriesMax);
  const said = new Set(entries.map(({ subject }) => subject));
  for (let i = 2; i < 10; i++) t.true(said.has(peerOf(i)));
  time.now += 3_000 * day;
  t.deepEqual(own.due()!.record.entries, []);
});
