// Whether a sender is barred by address, for protocols that say so at once: the ranges are read now and then, not each time.
import { CidrTable } from '../base/address.ts';
import { type Clock, second } from '../base/time.ts';

/** A new rule is in force within this time; reading ten thousand of them takes some 30 ms. */
const keepMs = 10 * second;

export class Bars {
  readonly #barred: () => readonly string[];
  readonly #clock: Clock;
  #table = new CidrTable<true>();
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor({ barred, clock }: { readonly barred: () => readonly string[]; readonly clock: Clock }) {
    this.#barred = barred;
    this.#clock = clock;
  }

  has(host: string): boolean {
    const now = this.#clock();
    if (now >= this.#untilMs) {
      this.#table = new CidrTable();
      for (const range of this.#barred()) this.#table.add(range, true);
      this.#untilMs = now + keepMs;
    }
    return this.#table.get(host).length > 0;
  }
}
