import test from 'ava';
import { testNow } from '../../test/announcements.ts';
import { karmaOf, opinionOf, opinionsBy, peerOf } from '../../test/karma.ts';
import { hour, second } from '../base/time.ts';
import { parseRemembered } from './remembered.ts';

test('an event is kept with its note, and the score says what is behind it', async t => {
  const time = { now: testNow };
  const { karma } = karmaOf(1, time);
  const event = await karma.tell({ subject: peerOf(2), action: 'team-kill-kick', source: 'game', note: 'three times' });
  t.like(event, { subject: peerOf(2), points: -3, atMs: testNow, note: 'three times', evidence: null });
  t.like(karma.explain(peerOf(2)), {
    tier: 'red',
    own: null,
    direct: { negative: 3 },
    remembered: { events: [event] },
  });
});

test('an event is in the store before it is acknowledged, and counts after a restart', async t => {
  const time = { now: testNow };
  let stored = false;
  const save = async (writes: readonly { subject: string; value?: Uint8Array }[]) => {
    for (const { subject, value } of writes) first.saved.set(subject, value!);
    await new Promise(resolve => setImmediate(resolve));
    stored = true;
  };
  const first = karmaOf(1, time, { save });
  await first.tell('kicked', 2);
  t.true(stored);
  const kept = [...first.saved.values()].map(parseRemembered).map(read => (read.ok ? read.value : (t.fail() as never)));
  t.is(karmaOf(1, time, { kept }).karma.value(peerOf(2)), first.karma.value(peerOf(2)));
});

for (const [title, told, code] of [
  ['of an action that nobody knows', { action: 'kickd' }, 'UNKNOWN_ACTION'],
  ['about nobody', { subject: 'bob' }, 'BAD_FIELD'],
  ['about this node itself', { subject: peerOf(1) }, 'OWN_SUBJECT'],
  ['with a note that turns the reading direction', { note: 'a\u202eb' }, 'BAD_FIELD'],
] as const) {
  test(`an event ${title} is refused, and nothing is kept`, async t => {
    const { karma, saved, ledger } = karmaOf(1, { now: testNow });
    await t.throwsAsync(karma.tell({ subject: peerOf(2), action: 'kicked', source: 'game', ...told }), { code });
    t.is(saved.size + ledger.size, 0);
  });
}

test('what machines tell counts once an hour, what people tell every time', async t => {
  const time = { now: testNow };
  const { karma } = karmaOf(1, time);
  const negative = () => karma.explain(peerOf(2)).direct.negative;
  for (let i = 0; i < 100; i++) await karma.tell({ subject: peerOf(2), action: 'unreachable', source: 'probe' });
  t.is(negative(), 1);
  time.now += hour;
  await karma.tell({ subject: peerOf(2), action: 'unreachable', source: 'probe' });
  t.true(negative() > 1.9);
  for (let i = 0; i < 3; i++) await karma.tell({ subject: peerOf(2), action: 'unreachable', source: 'player' });
  t.true(negative() > 4.9);
});

test('a request that is repeated under one id counts once', async t => {
  const { karma } = karmaOf(1, { now: testNow });
  const told = { subject: peerOf(2), action: 'kicked', source: 'game', id: 'round-17' } as const;
  for (let i = 0; i < 3; i++) await karma.tell(told);
  await karma.tell({ ...told, id: 'round-18' });
  t.is(karma.explain(peerOf(2)).direct.negative, 4);
});

test('an event and an opinion are felt at once, time within seconds', async t => {
  const time = { now: testNow };
  const { karma, opinions, tell } = karmaOf(1, time);
  t.is(karma.value(peerOf(2)), 0);
  await tell('good-connection', 2, 40);
  const good = karma.value(peerOf(2));
  t.true(good > 0.4);
  t.is(karma.tier(peerOf(2)), 'green');
  opinions.receive(opinionsBy(2, [opinionOf(3, 1)]).bytes);
  t.true(karma.value(peerOf(3)) > 0);
  time.now += 10 * second;
  t.true(karma.value(peerOf(2)) < good);
});

test('the word of a preferred node counts from the first day, that of a blocked one never', async t => {
  for (const { counts, ...settings } of [
    { prefer: [peerOf(2)], counts: true },
    { block: [peerOf(2)], counts: false },
    { counts: false },
  ]) {
    const { karma, opinions } = karmaOf(1, { now: testNow }, { settings });
    opinions.receive(opinionsBy(2, [opinionOf(3, 1)]).bytes);
    t.is(karma.value(peerOf(3)) > 0, counts);
  }
});

test('a preferred node is green and a blocked one red, whatever happened', async t => {
  const { karma, tell } = karmaOf(1, { now: testNow }, { settings: { prefer: [peerOf(2)], block: [peerOf(3)] } });
  await tell('equivocation', 2);
  await tell('good-match', 3, 100);
  t.is(karma.tier(peerOf(2)), 'green');
  t.is(karma.tier(peerOf(3)), 'red');
});

test('who is forgotten to make room is taken out of the store', async t => {
  const { ledger, saved, tell } = karmaOf(1, { now: testNow }, { settings: { subjectsMax: 10 } });
  for (let i = 2; i < 40; i++) await tell('good-connection', i);
  t.true(ledger.size <= 10);
  t.deepEqual([...saved.keys()].sort(), [...ledger].map(({ subject }) => subject).sort());
});
