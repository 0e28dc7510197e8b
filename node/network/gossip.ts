// Gossip over gossipsub: what is judged, what is passed on, and how large anything may be.
import { createHash, hash } from 'node:crypto';
import {
  type GossipSub,
  gossipsub,
  StrictNoSign,
  type TopicValidatorFn,
  TopicValidatorResult,
} from '@chainsafe/libp2p-gossipsub';
import { messageOf, RollcallError } from '../base/errors.ts';
import { ignore, reject, type Verdict } from '../base/verdict.ts';
import { type Receiver, readDirectly } from './inflow.ts';
import { Intake } from './intake.ts';
import { type Forwarder, limitForwarding } from './outflow.ts';
import type { Judge } from './port.ts';
import { scoreParams, scoreThresholds } from './scoring.ts';

/** A batch of 50 announcements of 2 KiB each, with room to spare: larger batches block the loop. */
export const messageBytesMax = 131_072;
/** One frame may hold several messages when a peer asks for what it missed; a frame above this ends its stream. */
const frameBytesMax = 1_048_576;
/** What may wait for one slow peer before its stream is ended: some seconds of a busy list. */
const outboundBytesMax = 4 * frameBytesMax;

/**
 * Peers wanted in a mesh, the fewest and the most, and of those that were dialled the fewest. One more, and up to 12, would be a
 * fifth more copies, and a tenth sooner. Source: docs/scale.md, What simulations show.
 */
export const meshDegrees = { D: 7, Dlo: 6, Dhi: 9, Dout: 3 };

export type GossipServiceDeps = {
  readonly topics: readonly string[];
  readonly allowPrivateAddresses: boolean;
  /** Points that a peer starts with, on top of what gossipsub itself sees of it. */
  readonly pastScore: (peer: string) => number;
};

export type GossipDeps = {
  readonly topics: readonly string[];
  readonly onReject: (peer: string) => void;
  readonly random: () => number;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly log: (message: string) => void;
};

/** The libp2p service. Everything gossiped carries its own signature, so gossipsub signs nothing. */
export const gossipService = (deps: GossipServiceDeps) =>
  gossipsub({
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: message => messageId(message.topic, message.data),
    // Without it, every copy of a message is decoded and checked before it is found to be one. It stays here, so it may be a cheaper one.
    fastMsgIdFn: ({ topic, data = new Uint8Array() }) => hash('sha256', data, 'base64') + topic,
    msgIdToStrFn: id => Buffer.from(id.buffer, id.byteOffset, id.length).toString('base64'),
    allowedTopics: [...deps.topics],
    maxInboundDataLength: frameBytesMax,
    maxOutboundBufferSize: outboundBytesMax,
    floodPublish: true,
    // Encoded once, not for each peer.
    batchPublish: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    fallbackToFloodsub: false,
    ...meshDegrees,
    scoreParams: scoreParams(deps.topics, deps.allowPrivateAddresses, deps.pastScore),
    scoreThresholds,
  });

/**
 * SHA-256 over topic and data. With the data alone, anyone could send an honest message under another topic first, where
 * it is rejected: the honest copy would then count as a repeated invalid one, and cost whoever forwards it.
 */
export const messageId = (topic: string, data: Uint8Array): Buffer =>
  createHash('sha256').update(`${topic}\n`).update(data).digest();

/** Public in the class, missing in the type that the library exports. */
type Internals = Forwarder & Receiver<unknown> & { getScore(peer: string): number };

export class Gossip {
  readonly #deps: GossipDeps;
  readonly #pubsub: GossipSub & Internals;
  readonly #topics = new Map<string, { readonly judge: Judge; readonly holdMs: number }>();
  readonly #intake: Intake;
  #started = false;

  constructor(deps: GossipDeps, pubsub: GossipSub) {
    this.#deps = deps;
    this.#pubsub = pubsub as GossipSub & Internals;
    this.#intake = new Intake(peer => this.#pubsub.streamsInbound.get(peer)?.rawStream);
    limitForwarding(this.#pubsub, {
      ...deps,
      floods: peer => this.#intake.isHeldUp(peer),
      holdMs: topic => this.#topics.get(topic)?.holdMs ?? 0,
    });
    readDirectly(this.#pubsub, frameBytesMax, deps.log);
    for (const topic of deps.topics) pubsub.topicValidators.set(topic, this.#validator(topic));
  }

  /** Before `start` it is only noted: gossipsub cannot subscribe yet. */
  join(topic: string, judge: Judge, holdMs = 0): void {
    if (!this.#deps.topics.includes(topic)) throw new Error(`the topic ${topic} was not named at creation`);
    if (this.#topics.has(topic)) throw new Error(`the topic ${topic} was joined before`);
    this.#topics.set(topic, { judge, holdMs });
    if (this.#started) this.#pubsub.subscribe(topic);
  }

  start(): void {
    this.#started = true;
    for (const topic of this.#topics.keys()) this.#pubsub.subscribe(topic);
  }

  async publish(topic: string, data: Uint8Array): Promise<void> {
    if (!this.#deps.topics.includes(topic)) throw new Error(`the topic ${topic} was not named at creation`);
    if (data.length > messageBytesMax) {
      throw new RollcallError('TOO_LARGE', `a message of ${data.length} bytes, at most ${messageBytesMax} are allowed`);
    }
    await this.#pubsub.publish(topic, data);
  }

  score(peer: string): number {
    return this.#pubsub.getScore(peer);
  }

  /** Whether gossip can be sent to the peer. A stream that broke while its connection lives is never opened again. */
  reaches(peer: string): boolean {
    return this.#pubsub.streamsOutbound.has(peer);
  }

  #validator(topic: string): TopicValidatorFn {
    return async (peer, message) => {
      const from = peer.toString();
      const judge = () => this.#judge(topic, message.data, from);
      const { action } = await this.#intake.hold(from, message.data.length, judge);
      if (action === 'reject') this.#deps.onReject(from);
      return verdicts[action];
    };
  }

  async #judge(topic: string, data: Uint8Array, from: string): Promise<Verdict> {
    const judge = this.#topics.get(topic)?.judge;
    if (!judge) return ignore('NOT_JOINED');
    if (data.length > messageBytesMax) return reject('TOO_LARGE');
    try {
      return await judge(data, from);
    } catch (error) {
      this.#deps.log(`judging a message of ${from} on ${topic} failed: ${messageOf(error)}`);
      return ignore('JUDGE_FAILED');
    }
  }
}

const verdicts: Record<Verdict['action'], TopicValidatorResult> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};
