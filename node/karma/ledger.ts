// What this node remembers of everybody, bounded: who matters least is forgotten first.
import type { Decay, KarmaEvent, Source, Sums } from './events.ts';
import { faded, noSums } from './events.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { type Remembered, remember, sumsOf, unknown } from './remembered.ts';

export type LedgerLimits = {
  readonly subjectsMax: number;
  readonly eventsPerSubjectMax: number;
  readonly decay: Decay;
};

/** One for each newcomer keeps the bound; a few more when it was lowered since the last run, or the surplus would stay. */
const forgottenAtOnceMax = 8;

export type Added = {
  /** What the store has to keep of the subject now. */
  readonly kept: Remembered;
  /** Whether the event was new. */
  readonly news: boolean;
  /** Subjects forgotten to make room. */
  readonly forgotten: readonly string[];
};

export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #subjects = new Map<string, Remembered>();
  readonly #ranks = new KeyedHeap(isLess);

  /** With what the store kept, in any order. */
  constructor(limits: LedgerLimits, kept: Iterable<Remembered> = []) {
    this.#limits = limits;
    for (const it of kept) {
      this.#subjects.set(it.subject, it);
      this.#ranks.set(it.subject, rankOf(it, limits.decay));
    }
  }

  get(subject: string): Remembered | undefined {
    return this.#subjects.get(subject);
  }

  get size(): number {
    return this.#subjects.size;
  }

  [Symbol.iterator](): Iterator<Remembered> {
    return this.#subjects.values();
  }

  sums(subject: string, now: number): Sums {
    const it = this.#subjects.get(subject);
    return it ? sumsOf(it, now, this.#limits.decay) : faded(noSums, now, this.#limits.decay);
  }

  add(event: KarmaEvent): Added {
    const { eventsPerSubjectMax, decay } = this.#limits;
    const before = this.#subjects.get(event.subject) ?? unknown(event.subject);
    const kept = remember(before, event, eventsPerSubjectMax, decay);
    this.#subjects.set(event.subject, kept);
    // Who has just been heard of is not forgotten for it.
    this.#ranks.delete(event.subject);
    const forgotten = this.#forget();
    this.#ranks.set(event.subject, rankOf(kept, decay));
    return { kept, news: kept !== before, forgotten };
  }

  #forget(): string[] {
    const forgotten: string[] = [];
    while (this.#subjects.size > this.#limits.subjectsMax && forgotten.length < forgottenAtOnceMax) {
      const least = this.#ranks.shift();
      if (least === undefined) break;
      this.#subjects.delete(least);
      forgotten.push(least);
    }
    return forgotten;
  }
}

type Rank = readonly [people: number, positive: number, negative: number];

/**
 * People's own word is never made again, and a good name takes long to earn; a bad one is left behind with its key. Points of
 * one sign fade alike, so their logarithm at any one moment puts subjects in the order that they have at every other.
 */
function rankOf(it: Remembered, decay: Decay): Rank {
  // At time 0 nothing fades: sums come as of the last event.
  const { positive, negative, atMs } = sumsOf(it, 0, decay);
  return [
    it.events.some(({ source }) => people.has(source)) ? 1 : 0,
    Math.log2(positive) + atMs / decay.positiveHalfLifeMs,
    Math.log2(negative) + atMs / decay.negativeHalfLifeMs,
  ];
}

const people: ReadonlySet<Source> = new Set(['player', 'game']);

function isLess(a: Rank, b: Rank): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}
