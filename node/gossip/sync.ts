// Keeps the list equal to that of the peers: with each new peer at once, with some chosen by chance and karma every so often.
import { messageOf, RollcallError } from '../base/errors.ts';
import { type Clock, type Monotonic, minute, second } from '../base/time.ts';
import { batches } from '../history/diff.ts';
import type { ObjectSource } from '../history/source.ts';
import type { ServerList } from '../list/server-list.ts';
import type { Network } from '../network/port.ts';
import { choosePeers } from './choose.ts';
import { type DescentDeps, descend } from './descent.ts';
import type { Door } from './door.ts';
import {
  type Answered,
  formatHead,
  formatObjectsRequest,
  type Head,
  headBytesMax,
  headProtocol,
  ObjectsAnswer,
  objectsAnswerBytesMax,
  objectsProtocol,
  objectsRequestBytesMax,
  parseHead,
  parseObjects,
  parseObjectsRequest,
} from './protocols.ts';

/** A peer that does not answer in this time is asked another time. */
const requestTimeoutMs = 10 * second;
/** Gossip streams open a moment after the connection; what was said in between is found by a second look. */
const secondLookMs = 3 * second;
/**
 * Who asks us is asked back, at most so often: what it does not take it may have, and chance alone would leave it unasked for
 * long among many others that only connect.
 */
const askBackMs = 30 * second;
/** … once it has taken what it lacks. */
const askBackDelayMs = 5 * second;
/** A peer's list may change while we read it; after this many tries the next round goes on. */
const attemptsMax = 3;
/** Peers whose trees no honest node has are left alone for a while. */
const shunMs = 10 * minute;
/** Trees are at most 4,096 to a list: so many lists of peers may differ from ours for good, and not be read each time. */
const settledMax = 4 * 4_096;

/** Objects read at a time for an answer: past its limit nothing more is. */
const readMax = 250;

export type SyncDeps = {
  readonly network: Pick<Network, 'serve' | 'request' | 'onPeer' | 'onLeave' | 'peers'>;
  readonly door: Pick<Door, 'receive'>;
  readonly list: Pick<ServerList, 'unseenSuccessor' | 'fullFor' | 'hasRoom'>;
  readonly ours: DescentDeps['ours'];
  /** Objects of the list as it stands, and of the store. */
  readonly objects: ObjectSource;
  readonly head: () => Head;
  /** Deals with a peer's latest statement before anything else is taken from it. */
  readonly statement: (peer: string, latest: NonNullable<Head['statement']>) => Promise<void>;
  readonly listName: string;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly later: (delayMs: number, task: () => void) => void;
  /** K of a peer. */
  readonly karma: (peer: string) => number;
  /** Peers asked in each round. */
  readonly syncPeers: number;
  /** Servers that a list may have: as many are taken from a peer in one go, and as many refused ones remembered. */
  readonly blobsMax: number;
  /** Gossips an announcement that a peer should know of but cannot find. */
  readonly tell: (blob: Uint8Array) => void;
  readonly log: (message: string) => void;
};

export type SyncState = {
  readonly state: 'alone' | 'syncing' | 'synced';
  readonly lastAt: number | null;
  /** Peers with the same list. */
  readonly inSyncWith: number;
  /** Peers with another list that holds nothing to take: all else of it is barred here, or they bar somebody themselves. */
  readonly nothingToTake: number;
};

export class Sync {
  readonly #deps: SyncDeps;
  readonly #running = new Map<string, Promise<void>>();
  /** How a peer's list stood to ours when last compared. */
  readonly #compared = new Map<string, 'same' | 'nothing to take' | 'unlike'>();
  readonly #shunned = new Map<string, number>();
  /** When each connected peer that can be asked was asked last, or is about to be. */
  readonly #askedAt = new Map<string, number>();
  /**
   * Blobs that a peer which lists them is not asked for again: for good, or while the group that is named has no room for
   * them. That group alone is asked, so that a flood that a peer lists is not fetched each minute.
   */
  readonly #refused = new Map<string, string | undefined>();
  readonly #settled = new Set<string>();
  #lastAt: number | null = null;
  readonly #first = Promise.withResolvers<void>();

  constructor(deps: SyncDeps) {
    this.#deps = deps;
    const { network, listName } = deps;
    const head = async (_: Uint8Array, from: string) => {
      this.#askBack(from);
      return formatHead(deps.head());
    };
    network.serve(headProtocol(listName), head, { requestBytesMax: 0 });
    network.serve(objectsProtocol(listName), body => this.#answer(body), { requestBytesMax: objectsRequestBytesMax });
    network.onPeer(objectsProtocol(listName), peer => {
      this.#askedAt.set(peer, deps.monotonic());
      void this.with(peer);
      deps.later(secondLookMs, () => {
        if (this.#isConnected(peer)) void this.with(peer);
      });
    });
    network.onLeave(peer => this.#askedAt.delete(peer));
  }

  /** Resolves once the list has been compared with a first peer. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  state(): SyncState {
    const connected = new Set(this.#deps.network.peers().map(peer => peer.peerId));
    const compared = [...this.#compared].filter(([peer]) => connected.has(peer)).map(([, outcome]) => outcome);
    const inSyncWith = compared.filter(outcome => outcome === 'same').length;
    const nothingToTake = compared.filter(outcome => outcome === 'nothing to take').length;
    const state =
      connected.size === 0 ? 'alone' : this.#running.size > 0 || this.#lastAt === null ? 'syncing' : 'synced';
    return { state, lastAt: this.#lastAt, inSyncWith, nothingToTake };
  }

  /** One round with some peers, chosen by chance and by karma. */
  async round(): Promise<void> {
    const { network, random, syncPeers, monotonic } = this.#deps;
    const connected = network.peers().map(peer => peer.peerId);
    for (const peer of this.#compared.keys()) if (!connected.includes(peer)) this.#compared.delete(peer);
    for (const [peer, until] of this.#shunned) if (until <= monotonic()) this.#shunned.delete(peer);
    const candidates = connected
      .filter(peer => this.#askedAt.has(peer) && !this.#shunned.has(peer))
      .map(peer => ({ peer, karma: this.#deps.karma(peer) }));
    await Promise.all(choosePeers(candidates, syncPeers, random).map(peer => this.with(peer)));
  }

  /** Takes from one peer what we lack. Never throws: a peer that fails is one to try again later. */
  with(peer: string): Promise<void> {
    const running = this.#running.get(peer);
    if (running) return running;
    if (this.#askedAt.has(peer)) this.#askedAt.set(peer, this.#deps.monotonic());
    const run = this.#sync(peer)
      .catch(error => this.#deps.log(`could not sync with ${peer}: ${messageOf(error)}`))
      .finally(() => this.#running.delete(peer));
    this.#running.set(peer, run);
    return run;
  }

  /** Forgets which blobs were refused: the rules have changed. */
  forgetRefused(): void {
    this.#refused.clear();
    this.#settled.clear();
  }

  /** Objects of a peer, a first part of those asked for. @throws RollcallError when it fails or breaks the protocol */
  async fetch(peer: string, oids: readonly string[]): Promise<Answered[]> {
    const { network, listName } = this.#deps;
    const limits = { timeoutMs: requestTimeoutMs, answerBytesMax: objectsAnswerBytesMax };
    const bytes = await network.request(peer, objectsProtocol(listName), formatObjectsRequest(oids), limits);
    const objects = parseObjects(bytes, oids);
    if (!objects.ok) throw new RollcallError(objects.code, objects.message);
    return objects.value;
  }

  async #sync(peer: string): Promise<void> {
    const { listName, network, ours, blobsMax, clock, log } = this.#deps;
    const limits = { timeoutMs: requestTimeoutMs };
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const answer = await network.request(peer, headProtocol(listName), noBytes, {
        ...limits,
        answerBytesMax: headBytesMax,
      });
      const head = parseHead(answer);
      if (!head.ok) return this.#shun(peer, head.message);
      if (head.value.statement) await this.#deps.statement(peer, head.value.statement);
      let open = 0;
      const deps: DescentDeps = {
        ours,
        blobsMax,
        fetch: oids => this.fetch(peer, oids),
        skip: (oid, id) => this.#skip(oid, id),
        isSettled: (theirs, own) => this.#settled.has(`${theirs} ${own}`),
        settle: (theirs, own) => {
          makeRoom(this.#settled, settledMax);
          this.#settled.add(`${theirs} ${own}`);
        },
        receive: async blobs => {
          open += await this.#receive(peer, blobs);
        },
      };
      const result = await descend(head.value.tree, deps, head.value.root);
      if (result.malformed !== undefined) return this.#shun(peer, result.malformed);
      if (result.fetched > 0) {
        log(`took ${result.fetched} announcements from ${peer} (${result.bytes} bytes, ${result.requests} requests)`);
      }
      const same = head.value.tree === this.#deps.head().tree;
      this.#compared.set(peer, same ? 'same' : open + result.missing === 0 ? 'nothing to take' : 'unlike');
      this.#lastAt = clock();
      this.#first.resolve();
      if (result.missing === 0) return;
    }
  }

  /** Gives how many may be taken another time. */
  async #receive(peer: string, blobs: readonly Uint8Array[]): Promise<number> {
    let open = 0;
    for (const { verdict, it } of await this.#deps.door.receive(blobs)) {
      if (verdict.action === 'accept') continue;
      if (verdict.action === 'reject') this.#shun(peer, `it lists an announcement that is ${verdict.code}`);
      if (!it) continue;
      // What our clock refuses today may be welcome later. What waits for a place is known here, and listed there.
      const full = refusedByQuota.has(verdict.code) ? this.#deps.list.fullFor(it) : undefined;
      if (full !== undefined || refusedForLong.has(verdict.code)) this.#refuse(it.oid, full);
      else if (verdict.code !== 'KNOWN') open++;
      const successor = this.#deps.list.unseenSuccessor(it);
      if (successor) this.#deps.tell(successor.bytes);
    }
    return open;
  }

  #refuse(oid: string, full: string | undefined): void {
    makeRoom(this.#refused, this.#deps.blobsMax);
    this.#refused.set(oid, full);
  }

  #skip(oid: string, id: string): ReturnType<DescentDeps['skip']> {
    if (!this.#refused.has(oid)) return undefined;
    const full = this.#refused.get(oid);
    if (full === undefined) return 'for good';
    return this.#deps.list.hasRoom(full, id) ? undefined : 'for now';
  }

  #isConnected(peer: string): boolean {
    return this.#deps.network.peers().some(({ peerId }) => peerId === peer);
  }

  #askBack(peer: string): void {
    const { monotonic, later } = this.#deps;
    const at = this.#askedAt.get(peer);
    if (at === undefined || at + askBackMs > monotonic()) return;
    this.#askedAt.set(peer, monotonic());
    later(askBackDelayMs, () => {
      if (this.#isConnected(peer) && !this.#shunned.has(peer)) void this.with(peer);
    });
  }

  #shun(peer: string, why: string): void {
    this.#deps.log(`${peer} is left alone for ${shunMs / minute} minutes: ${why}`);
    this.#shunned.set(peer, this.#deps.monotonic() + shunMs);
  }

  async #answer(body: Uint8Array): Promise<Uint8Array> {
    const asked = parseObjectsRequest(body);
    if (!asked.ok) throw new RollcallError(asked.code, asked.message);
    const answer = new ObjectsAnswer();
    for (const oids of batches(asked.value, readMax)) {
      for (const object of await this.#deps.objects(oids)) if (!answer.add(object ?? null)) return answer.bytes();
    }
    return answer.bytes();
  }
}

const refusedForLong = new Set(['STALE', 'DENIED', 'ROLLED_BACK', 'EQUIVOCATION']);
const refusedByQuota = new Set(['OVER_QUOTA', 'KNOWN']);
const noBytes = new Uint8Array();

/** The oldest goes when there are too many. */
function makeRoom(held: Set<string> | Map<string, unknown>, max: number): void {
  if (held.size >= max) held.delete(held.keys().next().value!);
}
