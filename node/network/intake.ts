// How much of what a peer gossips is taken in at a time. Past that its stream is not read, so that what it sends waits with it:
// gossipsub itself takes in whatever comes and lets it pile up.

/** Three batches of fifty announcements. More would not be judged sooner, only wait here: what comes behind them waits as long. */
export const heldBytesMax = 65_536;

/** The part of libp2p's stream that is needed here. */
export type PausableStream = {
  readonly readStatus: string;
  pause(): void;
  resume(): void;
};

export class Intake {
  readonly #streamOf: (peer: string) => PausableStream | undefined;
  /** Bytes of each peer that are being judged: of those connected, for what is here keeps no stream open. */
  readonly #held = new Map<string, number>();

  /** `streamOf` gives the stream on which a peer gossips to us now. */
  constructor(streamOf: (peer: string) => PausableStream | undefined) {
    this.#streamOf = streamOf;
  }

  /** Counts the bytes against the peer until the work is done. */
  async hold<T>(peer: string, bytes: number, work: () => Promise<T>): Promise<T> {
    const held = (this.#held.get(peer) ?? 0) + bytes;
    this.#held.set(peer, held);
    // A peer that came back on a new stream is held up on that one.
    if (held > heldBytesMax) this.#turn(peer, 'readable', 'pause');
    try {
      return await work();
    } finally {
      // There is no entry any more when all that is left are messages of no bytes.
      const left = (this.#held.get(peer) ?? 0) - bytes;
      if (left === 0) this.#held.delete(peer);
      else this.#held.set(peer, left);
      if (left <= heldBytesMax / 2) this.#turn(peer, 'paused', 'resume');
    }
  }

  /** Whether more came of the peer than is read of it. */
  isHeldUp(peer: string): boolean {
    return this.#streamOf(peer)?.readStatus === 'paused';
  }

  #turn(peer: string, from: string, to: 'pause' | 'resume'): void {
    const stream = this.#streamOf(peer);
    if (stream?.readStatus === from) stream[to]();
  }
}
