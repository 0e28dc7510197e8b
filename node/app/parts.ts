// Parts of a node as its configuration and its store make them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networkOf, scopeOf } from '../base/address.ts';
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { Config } from '../config/schema.ts';
import { askingNatively, nativeQueries } from '../gateways/natives.ts';
import { heightOf } from '../history/log.ts';
import { readCuts, readRefs } from '../history/refs.ts';
import type { Store, Write } from '../history/store.ts';
import { UploadPack } from '../history/upload-pack.ts';
import type { Peer } from '../network/port.ts';
import type { RememberedPeer, RememberedStore } from '../network/remembered.ts';
import { Asker } from '../probe/ask.ts';
import { Prober, type ProberDeps } from '../probe/prober.ts';
import { reaches, resolver } from '../probe/resolve.ts';
import type { PublicKey } from '../trust/key.ts';
import { readShippedKeys } from './keys.ts';
import type { Log } from './log.ts';
import type { Observers } from './observers.ts';
import { packageRoot } from './package-root.ts';
import type { StartOptions } from './start.ts';
import type { ticker } from './timers.ts';

/** Maintainers' keys that ship with the release. */
export async function shippedKeys(log: Log): Promise<PublicKey[]> {
  const folder = fileURLToPath(new URL('keys/', packageRoot));
  const names = (await readdir(folder)).filter(name => name.endsWith('.asc'));
  const files = await Promise.all(names.map(async name => ({ name, bytes: await readFile(join(folder, name)) })));
  return readShippedKeys(files, message => log('warn', message));
}

/** Peers whose network is kept in mind after they left. */
const groupsMax = 10_000;
/** The group of all whose network is not known. */
export const notConnected = 'not connected';

/**
 * The /24 or /48 that each peer spoke from when it was last connected; for those that never were one owner is assumed. In a
 * lab, where everybody shares a private network, each peer stands for itself.
 */
export class PeerGroups {
  readonly #lab: boolean;
  readonly #groups = new Map<string, string>();

  constructor(lab: boolean) {
    this.#lab = lab;
  }

  /** To be told now and then who is connected. It must not be asked of the network for each score: peers have scores too. */
  note(peers: readonly Pick<Peer, 'peerId' | 'addresses'>[]): void {
    for (const { peerId, addresses } of peers) {
      const [, family, host = ''] = /^\/(ip4|ip6)\/([^/]+)\//.exec(addresses[0] ?? '') ?? [];
      if (family === undefined) continue;
      const network = networkOf({ kind: family === 'ip4' ? 'ipv4' : 'ipv6', host, port: 1 });
      this.#groups.delete(peerId);
      this.#groups.set(peerId, this.#lab && scopeOf(host) !== 'global' ? peerId : network);
      if (this.#groups.size > groupsMax) this.#groups.delete(this.#groups.keys().next().value!);
    }
  }

  readonly of = (peer: string): string => this.#groups.get(peer) ?? (this.#lab ? peer : notConnected);
}

export const limitsOf = ({ list, network }: Config) => ({
  ...list,
  countPrivateNetworks: !network.allowPrivateAddresses,
});

export function proberOf(
  { probe, network }: Config,
  { clock, monotonic, random }: StartOptions,
  every: ReturnType<typeof ticker>,
  observers: Observers,
  endorsed: ProberDeps['endorsed'],
  resources: AsyncDisposableStack,
): Prober | undefined {
  if (!probe.enabled) return undefined;
  const asker = resources.adopt(new Asker(probe.timeoutMs), it => it.close());
  const ask = askingNatively(asker.ask, monotonic, probe.timeoutMs);
  const deps = { clock, monotonic, random, ticker: every, resolve: resolver(), reaches, ask, natives: nativeQueries };
  const onObserved: ProberDeps['onObserved'] = (id, observation) => observers.probed(id, observation);
  const duty: ProberDeps['duty'] = place => observers.duty(place);
  return new Prober(
    { ...deps, onObserved, duty, endorsed },
    { ...probe, allowPrivateAddresses: network.allowPrivateAddresses },
  );
}

export const rememberedIn = (store: Store): RememberedStore => ({
  async load() {
    const peers: RememberedPeer[] = [];
    for await (const [peerId, value] of store.entries('peers'))
      peers.push({ peerId, addresses: JSON.parse(fromUtf8(value) ?? '[]') });
    return peers;
  },
  async save(peers) {
    const writes: Write[] = [];
    for await (const [peerId] of store.entries('peers')) writes.push({ space: 'peers', del: peerId });
    for (const { peerId, addresses } of peers)
      writes.push({ space: 'peers', put: peerId, value: utf8(JSON.stringify(addresses)) });
    await store.write(writes);
  },
});

/** What stock git talks to. */
export const uploadPackOf = (store: Store, agent: string): UploadPack =>
  new UploadPack({
    store,
    refs: () => readRefs(store),
    cuts: () => readCuts(store),
    isOurs: async oid => (await heightOf(store, oid)) !== undefined,
    agent,
  });
