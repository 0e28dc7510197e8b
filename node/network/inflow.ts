// What peers gossip is read right from the events of their streams. Gossipsub itself reads through a queue, two generators and some
// ten promises a message, which is more than reading it costs.
import type { PeerId, Stream } from '@libp2p/interface';
import { messageOf } from '../base/errors.ts';
import { FramesParser } from './frame.ts';

/** The part of gossipsub that is needed here. */
export type Receiver<Rpc> = {
  readonly peers: ReadonlyMap<string, PeerId>;
  readonly streamsInbound: Map<string, { readonly rawStream: Stream; close(): Promise<void> }>;
  isStarted(): boolean;
  createInboundStream(peer: PeerId, stream: Stream): void;
  /** Throws when the bytes are none. */
  decodeRpc(bytes: Uint8Array): Rpc;
  handleReceivedRpc(peer: PeerId, rpc: Rpc): Promise<void>;
  onPeerDisconnected(peer: PeerId): void;
};

/**
 * A frame that cannot be read, or is above the limit, ends all gossip with the peer: no honest node sends one, and thirty thousand fit into
 * one piece.
 */
export function readDirectly<Rpc>(gossip: Receiver<Rpc>, frameBytesMax: number, log: (message: string) => void): void {
  const receive = (peer: PeerId, rpc: Rpc): Promise<void> =>
    gossip.handleReceivedRpc(peer, rpc).catch(error => log(`gossip of ${peer} failed: ${messageOf(error)}`));
  gossip.createInboundStream = (peer, stream) => {
    const id = peer.toString();
    if (!gossip.isStarted() || !gossip.peers.has(id)) return;
    // The newest is the one that counts.
    void gossip.streamsInbound.get(id)?.close();
    const close = () => stream.close().catch(error => stream.abort(error));
    gossip.streamsInbound.set(id, { rawStream: stream, close });
    const frames = new FramesParser(frameBytesMax);
    stream.addEventListener('message', ({ data }) => {
      try {
        for (const frame of frames.push(data.subarray())) void receive(peer, gossip.decodeRpc(frame));
      } catch (error) {
        stream.abort(error as Error);
      }
    });
    stream.addEventListener('close', ({ error }) => {
      if (error && gossip.streamsInbound.get(id)?.rawStream === stream) gossip.onPeerDisconnected(peer);
    });
  };
}
