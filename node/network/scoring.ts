// What gossipsub thinks of a peer. Every field is set: one that is missing becomes NaN, and the peer vanishes silently.
// Source of the terms P1 to P7: libp2p/specs, gossipsub-v1.1, "Peer Scoring"; of the values: docs/adr/0011-gossip-scores.md.
import {
  createPeerScoreParams,
  createTopicScoreParams,
  type PeerScoreParams,
  type PeerScoreThresholds,
} from '@chainsafe/libp2p-gossipsub/score';
import { hour, second } from '../base/time.ts';

/** Invalid messages cost this much times their number squared, so five of them silence a peer. */
export const invalidMessageWeight = -100;

export const scoreThresholds: PeerScoreThresholds = {
  gossipThreshold: -500,
  publishThreshold: -1_000,
  /** Below this nothing that the peer gossips is looked at. */
  graylistThreshold: -2_500,
  // Addresses that peers hand around in gossip are never dialled: no score is high enough.
  acceptPXThreshold: Number.MAX_SAFE_INTEGER,
  // Half of what a whole hour in the mesh earns.
  opportunisticGraftThreshold: 5,
};

const topicWeight = 1;
/** Unused terms keep their decay fields at a plausible value. */
const unusedDecay = 0.9;

const topicScoreParams = createTopicScoreParams({
  topicWeight,
  // P1: an hour in the mesh is worth 10, which hides not even one invalid message.
  timeInMeshWeight: 10 / 3_600,
  timeInMeshQuantum: second,
  timeInMeshCap: 3_600,
  // P2: as much again for being first with messages; half is gone after ten minutes (0.5 ** (1 / 600) a second).
  firstMessageDeliveriesWeight: 0.5,
  firstMessageDeliveriesDecay: 0.99885,
  firstMessageDeliveriesCap: 20,
  // P3, P3b: a server list has quiet hours, so silence costs nothing.
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: unusedDecay,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 0,
  meshMessageDeliveriesWindow: 0,
  meshMessageDeliveriesActivation: 5 * second,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: unusedDecay,
  // P4: half of the count is forgotten after 41 minutes.
  invalidMessageDeliveriesWeight: invalidMessageWeight / topicWeight,
  invalidMessageDeliveriesDecay: 0.99972,
});

export function scoreParams(
  topics: readonly string[],
  allowPrivateAddresses: boolean,
  appSpecificScore: (peer: string) => number,
): PeerScoreParams {
  return createPeerScoreParams({
    topics: Object.fromEntries(topics.map(topic => [topic, topicScoreParams])),
    topicScoreCap: 20,
    appSpecificScore,
    appSpecificWeight: 1,
    // P6: three peers at one address are free, eleven hear no gossip any more, nineteen are not heard.
    IPColocationFactorWeight: allowPrivateAddresses ? 0 : -10,
    IPColocationFactorThreshold: 3,
    // Peers behind a proxy of this machine share its address.
    IPColocationFactorWhitelist: new Set(['127.0.0.1', '::1']),
    // P7: promises not kept and grafts too early; six within a minute are excused.
    behaviourPenaltyWeight: -10,
    behaviourPenaltyThreshold: 6,
    behaviourPenaltyDecay: 0.986,
    decayInterval: second,
    decayToZero: 0.01,
    retainScore: hour,
  });
}
