// Opinions between whole nodes: who comes late, who stays silent, and who comes with thousands of names.
import test from 'ava';
import { PeerGroups } from '../../node/app/parts.ts';
import { minute, second } from '../../node/base/time.ts';
import { opinionEntriesMax } from '../../node/records/opinion.ts';
import { opinionOf, opinionsBy, peerOf } from '../karma.ts';
import { KarmaNet, topic } from './karma-net.ts';

const killer = peerOf(66);

test('who comes late knows within seconds what was said before, also by those that it never meets', async t => {
  const world = new KarmaNet();
  const [a, b] = [await world.start(1), await world.start(2)];
  world.net.connect(a.peerId, b.peerId);
  await a.rate(b.peerId, 'good-connection', 40);
  for (const node of [a, b]) await node.rate(killer, 'team-kill-kick');
  await world.net.advance(minute);
  const late = await world.start(3);
  for (const { peerId } of [a, b]) await late.rate(peerId, 'good-connection', 40);
  t.is(late.karma.brief(killer).tier, 'yellow');
  world.net.connect(late.peerId, a.peerId);
  await world.net.advance(3 * second);
  t.is(late.karma.brief(killer).tier, 'red');
  t.is(late.karma.explain(killer).hearsay.groups.length, 2);
});

test('what a player thinks reaches nobody, whoever asks; what others said passes through him', async t => {
  const world = new KarmaNet();
  const [server, player] = [await world.start(1), await world.start(2, { role: 'player' })];
  world.net.connect(player.peerId, server.peerId);
  await player.rate(killer, 'kicked', 5);
  await server.rate(killer, 'team-kill-kick');
  await world.net.advance(11 * minute);
  const late = await world.start(3);
  world.net.connect(late.peerId, player.peerId);
  await world.net.advance(minute);
  for (const node of [server, late]) {
    const raters = node.karma.explain(killer).hearsay.groups.flatMap(group => group.raters.map(({ rater }) => rater));
    t.deepEqual(raters, node === late ? [server.peerId] : []);
  }
});

test('5,000 Sybils of as many /24s, through gossip and its judge, move nobody by more than 0.05, nor does a good rater lift them so far', async t => {
  const world = new KarmaNet();
  const groups = new PeerGroups(false);
  const node = await world.start(1, { groups });
  const [victim, friends, traitor] = [2, [3, 4, 5], 6];
  const sybils = Array.from({ length: 5_000 }, (_, i) => 10_000 + i);
  const speakers = [...friends, traitor, ...sybils].map((number, i) => ({
    peerId: peerOf(number),
    addresses: [`/ip4/11.${i >> 8}.${i & 255}.7/tcp/7481`],
  }));
  groups.note(speakers);
  t.is(new Set(speakers.map(({ peerId }) => groups.of(peerId))).size, speakers.length);

  await node.rate(peerOf(victim), 'good-connection', 15);
  for (const good of [...friends, traitor]) await node.rate(peerOf(good), 'good-connection', 60);
  const attacker = world.net.join('attacker');
  world.net.connect('attacker', node.peerId);
  const say = (rater: number, entries: Parameters<typeof opinionsBy>[1]) =>
    attacker.publish(topic, opinionsBy(rater, entries).bytes);
  for (const friend of friends) await say(friend, [opinionOf(victim, 0.6)]);
  await world.net.advance(second);
  const before = node.karma.value(peerOf(victim));
  t.true(before > 0.2 && node.karma.explain(peerOf(victim)).hearsay.weight > 0.9);

  await say(traitor, [
    ...sybils.slice(0, opinionEntriesMax - 1).map(sybil => opinionOf(sybil, 1)),
    opinionOf(victim, -1),
  ]);
  for (const [i, sybil] of sybils.entries()) {
    const vouches = [1, 2, 3].map(step => opinionOf(sybils[(i + step) % sybils.length]!, 1));
    await say(sybil, [...vouches, opinionOf(victim, -1)]);
    if (i % 100 === 0) await world.net.advance(second);
  }
  await world.net.advance(second);
  const heard = node.karma.explain(peerOf(victim)).hearsay.groups;
  t.true(heard.length > 500, 'the judge let the Sybils speak');
  t.true(node.network.peers()[0]!.score === 0, 'and found nothing wrong with what they said');
  t.true(Math.abs(node.karma.value(peerOf(victim)) - before) <= 0.05);
  const values = sybils.map(sybil => node.karma.value(peerOf(sybil)));
  t.true(
    values.every(value => value >= 0 && value <= 0.05),
    `${Math.max(...values)}`,
  );
  t.true(Math.max(...values) > 0, 'the traitor was heard');
});
