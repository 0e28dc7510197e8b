// The default view in its order, kept for as long as it cost nothing to speak of: to find one server's place in it takes all.
import type { Clock } from '../base/time.ts';
import { byRank, type Rank } from '../list/rank.ts';

/** An order that took long to work out is kept so many times as long, though the list has changed since. */
const keptFactor = 20;

export type Place = { readonly place: number; readonly of: number };

export class Ranking {
  readonly #clock: Clock;
  /** The ranks of all servers that are shown. */
  readonly #ranks: () => Rank[];
  #sorted: readonly Rank[] = [];
  #version: number | undefined;
  #keptUntilMs = 0;

  constructor(clock: Clock, ranks: () => Rank[]) {
    this.#clock = clock;
    this.#ranks = ranks;
  }

  /** Where a rank stands as of `version` of the list, or a little earlier. */
  place(rank: Rank, version: number): Place {
    const startedAtMs = this.#clock();
    if (version !== this.#version && startedAtMs >= this.#keptUntilMs) {
      this.#sorted = this.#ranks().sort(byRank);
      this.#version = version;
      const doneAtMs = this.#clock();
      this.#keptUntilMs = doneAtMs + keptFactor * (doneAtMs - startedAtMs);
    }
    return { place: countBefore(this.#sorted, rank) + 1, of: this.#sorted.length };
  }
}

function countBefore(sorted: readonly Rank[], rank: Rank): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byRank(sorted[middle]!, rank) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
