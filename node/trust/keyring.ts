// The maintainers that this node trusts: the keys that ship with a release, plus those added here, without those removed here.
import { type Key, revokeKey } from 'openpgp';
import { messageOf } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';
import { describeKey, formatPublicKey, type KeyInfo, keyBytesMax, type PublicKey, standingOf } from './key.ts';
import { lenient, strict } from './openpgp-limits.ts';
import type { Statement } from './statement.ts';
import { type CheckSignature, checkSignature, signersOf, type VerifiedStatement, verifyStatement } from './verified.ts';

export type KeyringDeps = { readonly check: CheckSignature };

/** What a node keeps in its store, beside the keys that ship. */
export type KeyChoices = {
  /** Armored public keys by fingerprint; one that also ships was added again, with news such as a revocation. */
  readonly added: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
};

export type ListedKey = KeyInfo & { readonly shipped: boolean; readonly armored: string };

/** Whether a statement counts: asked of each when the latest is worked out. */
export type IsTrusted = (verified: Pick<VerifiedStatement, 'fingerprint' | 'signedBy'>) => boolean;

/** A list has a handful of maintainers. Bounds the statements kept, which are counted by key (order.ts). */
export const keysMax = 64;

export class Keyring {
  readonly #deps: KeyringDeps;
  readonly #shipped = new Map<string, PublicKey>();
  readonly #added = new Map<string, PublicKey>();
  readonly #removed = new Set<string>();

  constructor(shipped: Iterable<PublicKey>, deps: KeyringDeps = { check: checkSignature }) {
    this.#deps = deps;
    for (const key of shipped) this.#shipped.set(key.fingerprint, key);
  }

  /** With what a node chose before: `added` is merged into what ships, since a release may bring a revocation. */
  static async open(
    shipped: Iterable<PublicKey>,
    chosen: { added: Iterable<PublicKey>; removed: Iterable<string> },
    now: number,
    deps: KeyringDeps = { check: checkSignature },
  ): Promise<Keyring> {
    const keyring = new Keyring(shipped, deps);
    for (const key of chosen.added) await keyring.add(key, now);
    for (const fingerprint of chosen.removed) keyring.#removed.add(fingerprint);
    return keyring;
  }

  get(fingerprint: string): PublicKey | undefined {
    if (this.#removed.has(fingerprint)) return undefined;
    return this.#added.get(fingerprint) ?? this.#shipped.get(fingerprint);
  }

  *#keys(): Generator<PublicKey> {
    for (const fingerprint of new Set([...this.#shipped.keys(), ...this.#added.keys()])) {
      const key = this.get(fingerprint);
      if (key) yield key;
    }
  }

  async list(now: number): Promise<ListedKey[]> {
    const keys = [...this.#keys()];
    return Promise.all(
      keys.map(async key => ({
        ...(await describeKey(key, now)),
        shipped: this.#shipped.has(key.fingerprint),
        armored: formatPublicKey(key),
      })),
    );
  }

  /** The keys with a key id of 16 hex digits, in themselves or in a subkey, and with the fingerprint if there is one. */
  find(keyId: string, fingerprint?: string): PublicKey[] {
    const fits = (it: ReturnType<typeof signersOf>[number]) =>
      fingerprint === undefined || it.getFingerprint() === fingerprint;
    return [...this.#keys()].filter(({ key }) => signersOf(key, keyId).some(fits));
  }

  /**
   * Adds a key, or what is new about one that is here already: a later end, a revocation. An older copy takes nothing back.
   * A key that was removed is trusted again.
   */
  async add(key: PublicKey, now: number): Promise<Parsed<PublicKey>> {
    const { fingerprint } = key;
    const held = this.#added.get(fingerprint) ?? this.#shipped.get(fingerprint);
    let merged: PublicKey;
    try {
      merged = held ? { fingerprint, key: (await held.key.update(key.key, new Date(now), strict)) as Key } : key;
    } catch (error) {
      return fault('BAD_KEY', 'key', printable(messageOf(error)));
    }
    if (!this.get(fingerprint) && [...this.#keys()].length >= keysMax) {
      return fault('TOO_MANY_KEYS', 'key', `would be one more than ${keysMax}`);
    }
    this.#added.set(fingerprint, merged);
    this.#removed.delete(fingerprint);
    return parsed(merged);
  }

  /** Takes in a revocation certificate, which gpg and `keys generate` put aside when they make a key. */
  async revoke(armored: string, now: number): Promise<Parsed<PublicKey>> {
    for (const held of armored.length > keyBytesMax ? [] : this.#keys()) {
      try {
        const options = { key: held.key, revocationCertificate: armored, date: new Date(now), config: lenient };
        const { publicKey } = await revokeKey({ ...options, format: 'object' });
        const revoked = { fingerprint: held.fingerprint, key: publicKey as Key };
        this.#added.set(held.fingerprint, revoked);
        return parsed(revoked);
      } catch {
        // It revokes another key, or none at all.
      }
    }
    return fault('BAD_REVOCATION', 'certificate', 'revokes none of the keys here');
  }

  /** Stops trusting a key; one that ships stays removed. False when there was none. */
  remove(fingerprint: string): boolean {
    if (!this.get(fingerprint)) return false;
    if (this.#shipped.has(fingerprint)) this.#removed.add(fingerprint);
    else this.#added.delete(fingerprint);
    return true;
  }

  choices(): KeyChoices {
    const added = [...this.#added].map(([fingerprint, key]) => [fingerprint, formatPublicKey(key)]);
    return { added: Object.fromEntries(added), removed: [...this.#removed] };
  }

  /** Checks the signature of a statement against the keys that are here and good now. */
  async verify(statement: Statement, now: number): Promise<Parsed<VerifiedStatement>> {
    const verified = await verifyStatement(statement, now, (id, print) => this.find(id, print), this.#deps.check);
    // The key may have been removed while its signature was being checked.
    if (verified.ok && !this.get(verified.value.fingerprint)) {
      return fault('UNKNOWN_KEY', 'signature', 'is by a key that was removed');
    }
    return verified;
  }

  /** Which signers count at `now`. Ask again when keys changed, and now and then, since keys expire. */
  async trustedAt(now: number): Promise<IsTrusted> {
    const good = new Map<string, Set<string>>();
    for (const { fingerprint, key } of this.#keys()) {
      const signers = new Set<string>();
      for (const signer of [key, ...key.subkeys]) {
        if ((await standingOf(key, signer, now)).state === 'good') signers.add(signer.getFingerprint());
      }
      good.set(fingerprint, signers);
    }
    return ({ fingerprint, signedBy }) => good.get(fingerprint)?.has(signedBy) ?? false;
  }
}
