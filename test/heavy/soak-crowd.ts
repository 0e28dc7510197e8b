// The many servers of the soak: announced by identities that have no node, through a host that says them to whoever is
// connected to it. They are renewed, changed, withdrawn, and sometimes fall silent until they run out.
import type { Loudspeaker } from '../../node/demo/loudspeaker.ts';
import type { Verified } from '../../node/records/verified.ts';
import { announcementOf, signerOf } from '../announcements.ts';
import { list } from './soak-network.ts';

/** Announced by one identity. */
const perAnnouncer = 20;
const tickMs = 1_000;
/** Share of what is due that is withdrawn instead of renewed, and that just falls silent. */
const [leaves, goesSilent] = [0.05, 0.05];
/** Identities of the crowd begin here, apart from those of other checks. */
const firstSigner = 5_000_000;

export type CrowdOptions = {
  readonly size: number;
  readonly lifetimeMs: number;
  /** Changes a second, beside renewals. */
  readonly changes: number;
  readonly loudspeaker: Pick<Loudspeaker, 'say'>;
  readonly random: () => number;
};

type Server = { state: 'up' | 'left' | 'silent'; changes: number; dueAt: number; issuedAt: number };

export class Crowd {
  /** Announcements made. */
  announced = 0;
  readonly #options: CrowdOptions;
  readonly #servers: Server[];
  #owed = 0;

  constructor(options: CrowdOptions, now: number) {
    this.#options = options;
    // All of them within a quarter of a life, so that they are not due together ever after.
    this.#servers = Array.from({ length: options.size }, (_, n) => ({
      state: 'left',
      changes: 0,
      dueAt: now + ((n / options.size) * options.lifetimeMs) / 4,
      issuedAt: 0,
    }));
  }

  get intervalMs(): number {
    return tickMs;
  }

  /** Says what is due; to be called about every `intervalMs`. */
  async tick(now: number): Promise<void> {
    const { changes, random } = this.#options;
    const due = this.#servers.flatMap(({ dueAt }, n) => (dueAt <= now ? [n] : []));
    this.#owed += (changes * tickMs) / 1_000;
    for (; this.#owed >= 1; this.#owed--) due.push(Math.floor(random() * this.#servers.length));
    await this.#say([...new Set(due)].flatMap(n => this.#next(n, now) ?? []));
  }

  /**
   * Says all once more, withdrawals too. Servers fell silent, and rollbacks took back the last word of others: these would run
   * out one by one, and where clocks differ not everywhere at one time.
   */
  async finish(now: number): Promise<void> {
    const known = this.#servers.flatMap(({ issuedAt }, n) => (issuedAt > 0 ? [n] : []));
    await this.#say(known.map(n => this.#issue(n, this.#servers[n]!.state === 'left' ? 'left' : 'up', now)));
  }

  #say(items: readonly Verified[]): Promise<void> {
    this.announced += items.length;
    return this.#options.loudspeaker.say(items.map(({ bytes }) => bytes));
  }

  #next(n: number, now: number): Verified | undefined {
    const { lifetimeMs, random } = this.#options;
    const server = this.#servers[n]!;
    const renewed = server.dueAt <= now;
    // Not yet announced for the first time.
    if (server.issuedAt === 0 && !renewed) return undefined;
    const chance = random();
    const wasUp = server.state === 'up';
    server.dueAt = now + lifetimeMs * (0.4 + 0.2 * random());
    if (wasUp && chance < goesSilent) {
      // Comes back once it has run out.
      server.dueAt = now + lifetimeMs * (1 + random());
      server.state = 'silent';
      return undefined;
    }
    if (!renewed) server.changes++;
    return this.#issue(n, wasUp && chance < goesSilent + leaves ? 'left' : 'up', now);
  }

  #issue(n: number, state: 'up' | 'left', now: number): Verified {
    const { lifetimeMs } = this.#options;
    const server = this.#servers[n]!;
    server.state = state;
    server.issuedAt = Math.max(now, server.issuedAt + 1);
    return announcementOf(`c${n}`, {
      list,
      signer: signerOf(firstSigner + Math.floor(n / perAnnouncer)),
      name: `Crowd ${n}, change ${server.changes}`,
      addresses: [`10.${60 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:27960`],
      state,
      issuedAt: server.issuedAt,
      expiresAt: server.issuedAt + lifetimeMs,
    });
  }
}
