// Bots that flood the demo's list: many identities, and one connection to each node that listens, as a real flood has few
// addresses and many names.
import { setTimeout as wait } from 'node:timers/promises';
import { hour, second } from '../base/time.ts';
import { type Identity, identityFromSeed, seedBytes } from '../identity/identity.ts';
import { announced } from '../records/verified.ts';
import { fake } from './fakes.ts';
import { Loudspeaker, type LoudspeakerDeps } from './loudspeaker.ts';

export type BotsDeps = Omit<LoudspeakerDeps, 'seed'>;

export const botsCount = 50;
export const fakesCount = 500;

const lifetimeMs = 12 * hour;
/** A flood is everywhere in less than a second. */
const patienceMs = 5 * second;

export class Bots implements AsyncDisposable {
  readonly #deps: BotsDeps;
  readonly #loudspeaker: Loudspeaker;
  readonly #identities: readonly Identity[];
  readonly #peerIds: ReadonlySet<string>;

  private constructor(deps: BotsDeps, loudspeaker: Loudspeaker) {
    this.#deps = deps;
    this.#loudspeaker = loudspeaker;
    this.#identities = Array.from({ length: botsCount }, () => newIdentity(deps.random));
    this.#peerIds = new Set(this.#identities.map(({ peerId }) => peerId));
  }

  /** Resolves when they are connected. */
  static async open(deps: BotsDeps): Promise<Bots> {
    return new Bots(deps, await Loudspeaker.open({ ...deps, seed: newIdentity(deps.random).seed }));
  }

  /** Peer ids of the nodes that they are connected to. */
  get victims(): readonly string[] {
    return this.#loudspeaker.peers;
  }

  isBot(peerId: string): boolean {
    return this.#peerIds.has(peerId);
  }

  /** Each bot announces its share of the fakes, or of the first so many, anew each time, and tells all victims. */
  async flood(fakes = fakesCount): Promise<void> {
    const { list, clock } = this.#deps;
    const issuedAt = clock();
    const blobs = Array.from({ length: fakes }, (_, n) => {
      const { address, ...fields } = fake(n);
      const times = { issuedAt, expiresAt: issuedAt + lifetimeMs };
      const rest = { addresses: [address], state: 'up', version: '', attributes: {}, ...times } as const;
      return announced({ ...fields, ...rest }, list, this.#identities[n % botsCount]!).bytes;
    });
    await this.#loudspeaker.say(blobs);
  }

  /** Floods until it had its effect: what is sent before a peer listens is lost. */
  async floodUntil(done: () => Promise<void>): Promise<void> {
    let over = false;
    const finished = done().finally(() => {
      over = true;
    });
    // Whoever waits for it hears of its failure.
    finished.catch(() => {});
    while (!over) {
      await this.flood();
      await Promise.race([finished, wait(patienceMs, undefined, { signal: this.#deps.signal })]);
    }
    await finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loudspeaker[Symbol.asyncDispose]();
  }
}

const newIdentity = (random: () => number): Identity =>
  identityFromSeed(Uint8Array.from({ length: seedBytes }, () => Math.floor(random() * 256)));
