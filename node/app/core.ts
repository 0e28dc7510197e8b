// The part of a node that carries the list: the door into it, gossip, anti-entropy and this node's own servers. Everything
// real is handed in, so that a simulation runs hundreds of the very same on one fake clock.
import type { Clock, Monotonic } from '../base/time.ts';
import type { Config } from '../config/schema.ts';
import { Allowance } from '../gossip/allowance.ts';
import { Announcements } from '../gossip/announcements.ts';
import { Door } from '../gossip/door.ts';
import type { Head } from '../gossip/protocols.ts';
import { Sync } from '../gossip/sync.ts';
import { either, type ObjectSource } from '../history/source.ts';
import type { Signer } from '../identity/keys.ts';
import type { Equivocation } from '../list/server-list.ts';
import type { Network } from '../network/port.ts';
import type { Live } from './live.ts';
import type { Log } from './log.ts';
import { type OwnDeps, OwnServers } from './own.ts';

export type CoreDeps = {
  readonly config: Pick<Config, 'list' | 'gossip'>;
  readonly live: Live;
  readonly network: Network;
  readonly signer: Signer;
  readonly store: OwnDeps['store'];
  /** Objects that are committed. */
  readonly stored: ObjectSource;
  readonly head: () => string | undefined;
  /** The latest statement here, and what to do about a peer's. */
  readonly statement: () => Head['statement'];
  readonly heard: (peer: string, latest: NonNullable<Head['statement']>) => Promise<void>;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: () => number;
  /** K of a peer. */
  readonly karma: (peer: string) => number;
  readonly later: (delayMs: number, task: () => void) => void;
  readonly pause: () => Promise<void>;
  readonly log: Log;
  /** Two announcements of one server with one time. */
  readonly equivocated?: (proof: Equivocation) => void;
};

export type Core = {
  readonly door: Door;
  readonly announcements: Announcements;
  readonly sync: Sync;
  readonly own: OwnServers;
  /** Once a second: what runs out goes, what is due is announced again. */
  readonly tick: () => Promise<void>;
};

export function composeCore(deps: CoreDeps): Core {
  const { config, live, network, signer, store, clock, monotonic, random, later, pause, log } = deps;
  const { list } = live;
  const listName = config.list.name;
  const debug = (message: string) => log('debug', message);
  const door = new Door({
    list,
    listName,
    clock,
    pause,
    changed: changes => live.changed(changes),
    equivocated: proof => {
      log('warn', `${proof.kept.announcement.announcer} announced ${proof.kept.id} twice at one time`);
      deps.equivocated?.(proof);
    },
  });
  const allowance = new Allowance(list);
  const announcements = new Announcements({
    network,
    door,
    allowance,
    listName,
    ...config.gossip,
    monotonic,
    later,
    pause,
    log: debug,
  });
  const send = (blob: Uint8Array) => announcements.send(blob);
  const sync = new Sync({
    network,
    door,
    list,
    ours: live.tree,
    objects: either(live.objects, deps.stored),
    head: () => {
      const tree = live.tree.root();
      return {
        head: deps.head() ?? null,
        tree,
        servers: list.listed.size,
        statement: deps.statement(),
        root: live.tree.body(tree),
      };
    },
    statement: deps.heard,
    listName,
    clock,
    monotonic,
    random,
    later,
    karma: deps.karma,
    syncPeers: config.gossip.syncPeers,
    blobsMax: config.list.serversMax,
    tell: send,
    log: debug,
  });
  const own = new OwnServers({ store, signer, listName, lifetimeMs: config.list.lifetimeMs, clock, list, door, send });
  const tick = async () => {
    live.changed(list.tick(clock()));
    await own.renew();
  };
  return { door, announcements, sync, own, tick };
}
