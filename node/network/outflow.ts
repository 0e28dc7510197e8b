// To whom a message is passed on: to nobody who has much to read already. Gossipsub itself would send until the buffer of a
// slow peer overflows, which ends its stream, and with it all gossip for minutes.

/** What may wait for a peer of messages whose sender floods us: what others say has to wait behind it. */
export const floodBacklogMax = 65_536;
/** What may wait for a peer of all that is passed on; beyond it there is room for what this node says itself. */
export const backlogMax = 2_097_152;

/** The part of gossipsub that is needed here. */
export type Forwarder = {
  readonly streamsOutbound: ReadonlyMap<string, { readonly rawStream: { readonly writeBufferLength: number } }>;
  forwardMessage(id: string, message: unknown, from?: string, exclude?: ReadonlySet<string>): void;
};

/** `floods` tells of whom more comes than is judged. What is not passed on comes by anti-entropy. */
export function limitForwarding(gossip: Forwarder, floods: (peer: string) => boolean): void {
  const forward = gossip.forwardMessage.bind(gossip);
  gossip.forwardMessage = (id, message, from) => {
    const max = from !== undefined && floods(from) ? floodBacklogMax : backlogMax;
    const busy = new Set<string>();
    for (const [peer, { rawStream }] of gossip.streamsOutbound) if (rawStream.writeBufferLength > max) busy.add(peer);
    forward(id, message, from, busy);
  };
}
