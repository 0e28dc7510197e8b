import test from 'ava';
import { testNow } from '../../test/announcements.ts';
import { karmaDefaults, karmaOf, opinionOf, opinionsBy, peerOf } from '../../test/karma.ts';
import type { KarmaQuery } from '../api/port.ts';
import { karmaPage } from './karma-page.ts';

/** Forty peers, from very bad to very good, and one that the configuration prefers. */
async function setup() {
  const parts = karmaOf(1, { now: testNow }, { settings: { prefer: [peerOf(9)] } });
  for (let i = 0; i < 20; i++) await parts.tell('unreachable', 100 + i, 1 + i);
  for (let i = 0; i < 20; i++) await parts.tell('good-connection', 200 + i, 1 + i);
  const { karma, ledger, standings } = parts;
  standings.step();
  const brief = (peer: string) => ({ value: Math.round(karma.value(peer) * 1_000) / 1_000, tier: karma.tier(peer) });
  const page = (query: KarmaQuery = {}) => karmaPage({ ledger, standings, brief, tiers: karmaDefaults }, query);
  return { ...parts, page };
}

test('the worst come first, and pages follow each other without a gap', async t => {
  const { page } = await setup();
  const whole = page();
  t.is(whole.remembered, 41);
  t.is(whole.next, null);
  t.deepEqual(whole.subjects[0], { subject: peerOf(119), value: -0.64, tier: 'red', events: 20 });
  t.deepEqual(
    whole.subjects.map(({ value }) => value),
    whole.subjects.map(({ value }) => value).toSorted((a, b) => a - b),
  );
  const pages: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { subjects, next } = page({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(...subjects.map(({ subject }) => subject));
    cursor = next;
  }
  t.deepEqual(
    pages,
    whole.subjects.map(({ subject }) => subject),
  );
});

for (const tier of ['red', 'yellow', 'green'] as const) {
  test(`all that are ${tier}, and no others`, async t => {
    const { page } = await setup();
    const wanted = page().subjects.filter(it => it.tier === tier);
    t.true(wanted.length > 0);
    t.deepEqual(page({ tier }).subjects, wanted);
  });
}

test('all with less karma than that, and no others', async t => {
  const { page } = await setup();
  const { value } = page().subjects[5]!;
  t.is(page({ below: value }).subjects.length, 5);
  t.deepEqual(page({ below: -1 }).subjects, []);
});

test('whoever changed since the order was made is shown as he is now, and left out where he no longer matches', async t => {
  const { page, opinions } = await setup();
  opinions.receive(opinionsBy(9, [opinionOf(100, 1)]).bytes);
  const row = page().subjects.find(({ subject }) => subject === peerOf(100))!;
  t.true(row.value > -0.02);
  t.false(page({ below: row.value }).subjects.some(({ subject }) => subject === peerOf(100)));
});

test('those whose ids end so', async t => {
  const { page } = await setup();
  t.deepEqual(
    page({ ending: peerOf(105).slice(-6) }).subjects.map(({ subject }) => subject),
    [peerOf(105)],
  );
  t.deepEqual(page({ ending: 'nobody' }).subjects, []);
});

test('whom others kicked is among the red ones, and found by the end of his id, without an event here', async t => {
  const { page, opinions, standings, tell } = await setup();
  await tell('good-match', 8, 30);
  for (const rater of [8, 9]) opinions.receive(opinionsBy(rater, [opinionOf(50, -0.37)]).bytes);
  standings.step();
  const row = { subject: peerOf(50), value: -0.084, tier: 'red', events: 0 } as const;
  t.deepEqual(
    page({ tier: 'red' }).subjects.find(({ subject }) => subject === peerOf(50)),
    row,
  );
  t.deepEqual(page({ ending: peerOf(50).slice(-8) }).subjects, [row]);
});
