// Whether a sender is barred by address, for protocols that say so at once: the ranges are read now and then, not each time.
import { CidrTable } from '../base/address.ts';
import { type Monotonic, second } from '../base/time.ts';

/** A new rule is in force within this time; reading ten thousand of them takes some 30 ms. */
const keepMs = 10 * second;

export class Bars {
  readonly #barred: () => readonly string[];
  readonly #monotonic: Monotonic;
  #table = new CidrTable<true>();
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor({ barred, monotonic }: { readonly barred: () => readonly string[]; readonly monotonic: Monotonic }) {
    this.#barred = barred;
    this.#monotonic = monotonic;
  }

  has(host: string): boolean {
    const now = this.#monotonic();
    if (now >= this.#untilMs) {
      this.#table = new CidrTable();
      for (const range of this.#barred()) this.#table.add(range, true);
      this.#untilMs = now + keepMs;
    }
    return this.#table.get(host).length > 0;
  }
}
