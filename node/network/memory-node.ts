// One node of the network in memory: the same port as the libp2p host, the same outcomes and error codes.
import { RollcallError } from '../base/errors.ts';
import type { Clock } from '../base/time.ts';
import { type Esteem, noEsteem, refuses } from './admission.ts';
import { messageBytesMax } from './gossip.ts';
import { MemoryGossip } from './memory-gossip.ts';
import type { Answer, Judge, Network, Peer, RequestLimits, TurnedAway } from './port.ts';

export type Link = {
  readonly direction: 'inbound' | 'outbound';
  /** One way. */
  readonly latencyMs: number;
  readonly connectedAt: number;
};

export type MemoryNodeDeps = {
  readonly peerId: string;
  readonly clock: Clock;
  readonly after: (delayMs: number, run: () => unknown) => void;
  readonly node: (peerId: string) => MemoryNode | undefined;
  /** Drawn for each gossip message on each link. */
  readonly isLost: () => boolean;
  /** What the node thinks of others; without it, nothing. */
  readonly esteem?: Esteem;
  /** Told of each message that is put on a link, by its topic, and of each request and answer, by their protocol. */
  readonly sent?: Sent;
};

export type Sent = (what: string, bytes: number) => void;

type Service = { readonly answer: Answer; readonly requestBytesMax: number };
type Outcome =
  | { readonly answer: Uint8Array }
  | { readonly code: 'PEER_GONE' | 'UNSUPPORTED'; readonly message: string };
type Fail = (code: string, message: string) => void;
type Listener = (peer: string) => void;

export class MemoryNode implements Network {
  readonly peerId: string;
  readonly #deps: MemoryNodeDeps;
  readonly #links = new Map<string, Link>();
  /** What each neighbour speaks, once it has said so. */
  readonly #spoken = new Map<string, ReadonlySet<string>>();
  readonly #gossip: MemoryGossip;
  readonly #services = new Map<string, Service>();
  readonly #waiting = new Map<string, Set<Fail>>();
  readonly #onPeer: { readonly protocol: string; readonly listener: Listener }[] = [];
  readonly #onLeave: Listener[] = [];
  #turnedAway = 0;

  constructor(deps: MemoryNodeDeps) {
    this.peerId = deps.peerId;
    this.#deps = deps;
    this.#gossip = new MemoryGossip({
      clock: deps.clock,
      flood: (topic, data, except) => {
        for (const peer of this.#links.keys()) {
          if (peer === except) continue;
          deps.sent?.(topic, data.length);
          if (deps.isLost()) continue;
          this.#send(peer, node => node.#gossip.receive(topic, data, this.peerId));
        }
      },
    });
  }

  addresses(): readonly string[] {
    return [`/memory/${this.peerId}/p2p/${this.peerId}`];
  }

  peers(): readonly Peer[] {
    return [...this.#links].map(([peerId, { direction, latencyMs, connectedAt }]) => ({
      peerId,
      addresses: [`/memory/${peerId}/p2p/${peerId}`],
      direction,
      connectedAt,
      rttMs: 2 * latencyMs,
      score: this.#gossip.score(peerId),
      agent: 'rollcall/memory',
    }));
  }

  turnedAway(): TurnedAway {
    return { karma: this.#turnedAway, full: 0 };
  }

  join(topic: string, judge: Judge): void {
    this.#gossip.join(topic, judge);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    if (data.length > messageBytesMax) throw new RollcallError('TOO_LARGE', `a message of ${data.length} bytes`);
    this.#gossip.publish(topic, data);
  }

  serve(protocol: string, answer: Answer, { requestBytesMax }: { readonly requestBytesMax: number }): void {
    if (this.#services.has(protocol)) throw new Error(`${protocol} is served already`);
    this.#services.set(protocol, { answer, requestBytesMax });
  }

  request(peer: string, protocol: string, body: Uint8Array, limits: RequestLimits): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const waiting = this.#waiting.get(peer) ?? new Set();
    this.#waiting.set(peer, waiting);
    const fail: Fail = (code, message) => {
      waiting.delete(fail);
      reject(new RollcallError(code, `${peer} on ${protocol}: ${message}`));
    };
    waiting.add(fail);
    if (!this.#links.has(peer)) fail('PEER_GONE', 'not connected');
    this.#deps.after(limits.timeoutMs, () => fail('TIMED_OUT', `no answer within ${limits.timeoutMs} ms`));
    this.#deps.sent?.(protocol, body.length);
    this.#send(peer, async node => {
      const outcome = await node.#answer(protocol, body.slice(), this.peerId);
      if ('answer' in outcome) this.#deps.sent?.(protocol, outcome.answer.length);
      node.#send(this.peerId, () => {
        if ('code' in outcome) fail(outcome.code, outcome.message);
        else if (outcome.answer.length > limits.answerBytesMax) fail('TOO_LARGE', 'the answer is too large');
        else {
          waiting.delete(fail);
          resolve(outcome.answer);
        }
      });
    });
    return promise;
  }

  onPeer(protocol: string, listener: Listener): void {
    this.#onPeer.push({ protocol, listener });
    for (const [peer, protocols] of this.#spoken) if (protocols.has(protocol)) queueMicrotask(() => listener(peer));
  }

  onLeave(listener: Listener): void {
    this.#onLeave.push(listener);
  }

  /** The hub's, when a link is to come up or may have to go down: whether this node wants none with the peer. */
  denies(peer: string): boolean {
    const denied = refuses(this.#deps.esteem ?? noEsteem, peer);
    if (denied) this.#turnedAway++;
    return denied;
  }

  /** The hub's: a link is up. After a round trip each side knows what the other speaks. */
  linked(peer: string, link: Link): void {
    this.#links.set(peer, link);
    this.#send(peer, node => {
      const protocols = new Set(node.#services.keys());
      node.#send(this.peerId, () => {
        this.#spoken.set(peer, protocols);
        for (const { protocol, listener } of this.#onPeer) if (protocols.has(protocol)) listener(peer);
      });
    });
  }

  /** The hub's: a link is gone, and whatever was under way on it. */
  unlinked(peer: string): void {
    if (!this.#links.delete(peer)) return;
    this.#spoken.delete(peer);
    for (const fail of this.#waiting.get(peer) ?? []) fail('PEER_GONE', 'the link went down');
    this.#waiting.delete(peer);
    for (const listener of this.#onLeave) listener(peer);
  }

  /** Runs at the other end after the link's latency, if that very link is still up then. */
  #send(peer: string, run: (node: MemoryNode) => unknown): void {
    const link = this.#links.get(peer);
    if (!link) return;
    this.#deps.after(link.latencyMs, () => {
      const node = this.#deps.node(peer);
      return node && this.#links.get(peer) === link ? run(node) : undefined;
    });
  }

  async #answer(protocol: string, body: Uint8Array, from: string): Promise<Outcome> {
    const service = this.#services.get(protocol);
    if (!service) return { code: 'UNSUPPORTED', message: 'is not spoken there' };
    if (body.length > service.requestBytesMax) return { code: 'PEER_GONE', message: 'refused the request' };
    try {
      return { answer: await service.answer(body, from) };
    } catch {
      return { code: 'PEER_GONE', message: 'ended without an answer' };
    }
  }
}
