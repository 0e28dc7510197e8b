// What this node's own people announce: stored synced before it is acknowledged, renewed at half of its life, and taken up
// again after a restart.
import { tidyAddress } from '../base/address.ts';
import { RollcallError } from '../base/errors.ts';
import { serial } from '../base/serial.ts';
import { type Clock, minute, second } from '../base/time.ts';
import type { Door } from '../gossip/door.ts';
import type { Store } from '../history/store.ts';
import type { Signer } from '../identity/keys.ts';
import { barredWords, momentWords } from '../list/deny.ts';
import type { ServerList } from '../list/server-list.ts';
import { type Announcement, identityOf, lifetimeMaxMs, type UnsignedAnnouncement } from '../records/announcement.ts';
import { announced, restored, type Verified } from '../records/verified.ts';

export type OwnDeps = {
  readonly store: Pick<Store, 'write' | 'entries'>;
  readonly signer: Signer;
  readonly listName: string;
  readonly lifetimeMs: number;
  readonly clock: Clock;
  readonly list: Pick<ServerList, 'held' | 'floors' | 'deniedBy' | 'rolledBackTo'>;
  readonly door: Pick<Door, 'admit'>;
  /** Gossips a blob. */
  readonly send: (blob: Uint8Array) => void;
};

export type OwnRequest = {
  readonly game: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly server?: string | undefined;
  readonly version?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
};

type Fields = Omit<UnsignedAnnouncement, 'announcer' | 'issuedAt' | 'expiresAt'>;

/** Announced so lately and yet not in the list: to announce it again at once would change nothing. */
const lostAfterMs = 10 * second;
/** Fewer digits would fit half of a hoster's servers. */
const idDigitsMin = 4;
/** Names told when one is wrong: a hoster announces thousands, and a few show what they look like. */
const namedMax = 10;

export class OwnServers {
  readonly #deps: OwnDeps;
  /** What the store holds, by server. */
  readonly #latest = new Map<string, Verified>();
  /** Of two synced writes at once either may land last, and the store has to end with the newer. */
  readonly #inTurn = serial();

  constructor(deps: OwnDeps) {
    this.#deps = deps;
  }

  /** Servers announced here and not withdrawn. */
  get count(): number {
    return [...this.#latest.values()].filter(isUp).length;
  }

  /** Takes up what was announced before the last stop. */
  async resume(): Promise<void> {
    const { store, door, clock } = this.#deps;
    for await (const [server, bytes] of store.entries('own')) {
      const item = restored(bytes);
      if (!item) continue;
      this.#latest.set(server, item);
      if (item.announcement.expiresAt > clock()) door.admit(item);
    }
    await this.renew();
  }

  /**
   * Announces a server, or what is new about it.
   * @throws RollcallError BAD_ADDRESS, BAD_FIELD, TOO_LARGE, or REFUSED when a deny rule bars it
   */
  async announce(request: OwnRequest): Promise<Verified> {
    const fields = fieldsOf(request);
    return this.#inTurn(() => this.#issue(fields, this.#deps.lifetimeMs));
  }

  /** Announces many with one synced write; gives for each what is wrong with it, if anything is. The others are announced. */
  announceAll(requests: readonly OwnRequest[]): Promise<(Error | undefined)[]> {
    return this.#inTurn(async () => {
      const items: Verified[] = [];
      const faults = requests.map(request => {
        try {
          items.push(this.#sign(fieldsOf(request), this.#deps.lifetimeMs));
          return undefined;
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      });
      await this.#publish(items);
      return faults;
    });
  }

  /** Says of many with one synced write that they left; names that nobody knows, or that left before, are passed over. */
  withdrawAll(names: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const items = names.flatMap(name => this.#latest.get(name) ?? []).filter(isUp);
      await this.#drop(items.filter(item => !this.#isOurs(item)));
      await this.#publish(items.filter(this.#isOurs).map(({ announcement }) => this.#signLeft(announcement)));
    });
  }

  /** What is announced here now. */
  *announced(): Generator<Announcement> {
    for (const item of this.#latest.values()) if (isUp(item)) yield item.announcement;
  }

  /**
   * @throws RollcallError NO_SUCH_SERVER when no server with this name, or one alone whose id begins so, is announced here;
   * OTHER_KEY, and it is not renewed any more, when this node's key is not the one that announced it
   */
  withdraw(name: string): Promise<Verified> {
    return this.#inTurn(() => this.#withdraw(name));
  }

  /** Announces again what has lived half of its life or fell out of the list, and forgets what left for good. */
  async renew(): Promise<void> {
    for (const server of [...this.#latest.keys()]) await this.#inTurn(() => this.#renew(server));
  }

  #someNames(): string {
    const names = [...this.#latest]
      .filter(([, { announcement }]) => announcement.state === 'up')
      .map(([server]) => server);
    const more = names.length - namedMax;
    return more > 0 ? `${names.slice(0, namedMax).join(', ')} and ${more} more` : names.join(', ') || 'none';
  }

  async #withdraw(name: string): Promise<Verified> {
    const up = [...this.#latest.values()].filter(isUp);
    const named = up.find(({ announcement }) => announcement.server === name);
    const begun = name.length < idDigitsMin ? [] : up.filter(({ id }) => id.startsWith(name));
    const item = named ?? (begun.length === 1 ? begun[0] : undefined);
    if (!item) {
      throw new RollcallError('NO_SUCH_SERVER', `no server "${name}" is announced by this node`, {
        remedy: `announced here: ${this.#someNames()}`,
      });
    }
    if (!this.#isOurs(item)) {
      await this.#drop([item]);
      throw otherKey(item.announcement);
    }
    const left = this.#signLeft(item.announcement);
    await this.#publish([left]);
    return left;
  }

  /** The key of this data folder may be a new one, with what was announced by the old one still in the store. */
  readonly #isOurs = ({ announcement }: Verified): boolean => announcement.announcer === this.#deps.signer.peerId;

  /** Renews them no more. */
  async #drop(items: readonly Verified[]): Promise<void> {
    if (items.length === 0) return;
    const servers = items.map(({ announcement }) => announcement.server);
    await this.#deps.store.write(servers.map(del => ({ space: 'own', del })));
    for (const server of servers) this.#latest.delete(server);
  }

  #signLeft(announcement: Announcement): Verified {
    // The note that it left must outlive what could be replayed against it.
    const leftMs = announcement.expiresAt - this.#deps.clock();
    const livesMs = Math.min(Math.max(leftMs, minute), lifetimeMaxMs);
    return this.#sign({ ...announcement, state: 'left' }, livesMs);
  }

  async #renew(server: string): Promise<void> {
    const { clock, list, lifetimeMs } = this.#deps;
    const item = this.#latest.get(server);
    if (!item) return;
    const now = clock();
    const { issuedAt, expiresAt, state } = item.announcement;
    const held = list.held(item.id);
    // What was said before a rollback no longer counts: the list has an older word of ours, or none.
    const overruled = issuedAt <= list.rolledBackTo && held?.oid !== item.oid;
    if (state === 'left') {
      if (expiresAt <= now) {
        await this.#drop([item]);
      } else if (overruled && held) await this.#issue(item.announcement, expiresAt - now);
    } else {
      // What another key announced stays listed, and nobody can withdraw it: this key announces the server when that runs out.
      const isDue = now >= (this.#isOurs(item) ? issuedAt + (expiresAt - issuedAt) / 2 : expiresAt);
      // Fell out, though nothing here bars it and it does not merely wait for a place.
      const lost = !held && now >= issuedAt + lostAfterMs;
      if ((isDue || lost || overruled) && !list.deniedBy(item.announcement, now))
        await this.#issue(item.announcement, lifetimeMs);
    }
  }

  async #issue(fields: Fields, livesMs: number): Promise<Verified> {
    const item = this.#sign(fields, livesMs);
    await this.#publish([item]);
    return item;
  }

  /** On disk first, then in the list, then out to the others. */
  async #publish(items: readonly Verified[]): Promise<void> {
    const { store, door, send } = this.#deps;
    if (items.length === 0) return;
    await store.write(items.map(item => ({ space: 'own', put: item.announcement.server, value: item.bytes })));
    for (const item of items) {
      this.#latest.set(item.announcement.server, item);
      door.admit(item);
      send(item.bytes);
    }
  }

  #sign(fields: Fields, livesMs: number): Verified {
    const { clock, signer, listName, list } = this.#deps;
    const { server, game, name, addresses, state, version, tags, attributes } = fields;
    const now = clock();
    const id = identityOf(signer.peerId, server);
    const known = [this.#latest.get(server), list.held(id)].map(item => item?.announcement.issuedAt ?? 0);
    // `issuedAt` is the sequence number too: it grows even when the clock went back, and past a rollback.
    const issuedAt = Math.max(now, 1 + Math.max(...known, list.floors.get(id) ?? 0, list.rolledBackTo));
    const unsigned = {
      server,
      game,
      name,
      addresses,
      state,
      version,
      tags,
      attributes,
      issuedAt,
      expiresAt: issuedAt + livesMs,
    };
    const item = announced(unsigned, listName, signer);
    const rule = list.deniedBy(item.announcement, now);
    if (rule && state === 'up') throw new RollcallError('REFUSED', `the server is ${barredWords(rule)}`);
    return item;
  }
}

const otherKey = ({ server, announcer, expiresAt }: Announcement): RollcallError =>
  new RollcallError(
    'OTHER_KEY',
    `${server} was announced with another key, of ${announcer}, and only that can withdraw it: it is listed until ${momentWords(expiresAt)}, and not renewed any more`,
    {
      remedy: `"rollcall deny add --announcer ${announcer} --reason …" takes it off this node's list; a maintainer takes it off every list with "rollcall rollback HEAD --deny-announcer ${announcer} --reason …"`,
    },
  );

const isUp = ({ announcement }: Verified): boolean => announcement.state === 'up';

/** @throws RollcallError BAD_ADDRESS */
function fieldsOf(request: OwnRequest): Fields {
  const addresses = request.addresses.map(text => {
    const address = tidyAddress(text);
    if (!address.ok) throw new RollcallError(address.code, address.message);
    return address.value;
  });
  const server = request.server ?? slugOf(request.game, addresses[0] ?? '');
  const fields = { ...request, addresses, server, state: 'up' } as const;
  return { version: '', tags: [], attributes: {}, ...withoutUndefined(fields) } as Fields;
}

/** `openarena-203.0.113.7-27960`: stays the same for the same server when nobody names it. */
function slugOf(game: string, address: string): string {
  const text = `${game}-${address}`.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
  return text.slice(0, 64).replace(/[^a-z0-9]+$/, '');
}

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
