// Challenges bound to an address and a port: only who receives what is sent there can answer. Nothing is remembered for one,
// so a flood of forged requests fills no table and pushes no honest server out of it.
import { hash } from 'node:crypto';
import { type Address, formatAddress } from '../base/address.ts';
import type { Monotonic } from '../base/time.ts';

export type ChallengesDeps = {
  /** What makes them unguessable: at least 16 random bytes, new in each run. */
  readonly secret: Uint8Array;
  readonly monotonic: Monotonic;
  /** How long one is good for at least; twice that at most. */
  readonly lifetimeMs: number;
  /** Characters, 6 bits each. With the words around it a challenge must be no longer than what it answers. */
  readonly length: number;
  /** Hexadecimal digits, 4 bits each, where a protocol wants whole bytes. */
  readonly encoding?: 'base64url' | 'hex';
};

/** What a family needs of them: tests replay recorded ones. */
export type ChallengeBook = {
  issue(to: Address, about?: string): string;
  holds(from: Address, challenge: string, about?: string): boolean;
};

export class Challenges implements ChallengeBook {
  readonly #deps: ChallengesDeps;

  constructor(deps: ChallengesDeps) {
    this.#deps = deps;
  }

  /** The same for all of a time slot; `about` is bound in as well. */
  issue(to: Address, about = ''): string {
    return this.#in(this.#slot, to, about);
  }

  holds(from: Address, challenge: string, about = ''): boolean {
    const slot = this.#slot;
    return challenge === this.#in(slot, from, about) || challenge === this.#in(slot - 1, from, about);
  }

  get #slot(): number {
    return Math.floor(this.#deps.monotonic() / this.#deps.lifetimeMs);
  }

  #in(slot: number, address: Address, about: string): string {
    const { secret, length, encoding = 'base64url' } = this.#deps;
    const text = Buffer.from(`${slot} ${formatAddress(address)} ${about}`);
    // SHA-256 behind a secret is forged only by who knows its whole output, and most of it is never told. An HMAC would take
    // ten times as long, with each packet of a flood.
    return hash('sha256', Buffer.concat([secret, text]), encoding).slice(0, length);
  }
}
