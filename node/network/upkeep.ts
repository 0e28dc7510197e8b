// Done about every minute: measure the peers, hang up on those that gossip does not reach, forget those that are gone.
import type { Connection } from '@libp2p/interface';
import { type Clock, second } from '../base/time.ts';
import type { Node } from './node.ts';

/** It is known what a peer speaks, and gossip's streams are open, well within this time of a connection. */
const settledMs = 15 * second;

export type UpkeepDeps = {
  readonly clock: Clock;
  readonly node: Pick<Node, 'getConnections' | 'peerStore'>;
  readonly ping: (connections: readonly Connection[]) => Promise<void>;
  /** Whether gossip should reach the peer, or could for all that is known, and does not. */
  readonly isDeaf: (peer: string) => boolean;
  readonly log: (message: string) => void;
};

export async function upkeep({ clock, node, ping, isDeaf, log }: UpkeepDeps): Promise<void> {
  for (const connection of node.getConnections()) {
    const peer = connection.remotePeer.toString();
    const ageMs = clock() - connection.timeline.open;
    // A clock that was set back has it open before it was.
    if ((ageMs >= 0 && ageMs < settledMs) || !isDeaf(peer)) continue;
    log(`gossip does not reach ${peer}: starting over with it`);
    connection.abort(new Error('gossip stream is gone'));
  }
  await ping(node.getConnections());
  const connected = new Set(node.getConnections().map(connection => connection.remotePeer.toString()));
  // libp2p keeps every peer that it ever heard of, a stranger's flood included.
  for (const { id } of await node.peerStore.all()) if (!connected.has(id.toString())) await node.peerStore.delete(id);
}
