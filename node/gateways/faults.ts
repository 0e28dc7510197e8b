// Why servers that announced themselves over HTTP are not listed: told with their next word, since asking them takes longer than
// they wait for an answer.
import { type Address, formatAddress } from '../base/address.ts';
import type { Checked } from './checks.ts';
import type { Outcome } from './registry.ts';

/** 0.3 KB each. Past it the oldest is forgotten, and its server hears of none. */
export const faultsMax = 4_096;

export class Faults {
  readonly #keepMs: number;
  readonly #faults = new Map<string, { readonly text: string; readonly untilMs: number }>();

  /** Servers that never come back leave theirs behind for as long. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  get size(): number {
    return this.#faults.size;
  }

  get(address: Address, nowMs: number): string | undefined {
    const fault = this.#faults.get(formatAddress(address));
    return fault && fault.untilMs > nowMs ? fault.text : undefined;
  }

  set(address: Address, text: string, nowMs: number): void {
    const key = formatAddress(address);
    this.#faults.delete(key);
    this.#faults.set(key, { text, untilMs: nowMs + this.#keepMs });
    if (this.#faults.size > faultsMax) this.#faults.delete(this.#faults.keys().next().value!);
  }

  delete(address: Address): void {
    this.#faults.delete(formatAddress(address));
  }
}

type Listed = 'new' | 'changed' | 'kept';
export type Unlisted = Exclude<Outcome, Listed> | Exclude<Checked, object>;

export const isListed = (outcome: Outcome | Unlisted): outcome is Listed =>
  outcome === 'new' || outcome === 'changed' || outcome === 'kept';

export const reasons: Readonly<Record<Unlisted, string>> = {
  silent: 'no answer from the port of the game',
  busy: 'too many servers are being asked at once: try again in a minute',
  cancelled: 'the server said that it leaves',
  'foreign-address': 'the address is not the sender’s',
  unreachable: 'nobody could join a server at a private or local address',
  'too-many-there': 'too many servers at this address',
  full: 'this list is full',
  barred: 'a rule bars this server, or what it tells of itself is too long: 2,048 bytes in all',
};
