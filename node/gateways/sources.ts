// Whom a gateway listens to, how often, and how much it tells those who have not proved where they are. One for all families.
import { type Address, formatAddress, networkOf, scopeOf } from '../base/address.ts';
import type { Monotonic } from '../base/time.ts';
import { Buckets } from './buckets.ts';

/** Requests of one source. A hoster starts some dozens of servers at once; each then speaks a few times a minute. */
export const requestRate = { burst: 128, perSecond: 10 } as const;
/**
 * Lists told to one source that has proved nothing, in protocols whose clients cannot: Quake III, Teeworlds 0.6. Somebody
 * else's address may be in the request, so this is all that can be thrown at it. As dpmaster has it: five, then one each 3 s.
 */
export const listRate = { burst: 5, perSecond: 1 / 3 } as const;
/** Questions to one source of which we know that it registers servers: a few tries each. */
export const questionRate = { burst: 128, perSecond: 10 } as const;

export class Sources {
  readonly #monotonic: Monotonic;
  readonly #lab: boolean;
  readonly #requests = new Buckets(requestRate);
  readonly #lists = new Buckets(listRate);
  readonly #questions = new Buckets(questionRate);

  /** In a lab (`network.allowPrivateAddresses`) whole networks share one private address, so each port counts by itself. */
  constructor(monotonic: Monotonic, lab: boolean) {
    this.#monotonic = monotonic;
    this.#lab = lab;
  }

  /** Whether one more request of a source is looked at. */
  mayAsk(from: Address): boolean {
    return this.#requests.take(this.#key(from), this.#monotonic());
  }

  /** Whether a source that has proved nothing is told one more list. */
  mayBeTold(from: Address): boolean {
    return this.#lists.take(this.#key(from), this.#monotonic());
  }

  /** Whether a source may be asked something by us. */
  mayBeAsked(to: Address): boolean {
    return this.#questions.take(this.#key(to), this.#monotonic());
  }

  /** Whether a server there could be joined at all: its address is public, or this is a lab. */
  reachable({ host }: Address): boolean {
    const scope = scopeOf(host);
    return scope === 'global' || (scope === 'private' && this.#lab);
  }

  /** Whether more than one owner stands behind an address, as behind loopback in a lab. */
  shared({ host }: Address): boolean {
    return this.#lab && scopeOf(host) === 'private';
  }

  /** Of IPv6 the /48: an owner has at least so many addresses to choose from. */
  #key(from: Address): string {
    if (this.shared(from)) return formatAddress(from);
    return from.kind === 'ipv6' ? networkOf(from) : from.host;
  }
}
