// Everybody in order, kept up to date in small steps: who is worst, and of whom there is most to say. Asking all 100,000 of
// them at once would stop the node for a quarter of a second. Who is known by the word of others alone, or by the
// configuration, has a place for as long as his karma is not that of a stranger.
import { Buckets } from './buckets.ts';
import type { Ledger } from './ledger.ts';

export type StandingsDeps = {
  readonly ledger: Pick<Ledger, 'get' | typeof Symbol.iterator>;
  /** K of a subject, and its D from events alone. */
  readonly value: (subject: string) => number;
  readonly direct: (subject: string) => number;
  /** How many speak of a subject. */
  readonly spoken: (subject: string) => number;
};

/** Looked at in one step, words of others included: 9 ms. All of 100,000 are seen again in two minutes, or in five when two speak of each. */
export const stepMax = 1_000;

/** Scores are told apart, and shown, to a thousandth. */
export const thousandths = (value: number): number => Math.round(value * 1_000);

/** From −1 to 1. */
const scores = 2_001;
/** From 1.00 to 0.00, the last of which is no opinion. */
const strengths = 101;

/** One number for both, so that 100,000 of them take little room. */
const placeOf = (value: number, direct: number): number =>
  (thousandths(value) + 1_000) * strengths + (100 - Math.round(Math.abs(direct) * 100));

const bucketsOf = (place: number | undefined): [score?: number, strength?: number] =>
  place === undefined ? [] : [Math.floor(place / strengths), place % strengths];

export class Standings {
  readonly #deps: StandingsDeps;
  readonly #byScore = new Buckets(scores);
  readonly #byStrength = new Buckets(strengths);
  readonly #places = new Map<string, number>();
  /** Those with a place of whom nothing is remembered. */
  readonly #unmet = new Set<string>();
  /** To be looked at first: no more than raters that count speak of. */
  readonly #heard = new Set<string>();
  #round: Iterator<string> | undefined;

  constructor(deps: StandingsDeps) {
    this.#deps = deps;
  }

  /** How many have a place. */
  get size(): number {
    return this.#places.size;
  }

  /** Those that have a place, in no order. */
  subjects(): Iterable<string> {
    return this.#places.keys();
  }

  /** Somebody whose word counts spoke of these: the next steps look at them. */
  heard(subjects: Iterable<string>): void {
    for (const subject of subjects) this.#heard.add(subject);
  }

  /** Something about the subject may be another: an event, or that it was forgotten. */
  update(subject: string): void {
    const { ledger, value, direct } = this.#deps;
    const before = this.#places.get(subject);
    const met = ledger.get(subject) !== undefined;
    const worth = value(subject);
    const place = met || thousandths(worth) !== 0 ? placeOf(worth, direct(subject)) : undefined;
    if (met || place === undefined) this.#unmet.delete(subject);
    else this.#unmet.add(subject);
    if (place === before) return;
    const [[oldScore, oldStrength], [score, strength]] = [bucketsOf(before), bucketsOf(place)];
    this.#byScore.move(subject, oldScore, score);
    this.#byStrength.move(subject, oldStrength, strength);
    if (place === undefined) this.#places.delete(subject);
    else this.#places.set(subject, place);
  }

  /** Looks at some again, and goes on there the next time: points fade, and others speak. */
  step(): void {
    for (let looked = 0; looked < stepMax; ) {
      const subject = this.#next();
      if (subject === undefined) return;
      this.update(subject);
      looked += 1 + this.#deps.spoken(subject);
    }
  }

  /** Undefined at the end of a round. */
  #next(): string | undefined {
    for (const subject of this.#heard) {
      this.#heard.delete(subject);
      return subject;
    }
    this.#round ??= this.#everybody();
    const next = this.#round.next();
    if (!next.done) return next.value;
    this.#round = undefined;
    return undefined;
  }

  *#everybody(): Generator<string> {
    for (const { subject } of this.#deps.ledger) yield subject;
    yield* this.#unmet;
  }

  /** Subjects with scores in thousandths from `low` to `high`, the worst first; of `low` only those behind `after`. */
  *between(low: number, high: number, after?: string): Generator<readonly [subject: string, thousandths: number]> {
    for (const [subject, bucket] of this.#byScore.between(low + 1_000, high + 1_000, after)) {
      yield [subject, bucket - 1_000];
    }
  }

  count(low: number, high: number): number {
    return this.#byScore.count(low + 1_000, high + 1_000);
  }

  /** Those of whom this node thinks anything, most of the best and the worst first. */
  *strongest(): Generator<string> {
    for (const [subject] of this.#byStrength.between(0, strengths - 2)) yield subject;
  }
}
