// A network of nodes that meet, judge and tell each other, day by day, on a fake clock: the very parts of node/karma that run
// in production, without a network between them.
import { day } from '../../node/base/time.ts';
import type { Tier } from '../../node/karma/score.ts';
import { seeded } from '../../node/network/memory.ts';
import { testNow } from '../announcements.ts';
import { karmaOf, opinionOf, opinionsBy, peerOf } from '../karma.ts';

/**
 * honest: serve well and say what they saw · lazy: serve well and rate nobody · poor: honest, and often not there ·
 * lying: serve well and say the contrary of what they saw · colluding: harm others, and vouch for each other ·
 * badmouthing: serve well, and speak against all honest ones
 */
export const behaviours = ['honest', 'lazy', 'poor', 'lying', 'colluding', 'badmouthing'] as const;
export type Behaviour = (typeof behaviours)[number];

/** One node as another sees it. */
export type View = { readonly value: number; readonly tier: Tier };

export type Citizen = {
  readonly number: number;
  readonly behaves: Behaviour;
  readonly parts: ReturnType<typeof karmaOf>;
};

/** Meetings in a day, and the share of them with one of a few favourites; nobody goes back to one that is red. */
const meetingsPerDay = 16;
const favouriteShare = 0.8;
const favouritesMax = 4;
/** How often a meeting goes wrong with a node that serves well, is often away, or harms. */
const badShare = { well: 0.01, poor: 0.4, harm: 0.9 };

export class KarmaWorld {
  readonly time = { now: testNow };
  readonly citizens: readonly Citizen[];
  readonly #random: () => number;

  constructor(counts: Readonly<Record<Behaviour, number>>, seed: number) {
    this.#random = seeded(seed);
    let number = 0;
    this.citizens = behaviours.flatMap(behaves =>
      Array.from({ length: counts[behaves] }, () => ({ number: ++number, behaves, parts: karmaOf(number, this.time) })),
    );
  }

  of(behaves: Behaviour): Citizen[] {
    return this.citizens.filter(citizen => citizen.behaves === behaves);
  }

  /** Everybody meets some others and remembers how it went. */
  async live(days: number): Promise<void> {
    for (let i = 0; i < days; i++) {
      for (const citizen of this.citizens) {
        if (citizen.behaves === 'lazy') continue;
        for (let meeting = 0; meeting < meetingsPerDay; meeting++) await this.#meet(citizen);
      }
      this.time.now += day;
    }
  }

  /** Some gossip their opinions, some hear them. */
  gossip(speakers: readonly Citizen[], listeners: readonly Citizen[]): void {
    const messages = speakers.flatMap(citizen => this.#speech(citizen) ?? []);
    for (const { parts } of listeners) for (const message of messages) parts.opinions.receive(message);
  }

  /** Karma of every node of one kind in the eyes of some: of those they met, or of those they only heard of. */
  views(eyes: readonly Citizen[], behaves: Behaviour, met: boolean): View[] {
    return eyes.flatMap(({ number, parts: { karma, ledger } }) =>
      this.of(behaves)
        .filter(other => other.number !== number && (ledger.get(peerOf(other.number)) !== undefined) === met)
        .map(other => ({ value: karma.value(peerOf(other.number)), tier: karma.tier(peerOf(other.number)) })),
    );
  }

  async #meet({ number, parts }: Citizen): Promise<void> {
    const other = this.#partnerOf(number, parts);
    const share =
      other.behaves === 'colluding' ? badShare.harm : other.behaves === 'poor' ? badShare.poor : badShare.well;
    const wrong = this.#random() < share;
    const action = !wrong ? 'good-connection' : other.behaves === 'colluding' ? 'port-scan' : 'unreachable';
    await parts.tell(action, other.number);
  }

  #partnerOf(number: number, { karma }: Citizen['parts']): Citizen {
    const { length } = this.citizens;
    const at = (step: number) => this.citizens[(number - 1 + step) % length]!;
    if (this.#random() > favouriteShare) return at(1 + Math.floor(this.#random() * (length - 1)));
    // Favourites lie scattered over all behaviours.
    const favourites: Citizen[] = [];
    for (let i = 1; favourites.length < favouritesMax; i++) {
      if (karma.tier(peerOf(at(i * 37).number)) !== 'red') favourites.push(at(i * 37));
    }
    return favourites[Math.floor(this.#random() * favouritesMax)]!;
  }

  #speech({ number, behaves, parts }: Citizen): Uint8Array | undefined {
    if (behaves === 'honest' || behaves === 'poor') return parts.own.due()?.bytes;
    const against = (them: readonly Citizen[]) => them.map(it => opinionOf(it.number, -1));
    const others = (them: readonly Citizen[]) => them.filter(it => it.number !== number).slice(0, 150);
    const say = (entries: Parameters<typeof opinionsBy>[1]) => opinionsBy(number, entries, this.time.now).bytes;
    if (behaves === 'badmouthing') return say(against(others(this.of('honest'))));
    if (behaves === 'colluding') {
      const praise = others(this.of('colluding'))
        .slice(0, 50)
        .map(it => opinionOf(it.number, 1));
      return say([...praise, ...against(others(this.of('honest')))]);
    }
    if (behaves === 'lying') {
      const truth = parts.own.due()?.record.entries ?? [];
      return say(truth.map(it => ({ ...it, value: -it.value })));
    }
    return undefined;
  }
}
