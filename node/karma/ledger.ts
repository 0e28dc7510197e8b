// What this node remembers of everybody, bounded: who matters least is forgotten first.
import type { Decay, KarmaEvent, Source, Sums } from './events.ts';
import { faded, noSums } from './events.ts';
import { type Remembered, remember, sumsOf, unknown } from './remembered.ts';

export type LedgerLimits = {
  readonly subjectsMax: number;
  readonly eventsPerSubjectMax: number;
  readonly decay: Decay;
};

/** So many are forgotten at once that sorting them all is paid for by the many that find room afterwards. */
const forgottenShare = 0.05;

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

  /** With what the store kept, in any order. */
  constructor(limits: LedgerLimits, kept: Iterable<Remembered> = []) {
    this.#limits = limits;
    for (const it of kept) this.#subjects.set(it.subject, it);
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
    return { kept, news: kept !== before, forgotten: this.#forget(event) };
  }

  #forget(newest: KarmaEvent): string[] {
    const { subjectsMax, decay } = this.#limits;
    if (this.#subjects.size <= subjectsMax) return [];
    const count = Math.max(this.#subjects.size - subjectsMax, Math.floor(subjectsMax * forgottenShare));
    const ranked = [...this.#subjects.values()]
      .filter(({ subject }) => subject !== newest.subject)
      .map(it => ({ subject: it.subject, rank: rankOf(it, newest.atMs, decay) }))
      .sort((a, b) => byRank(a.rank, b.rank));
    const forgotten = ranked.slice(0, count).map(({ subject }) => subject);
    for (const subject of forgotten) this.#subjects.delete(subject);
    return forgotten;
  }
}

/** People's own word is never made again, and a good name takes long to earn; a bad one is left behind with its key. */
const rankOf = (it: Remembered, now: number, decay: Decay): readonly number[] => {
  const { positive, negative } = sumsOf(it, now, decay);
  return [it.events.some(({ source }) => people.has(source)) ? 1 : 0, positive, negative];
};

const people: ReadonlySet<Source> = new Set(['player', 'game']);

const byRank = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
};
