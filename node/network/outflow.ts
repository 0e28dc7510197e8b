// To whom a message is passed on, and when. First it waits for a short time that chance decides: who sends it meanwhile needs
// it no more, so that most links of a mesh carry it once and not both ways. And nobody gets it who has much to read already:
// gossipsub itself would send until the buffer of a slow peer overflows, which ends its stream, and with it all gossip for minutes.

/** What may wait for a peer of messages whose sender floods us: what others say has to wait behind it. */
export const floodBacklogMax = 65_536;
/** What may wait for a peer of all that is passed on; beyond it there is room for what this node says itself. */
export const backlogMax = 2_097_152;
/** Messages that wait to be passed on: twice what a node can judge in the longest wait. Gossipsub keeps each for five seconds anyway. */
export const heldMax = 8_192;

/** The part of gossipsub that is needed here. */
export type Forwarder = {
  readonly streamsOutbound: ReadonlyMap<string, { readonly rawStream: { readonly writeBufferLength: number } }>;
  readonly score: {
    /** Notes who sent a message again, from when it came first until it is passed on. */
    readonly deliveryRecords: { getRecord(id: string): { readonly peers: ReadonlySet<string> } | undefined };
    deliverMessage(from: string, id: string, topic: string): void;
  };
  /** What each peer said that it has. */
  readonly idontwants: ReadonlyMap<string, { has(id: string): boolean }>;
  selectPeersToForward(topic: string, from: string | undefined, except: ReadonlySet<string> | undefined): Set<string>;
  /** Encodes once for all. */
  sendRpcInBatch(peers: Set<string>, rpc: { readonly subscriptions: never[]; readonly messages: Forwarded[] }): void;
  forwardMessage(id: string, message: Forwarded, from?: string): void;
};
type Forwarded = { readonly topic: string };

export type OutflowDeps = {
  /** Whether more comes of a peer than is judged. */
  readonly floods: (peer: string) => boolean;
  /** How long messages of a topic wait at most. */
  readonly holdMs: (topic: string) => number;
  readonly random: () => number;
  readonly later: (delayMs: number, task: () => void) => void;
};

/** What is not passed on comes by anti-entropy. */
export function limitForwarding(gossip: Forwarder, deps: OutflowDeps): void {
  const pass = (id: string, message: Forwarded, from: string | undefined): void => {
    const { streamsOutbound, idontwants, score } = gossip;
    const senders = score.deliveryRecords.getRecord(id)?.peers;
    if (from !== undefined) score.deliverMessage(from, id, message.topic);
    const peers = gossip.selectPeersToForward(message.topic, from, senders);
    const max = from !== undefined && deps.floods(from) ? floodBacklogMax : backlogMax;
    for (const peer of peers) {
      const backlog = streamsOutbound.get(peer)?.rawStream.writeBufferLength ?? 0;
      if (backlog > max || idontwants.get(peer)?.has(id)) peers.delete(peer);
    }
    gossip.sendRpcInBatch(peers, { subscriptions: [], messages: [message] });
  };
  let held = 0;
  gossip.forwardMessage = (id, message, from) => {
    const holdMs = deps.holdMs(message.topic);
    if (holdMs === 0 || held === heldMax) return pass(id, message, from);
    held++;
    deps.later(deps.random() * holdMs, () => {
      held--;
      pass(id, message, from);
    });
  };
}
