// Finds peers: configured entry points, the LAN, and those remembered from earlier runs. The keeper decides when to dial.
import type { IdentifyResult, PeerInfo } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Monotonic } from '../base/time.ts';
import { dialable, peerIdIn, withPeerId } from './addresses.ts';
import { Keeper, type Target } from './keeper.ts';
import type { Node } from './node.ts';
import { addressesPerPeerMax, Remembered, type RememberedStore } from './remembered.ts';

/** Machines on one LAN that are kept in mind. */
const lanPeersMax = 64;

export type FinderDeps = {
  readonly node: Pick<Node, 'dial' | 'getPeers' | 'peerId'>;
  readonly entries: readonly string[];
  readonly allowPrivateAddresses: boolean;
  readonly limits: { readonly rememberedPeersMax: number };
  readonly remembered: RememberedStore;
  readonly isConnected: (peer: string) => boolean;
  /** Whether no connection with the peer is wanted. */
  readonly refuses: (peer: string) => boolean;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  readonly log: (level: 'info' | 'warn', message: string) => void;
};

export class Finder {
  readonly #deps: FinderDeps;
  readonly #self: string;
  readonly #entries: readonly Target[];
  readonly #lan = new Map<string, Target>();
  readonly #remembered: Remembered;
  readonly #keeper: Keeper;

  constructor(deps: FinderDeps) {
    this.#deps = deps;
    this.#self = deps.node.peerId.toString();
    this.#entries = deps.entries.map(address => ({ kind: 'entry', peerId: peerIdIn(address), addresses: [address] }));
    this.#remembered = new Remembered({
      store: deps.remembered,
      peersMax: deps.limits.rememberedPeersMax,
      log: message => deps.log('warn', message),
    });
    this.#keeper = new Keeper({
      monotonic: deps.monotonic,
      random: deps.random,
      targets: () => this.#targets().filter(({ peerId }) => peerId === undefined || !deps.refuses(peerId)),
      peersConnected: () => deps.node.getPeers().length,
      isConnected: peer => peer === this.#self || deps.isConnected(peer),
      dial: target => this.#dial(target),
      log: message => deps.log('info', message),
    });
  }

  load(): Promise<void> {
    return this.#remembered.load();
  }

  save(): Promise<void> {
    return this.#remembered.save();
  }

  tick(): void {
    this.#keeper.tick();
  }

  /** A peer of this list answered on the LAN. */
  onLanPeer({ id, multiaddrs }: PeerInfo): void {
    const peerId = id.toString();
    if (this.#lan.size >= lanPeersMax && !this.#lan.has(peerId)) this.#lan.delete(this.#lan.keys().next().value!);
    const addresses = multiaddrs.map(address => withPeerId(address, peerId)).slice(0, addressesPerPeerMax);
    this.#lan.set(peerId, { kind: 'lan', peerId, addresses });
    this.#keeper.tick();
  }

  /** Keeps what worked: the address that we dialled, or, of one who dialled us, those that he says he listens on. */
  met({ peerId, connection, listenAddrs }: IdentifyResult): void {
    const peer = peerId.toString();
    const worked =
      connection.direction === 'outbound'
        ? [withPeerId(connection.remoteAddr, peer)]
        : listenAddrs
            .map(address => withPeerId(address, peer))
            .filter(address => dialable(address, this.#deps.allowPrivateAddresses));
    this.#remembered.saw(peer, worked.slice(0, addressesPerPeerMax));
  }

  *#targets(): Generator<Target> {
    yield* this.#entries;
    yield* this.#lan.values();
    for (const peer of this.#remembered.list()) yield { kind: 'remembered', ...peer };
  }

  async #dial({ addresses }: Target): Promise<string> {
    try {
      const connection = await this.#deps.node.dial(addresses.map(address => multiaddr(address)));
      return connection.remotePeer.toString();
    } catch (error) {
      if (isOurselves(error)) return this.#self;
      throw error;
    }
  }
}

/** An entry point's address may lead back to this node: libp2p tells only by its message. */
function isOurselves(error: unknown): boolean {
  const all = error instanceof AggregateError ? error.errors : [error];
  return all.some(one => one instanceof Error && one.message.includes('dial self'));
}
