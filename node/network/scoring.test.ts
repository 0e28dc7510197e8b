import { validatePeerScoreParams, validatePeerScoreThresholds } from '@chainsafe/libp2p-gossipsub/score';
import test from 'ava';
import { scoreParams, scoreThresholds } from './scoring.ts';

const params = (allowPrivate: boolean) => scoreParams(['a', 'b'], allowPrivate, () => 0);

test('gossipsub finds nothing wrong with the score parameters, and none is missing', t => {
  t.notThrows(() => validatePeerScoreParams(params(false)));
  t.notThrows(() => validatePeerScoreThresholds(scoreThresholds));
  for (const topic of Object.values(params(false).topics)) {
    for (const [name, value] of Object.entries(topic)) t.true(Number.isFinite(value), name);
  }
});

test('all that a peer can earn does not hide one invalid message', t => {
  const { topics, topicScoreCap } = params(false);
  const cost = topics.a!.invalidMessageDeliveriesWeight * topics.a!.topicWeight;
  t.true(topicScoreCap + cost < 0);
});

test('peers that share an address cost nothing where private addresses are allowed', t => {
  t.is(params(true).IPColocationFactorWeight, 0);
  t.true(params(false).IPColocationFactorWeight < 0);
  t.true(params(false).IPColocationFactorWhitelist.has('127.0.0.1'));
});
