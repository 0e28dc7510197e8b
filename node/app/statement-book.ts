// The statements that this node keeps: judged when they come, stored before they are acted on, counted by whom it trusts.

import { fromUtf8, utf8 } from '../base/bytes.ts';
import { messageOf, RollcallError } from '../base/errors.ts';
import type { Clock } from '../base/time.ts';
import { accept, ignore, reject, type Verdict } from '../base/verdict.ts';
import type { Store, Write } from '../history/store.ts';
import type { PublicKey } from '../trust/key.ts';
import { readPublicKeys } from '../trust/key.ts';
import { type IsTrusted, Keyring } from '../trust/keyring.ts';
import { Statements } from '../trust/order.ts';
import { parseStatement } from '../trust/statement.ts';
import { restoredStatement, type VerifiedStatement } from '../trust/verified.ts';

export type StatementBookDeps = {
  readonly store: Pick<Store, 'write' | 'entries'>;
  /** Keys that ship with the release. */
  readonly shipped: readonly PublicKey[];
  readonly listName: string;
  readonly clock: Clock;
  /** Statements or keys have changed: another one may be the latest. */
  readonly changed: () => void;
  readonly log: (message: string) => void;
};

/** Refusals that an honest node may be in for: it knows other keys, or its clock is another. */
const honest = new Set(['UNKNOWN_KEY', 'KEY_EXPIRED', 'KEY_REVOKED', 'KEY_CANNOT_SIGN', 'KEY_WEAK', 'FROM_THE_FUTURE']);
/** Peers that are known to have a statement, so that its objects can be asked of them. */
const sourcesMax = 16;

export class StatementBook {
  readonly #deps: StatementBookDeps;
  readonly #keyring: Keyring;
  readonly #statements: Statements;
  /** Peers that sent a statement, by digest. */
  readonly #sources = new Map<string, Set<string>>();
  #trusted: IsTrusted = () => false;

  private constructor(deps: StatementBookDeps, keyring: Keyring, statements: Statements) {
    this.#deps = deps;
    this.#keyring = keyring;
    this.#statements = statements;
  }

  static async open(deps: StatementBookDeps): Promise<StatementBook> {
    const { store, shipped, clock } = deps;
    const added: PublicKey[] = [];
    const removed: string[] = [];
    for await (const [fingerprint, value] of store.entries('keys')) {
      if (value.length === 0) removed.push(fingerprint);
      else {
        const keys = await readPublicKeys(value);
        if (keys.ok) added.push(...keys.value);
      }
    }
    const kept: VerifiedStatement[] = [];
    for await (const [, value] of store.entries('statements')) {
      const { commit, ...names } = JSON.parse(fromUtf8(value)!);
      const statement = restoredStatement(Buffer.from(commit, 'base64'), names);
      if (statement) kept.push(statement);
    }
    const keyring = await Keyring.open(shipped, { added, removed }, clock());
    const book = new StatementBook(deps, keyring, new Statements(kept));
    await book.refreshTrust();
    return book;
  }

  /** Keys expire: to be called now and then, and whenever keys have changed. */
  async refreshTrust(): Promise<void> {
    this.#trusted = await this.#keyring.trustedAt(this.#deps.clock());
  }

  isTrusted(verified: VerifiedStatement): boolean {
    return this.#trusted(verified);
  }

  /** The statement that should be in force. */
  latest(except?: (verified: VerifiedStatement) => boolean): VerifiedStatement | undefined {
    return this.#statements.latest(verified => this.#trusted(verified) && !except?.(verified as VerifiedStatement));
  }

  rollbackInForce(except?: (verified: VerifiedStatement) => boolean): VerifiedStatement | undefined {
    const trusted: IsTrusted = verified => this.#trusted(verified) && !except?.(verified as VerifiedStatement);
    return this.#statements.rollbackInForce(trusted, this.#deps.clock());
  }

  /** The best first. */
  all(): VerifiedStatement[] {
    return [...this.#statements].sort((a, b) => b.statement.sequence - a.statement.sequence);
  }

  get(digest: string): VerifiedStatement | undefined {
    return this.#statements.get(digest);
  }

  get highest(): number {
    return this.#statements.highest;
  }

  equivocations() {
    return this.#statements.equivocations();
  }

  /** Peers that may have what a statement's tree holds. */
  sources(digest: string): readonly string[] {
    return [...(this.#sources.get(digest) ?? [])];
  }

  /** Judges the raw commit of a statement; a new one is stored, synced, before it can have any effect. */
  async receive(bytes: Uint8Array, from: string): Promise<Verdict> {
    const { listName, clock, store, changed, log } = this.#deps;
    const read = parseStatement(bytes);
    if (!read.ok) return reject(read.code);
    const { list, digest, sequence } = read.value;
    if (list !== listName) return reject('WRONG_LIST');
    if (this.#statements.get(digest)) {
      this.#source(digest, from);
      return ignore('KNOWN');
    }
    const leapMax = this.#statements.leapMax(clock());
    if (this.#statements.highest > 0 && sequence > this.#statements.highest + leapMax) return ignore('SEQUENCE_JUMP');
    const verified = await this.#keyring.verify(read.value, clock());
    if (!verified.ok) return honest.has(verified.code) ? ignore(verified.code) : reject(verified.code);
    const added = this.#statements.add(verified.value, leapMax);
    if (added !== 'new') return ignore(added === 'known' ? 'KNOWN' : added);
    const { fingerprint, signedBy, signer } = verified.value;
    const note = { commit: Buffer.from(bytes).toString('base64'), fingerprint, signedBy, signer };
    await store.write([
      { space: 'statements', put: digest, value: utf8(JSON.stringify(note)) },
      ...(await this.#forgotten()),
    ]);
    this.#source(digest, from);
    log(`${read.value.kind} ${sequence} by ${signer} (${fingerprint})`);
    await this.refreshTrust();
    changed();
    return accept;
  }

  keys() {
    return this.#keyring.list(this.#deps.clock());
  }

  /** Adds armored public keys, or what is new about them. @throws RollcallError with the fault's code */
  async addKeys(armored: string): Promise<string[]> {
    const keys = await readPublicKeys(utf8(armored));
    if (!keys.ok) throw new RollcallError(keys.code, keys.message);
    for (const key of keys.value) {
      const added = await this.#keyring.add(key, this.#deps.clock());
      if (!added.ok) throw new RollcallError(added.code, added.message);
    }
    await this.#keysChanged();
    return keys.value.map(({ fingerprint }) => fingerprint);
  }

  /** @throws RollcallError NO_SUCH_KEY */
  async removeKey(fingerprint: string): Promise<void> {
    if (!this.#keyring.remove(fingerprint))
      throw new RollcallError('NO_SUCH_KEY', `no key ${fingerprint} is trusted here`);
    await this.#keysChanged();
  }

  async #keysChanged(): Promise<void> {
    const { added, removed } = this.#keyring.choices();
    const writes: Write[] = [];
    for await (const [fingerprint] of this.#deps.store.entries('keys'))
      writes.push({ space: 'keys', del: fingerprint });
    for (const [fingerprint, armored] of Object.entries(added))
      writes.push({ space: 'keys', put: fingerprint, value: utf8(armored) });
    for (const fingerprint of removed) writes.push({ space: 'keys', put: fingerprint, value: new Uint8Array() });
    await this.#deps.store.write(writes);
    await this.refreshTrust();
    this.#deps.changed();
  }

  /** Statements that are stored and no longer kept. */
  async #forgotten(): Promise<Write[]> {
    const writes: Write[] = [];
    for await (const [digest] of this.#deps.store.entries('statements')) {
      if (!this.#statements.get(digest)) writes.push({ space: 'statements', del: digest });
    }
    return writes;
  }

  #source(digest: string, peer: string): void {
    const peers = this.#sources.get(digest) ?? new Set();
    this.#sources.set(digest, peers);
    if (peers.size < sourcesMax) peers.add(peer);
  }
}

/** Never throws: a file that is no key is reported and left out. */
export async function readShippedKeys(
  files: readonly { name: string; bytes: Uint8Array }[],
  log: (message: string) => void,
): Promise<PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const { name, bytes } of files) {
    try {
      const read = await readPublicKeys(bytes);
      if (read.ok) keys.push(...read.value);
      else log(`${name} is no key: ${read.message}`);
    } catch (error) {
      log(`${name} cannot be read: ${messageOf(error)}`);
    }
  }
  return keys;
}
