// What must hold of karma, with hundreds of nodes and thousands of attackers. docs/karma.md shows the table.
import test from 'ava';
import { day, second } from '../../node/base/time.ts';
import { seeded } from '../../node/network/memory.ts';
import { observed } from '../../node/records/observation.ts';
import { signerOf, testList, testNow } from '../announcements.ts';
import { karmaOf, negativeHalfLifeMs, opinionOf, opinionsBy, peerOf } from '../karma.ts';
import { textOf } from '../source.ts';
import { type Behaviour, behaviours, KarmaWorld, type View } from './karma-world.ts';

const sybilsMax = 5_000;
const sybil = (i: number): number => 10_000 + i;

test('after a month those who met harm know it, nobody takes it for good, and liars change next to nothing', async t => {
  const counts = { honest: 120, lazy: 40, poor: 20, lying: 20, colluding: 40, badmouthing: 20 };
  const world = new KarmaWorld(counts, 7);
  await world.live(30);
  const eyes = world.of('honest').slice(0, 40);
  const of = (behaves: Behaviour) => [world.views(eyes, behaves, true), world.views(eyes, behaves, false)] as const;
  const [truthful, liars] = [
    [...world.of('honest'), ...world.of('poor')],
    [...world.of('lying'), ...world.of('colluding'), ...world.of('badmouthing')],
  ];
  world.gossip(truthful, eyes);
  const before = behaviours.flatMap(it => of(it).flat());
  world.gossip(liars, eyes);
  const after = behaviours.flatMap(it => of(it).flat());

  const moved = after.filter(({ value }, i) => Math.abs(value - before[i]!.value) > 0.05);
  t.true(moved.length / after.length < 0.01, `${moved.length} of ${after.length}`);
  for (const well of ['honest', 'lazy', 'lying', 'badmouthing'] as const) {
    const [met, heard] = of(well);
    t.true(share(met, 'red') < 0.02 && share(heard, 'red') < 0.02, well);
    t.true(mean(met) > 0.01 && mean(heard) >= 0, well);
  }
  const [met, heard] = of('colluding');
  t.true(share(met, 'red') > 0.9);
  t.is(share(met, 'green') + share(heard, 'green'), 0);
  t.true(mean(heard) < 0.01);
  t.true(mean(of('poor')[0]) < 0);

  const page = await textOf('docs/karma.md');
  const rows = behaviours.map(it => `| ${[it, counts[it], ...of(it).flatMap(cells)].join(' | ')} |`);
  for (const row of rows) t.true(page.includes(row), `docs/karma.md lacks a row of\n${rows.join('\n')}`);
});

const mean = (views: readonly View[]): number => views.reduce((sum, { value }) => sum + value, 0) / views.length;
const share = (views: readonly View[], tier: string): number =>
  views.filter(it => it.tier === tier).length / views.length;
const cells = (views: readonly View[]): string[] => [
  mean(views).toFixed(2).replace('-', '−'),
  ...['green', 'yellow', 'red'].map(tier => `${Math.round(share(views, tier) * 100)} %`),
];

test('5,000 Sybils who vouch for each other and speak against a good server change neither its karma nor their own', async t => {
  const time = { now: testNow };
  const { karma, opinions, tell } = karmaOf(1, time);
  const victim = 2;
  await tell('good-connection', victim, 15);
  for (const friend of [3, 4, 5]) {
    await tell('good-connection', friend, 40);
    opinions.receive(opinionsBy(friend, [opinionOf(victim, 0.6)]).bytes);
  }
  const before = karma.value(peerOf(victim));
  t.true(before > 0.2);
  for (let i = 0; i < sybilsMax; i++) {
    const vouches = [1, 2, 3].map(step => opinionOf(sybil((i + step) % sybilsMax), 1));
    const { action } = opinions.receive(opinionsBy(sybil(i), [...vouches, opinionOf(victim, -1)]).bytes);
    t.is(action, 'accept');
  }
  t.true(Math.abs(karma.value(peerOf(victim)) - before) <= 0.05);
  for (let i = 0; i < sybilsMax; i++) t.true(Math.abs(karma.value(peerOf(sybil(i)))) <= 0.05);
});

for (const [title, praised] of [
  ['as many as one batch holds', 200],
  ['ten', 10],
  ['one alone', 1],
] as const) {
  test(`one compromised rater, as good as can be, who praises ${title} of the Sybils lifts each by 0.05 at most`, async t => {
    const { karma, opinions, tell } = karmaOf(1, { now: testNow });
    await tell('good-connection', 2, 500);
    t.true(karma.direct(peerOf(2)) > 0.95);
    const entries = Array.from({ length: praised }, (_, i) => opinionOf(sybil(i), 1));
    opinions.receive(opinionsBy(2, entries).bytes);
    for (let i = 0; i < praised; i++) {
      const vouches = [opinionOf(sybil((i + 1) % sybilsMax), 1)];
      opinions.receive(opinionsBy(sybil(i), vouches).bytes);
    }
    const values = entries.map(({ subject }) => karma.value(subject));
    t.true(
      values.every(value => value >= 0 && value <= 0.05),
      `${Math.max(...values)}`,
    );
    t.true(entries.every(({ subject }) => karma.tier(subject) === 'yellow'));
  });
}

/** A player kicked by two servers, which a third one knows to be good; what each says travels at once. */
async function kicked(goodPoints: number) {
  const time = { now: testNow };
  const [third, ...raters] = [karmaOf(1, time), karmaOf(2, time), karmaOf(3, time)] as const;
  const player = 4;
  for (const rater of [2, 3]) await third.tell('good-connection', rater, goodPoints);
  const gossip = () => {
    for (const { own } of raters) {
      const said = own.due();
      if (said) third.opinions.receive(said.bytes);
    }
  };
  for (const { tell } of raters) await tell('team-kill-kick', player);
  gossip();
  return { time, third, raters, player, gossip, tier: () => third.karma.tier(peerOf(player)) };
}

for (const goodPoints of [31, 60, 500]) {
  test(`a team-killer kicked by two servers with ${goodPoints} good points is red on a third at once`, async t => {
    const { third, tier, player } = await kicked(goodPoints);
    t.is(tier(), 'red');
    const { direct, hearsay } = third.karma.explain(peerOf(player));
    t.is(direct.negative, 0);
    t.deepEqual(
      hearsay.groups.map(({ counts, raters }) => [counts, raters[0]!.value]),
      [
        [true, -0.38],
        [true, -0.38],
      ],
    );
  });

  test(`… and no longer after a half-life, with ${goodPoints} good points still`, async t => {
    const { time, third, gossip, tier } = await kicked(goodPoints);
    time.now += negativeHalfLifeMs;
    // Those who were good a month ago still are: they are met as before.
    for (const rater of [2, 3]) await third.tell('good-connection', rater, goodPoints);
    gossip();
    t.is(tier(), 'yellow');
  });

  test(`… and no longer after an appeal to the two, or to the third, with ${goodPoints} good points`, async t => {
    const first = await kicked(goodPoints);
    for (const { tell } of first.raters) await tell('appeal', first.player);
    first.time.now += 5 * second;
    first.gossip();
    t.is(first.tier(), 'yellow');
    for (const pardon of ['appeal', 'forgive']) {
      const { third, player, tier } = await kicked(goodPoints);
      await third.tell(pardon, player);
      t.is(tier(), 'yellow');
    }
  });
}

test('a player kicked by one good server alone, or by two that nobody knows, is not red elsewhere', async t => {
  const { third, raters, player, tier } = await kicked(0);
  t.is(tier(), 'yellow');
  await third.tell('good-connection', 2, 60);
  t.is(tier(), 'yellow');
  await third.tell('good-connection', 3, 60);
  t.is(tier(), 'red');
  t.is(raters[0]!.karma.tier(peerOf(player)), 'red');
});

const idOf = (i: number): string => i.toString(16).padStart(40, '0');
const rounds = 1_000;

test('of 10,000 forged, replayed, stale, changed and oversized opinions and observations none counts', async t => {
  const time = { now: testNow };
  const { karma, opinions, observations, tell } = karmaOf(1, time, { listed: server => server < idOf(10_000) });
  const random = seeded(3);
  for (const friend of [2, 3]) await tell('good-connection', friend, 60);
  const victim = peerOf(4);
  const said = opinionsBy(2, [opinionOf(4, 0.5)], testNow).bytes;
  const sight = {
    server: idOf(1),
    up: true,
    players: 5,
    maxPlayers: 16,
    map: null,
    version: null,
    rttMs: 9,
    at: testNow,
  };
  const seenBy = (observer: number, change: Partial<typeof sight> = {}, issuedAt = testNow, list = testList) =>
    observed({ issuedAt, entries: [{ ...sight, at: issuedAt, ...change }] }, list, signerOf(observer)).bytes;
  const saw = seenBy(2);
  t.is(opinions.receive(said).action, 'accept');
  t.is(observations.receive(saw).action, 'accept');
  const state = () => [karma.explain(victim), observations.of(idOf(1)), observations.size, opinions.size];
  const before = structuredClone(state());

  const turned = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8);
    return copy;
  };
  const resigned = (bytes: Uint8Array): Uint8Array => {
    const foreign = JSON.parse(Buffer.from(bytes).toString());
    return Buffer.from(
      `${JSON.stringify({ ...foreign, signature: Buffer.alloc(64, random() * 256).toString('base64url') })}\n`,
    );
  };
  let sent = 0;
  const refused = (verdict: { action: string }) => {
    sent++;
    if (verdict.action === 'accept') t.fail(`message ${sent} was accepted`);
  };
  for (let i = 0; i < rounds; i++) {
    const against = [opinionOf(4, -1)];
    refused(opinions.receive(resigned(opinionsBy(2 + (i % 2), against, testNow + 1 + i).bytes)));
    refused(opinions.receive(said));
    refused(opinions.receive(opinionsBy(3, against, testNow - day - i).bytes));
    refused(opinions.receive(turned(said)));
    refused(opinions.receive(Buffer.alloc(32_769 + i, said)));
    refused(observations.receive(resigned(seenBy(3, { players: 200 }, testNow + i))));
    refused(observations.receive(saw));
    refused(observations.receive(seenBy(3, { players: 200 }, testNow - 5 * 60 * second - i)));
    refused(observations.receive(turned(saw)));
    refused(observations.receive(Buffer.alloc(16_385 + i, saw)));
  }
  t.is(sent, 10_000);
  t.deepEqual(state(), before);
});
