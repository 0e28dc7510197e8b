// The statements that this node keeps: judged when they come, stored before they are acted on, counted by whom it trusts.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { RollcallError } from '../base/errors.ts';
import { serial } from '../base/serial.ts';
import { accept, ignore, type Parsed, reject, type Verdict } from '../base/verdict.ts';
import { damaged } from '../history/damaged.ts';
import type { Store, Write } from '../history/store.ts';
import { readPublicKeys } from '../trust/key.ts';
import type { IsTrusted, Keyring } from '../trust/keyring.ts';
import { byRank, rollbackInForceMs, Statements, statedAt } from '../trust/order.ts';
import { parseStatement } from '../trust/statement.ts';
import { restoredStatement, type VerifiedStatement } from '../trust/verified.ts';
import { type KeysDeps, keyWrites, openKeyring } from './keys.ts';

export type StatementBookDeps = KeysDeps & {
  readonly store: Pick<Store, 'write' | 'entries'>;
  readonly listName: string;
  /** Statements or keys have changed: another one may be the latest. */
  readonly changed: () => void;
};

/** Refusals that an honest node may be in for: it knows other keys, or its clock is another. */
const honest = new Set(['UNKNOWN_KEY', 'KEY_EXPIRED', 'KEY_REVOKED', 'KEY_CANNOT_SIGN', 'KEY_WEAK', 'FROM_THE_FUTURE']);
/** Peers that are known to have a statement, so that its objects can be asked of them. */
const sourcesMax = 16;

export class StatementBook {
  readonly #deps: StatementBookDeps;
  /** Never changed, always replaced: by what the store already holds. */
  #keyring: Keyring;
  #statements: Statements;
  /** Peers that sent a statement, by digest. */
  readonly #sources = new Map<string, Set<string>>();
  #trusted: IsTrusted = () => false;
  /** The state is checked and replaced around a write. */
  readonly #inTurn = serial();

  private constructor(deps: StatementBookDeps, keyring: Keyring, statements: Statements) {
    this.#deps = deps;
    this.#keyring = keyring;
    this.#statements = statements;
  }

  /** @throws RollcallError STORE_DAMAGED: without a statement that it had, a node could be talked back to an older one */
  static async open(deps: StatementBookDeps): Promise<StatementBook> {
    const kept: VerifiedStatement[] = [];
    for await (const [digest, value] of deps.store.entries('statements')) {
      const verified = parseNote(value);
      if (verified?.statement.digest !== digest) throw damaged(`statement ${digest} cannot be read`);
      kept.push(verified);
    }
    const book = new StatementBook(deps, await openKeyring(deps), new Statements(kept));
    await book.refreshTrust();
    return book;
  }

  get listName(): string {
    return this.#deps.listName;
  }

  /** Keys expire: to be called now and then. */
  refreshTrust(): Promise<void> {
    return this.#inTurn(() => this.#refreshTrust());
  }

  isTrusted(verified: VerifiedStatement): boolean {
    return this.#trusted(verified);
  }

  /** The statement that should be in force. */
  latest(except: Except = nobody): VerifiedStatement | undefined {
    return this.#statements.latest(this.#trustedBut(except));
  }

  rollbackInForce(except: Except = nobody): VerifiedStatement | undefined {
    return this.#statements.rollbackInForce(this.#trustedBut(except), this.#deps.clock());
  }

  /** The best first. */
  all(): VerifiedStatement[] {
    return [...this.#statements].sort(byRank);
  }

  /** Raw commits for others: what counts here comes first, so that a fallen key cannot fill the answers. */
  toTell(): Uint8Array[] {
    const all = this.all();
    const [trusted, others] = [all.filter(it => this.#trusted(it)), all.filter(it => !this.#trusted(it))];
    return [...trusted, ...others].map(({ statement }) => statement.bytes);
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

  /** Whether one that came before this, within the time in which a rollback counts, never came here. */
  hasGapBelow(verified: VerifiedStatement): boolean {
    for (let at: VerifiedStatement | undefined = verified; at !== undefined; ) {
      const { previous } = at.statement;
      if (previous === null || statedAt(at) + rollbackInForceMs <= this.#deps.clock()) return false;
      at = this.get(previous);
    }
    return true;
  }

  /** Peers that may have what a statement's tree holds. */
  sources(digest: string): readonly string[] {
    return [...(this.#sources.get(digest) ?? [])];
  }

  /** Judges the raw commit of a statement; a new one is stored, synced, before it can have any effect. */
  async receive(bytes: Uint8Array, from: string): Promise<Verdict> {
    const { listName, clock } = this.#deps;
    const read = parseStatement(bytes);
    if (!read.ok) return reject(read.code);
    const { list, digest, sequence } = read.value;
    if (list !== listName) return reject('WRONG_LIST');
    if (this.get(digest)) {
      this.#source(digest, from);
      return ignore('KNOWN');
    }
    if (this.highest > 0 && sequence > this.highest + this.#statements.leapMax(clock())) return ignore('SEQUENCE_JUMP');
    const verified = await this.#keyring.verify(read.value, clock());
    if (verified.ok) return this.#inTurn(() => this.#take(verified.value, from));
    return honest.has(verified.code) ? ignore(verified.code) : reject(verified.code);
  }

  keys() {
    return this.#keyring.list(this.#deps.clock());
  }

  /**
   * Takes in armored public keys, or what is new about them, or a certificate that revokes one: all or nothing. Gives the
   * fingerprints. @throws RollcallError with the fault's code
   */
  async addKeys(armored: string): Promise<string[]> {
    const keys = await readPublicKeys(utf8(armored));
    const taken: string[] = [];
    await this.#changeKeys(async keyring => {
      const now = this.#deps.clock();
      if (keys.ok) for (const key of keys.value) taken.push(needed(await keyring.add(key, now)).fingerprint);
      else {
        const revoked = await keyring.revoke(armored, now);
        taken.push(needed(revoked.ok ? revoked : keys).fingerprint);
      }
    });
    return taken;
  }

  /** @throws RollcallError NO_SUCH_KEY */
  removeKey(fingerprint: string): Promise<void> {
    return this.#changeKeys(async keyring => {
      if (!keyring.remove(fingerprint)) throw new RollcallError('NO_SUCH_KEY', `no key ${fingerprint} is trusted here`);
    });
  }

  async #take(verified: VerifiedStatement, from: string): Promise<Verdict> {
    const { store, changed, log } = this.#deps;
    const { digest, kind, sequence } = verified.statement;
    const { signer, fingerprint } = verified;
    // The key may have been removed, or another copy taken, meanwhile.
    if (!this.#keyring.get(fingerprint)) return ignore('UNKNOWN_KEY');
    if (this.get(digest)) return ignore('KNOWN');
    const after = new Statements(this.#statements);
    const added = after.add(verified, after.leapMax(this.#deps.clock()));
    // Two of one key with one sequence are kept as proof; a third proves nothing more.
    if (added !== 'new') return ignore(added === 'known' ? 'EQUIVOCATION' : added);
    const forgotten = this.all().filter(({ statement }) => !after.get(statement.digest));
    await store.write([
      { space: 'statements', put: digest, value: formatNote(verified) },
      ...forgotten.map(({ statement }): Write => ({ space: 'statements', del: statement.digest })),
    ]);
    for (const { statement } of forgotten) this.#sources.delete(statement.digest);
    this.#statements = after;
    this.#source(digest, from);
    log(`${kind} ${sequence} by ${signer} (${fingerprint})`);
    await this.#refreshTrust();
    changed();
    return accept;
  }

  #changeKeys(change: (keyring: Keyring) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const { store, changed } = this.#deps;
      const keyring = await openKeyring(this.#deps);
      await change(keyring);
      await store.write(await keyWrites(store, keyring));
      this.#keyring = keyring;
      await this.#refreshTrust();
      changed();
    });
  }

  async #refreshTrust(): Promise<void> {
    this.#trusted = await this.#keyring.trustedAt(this.#deps.clock());
  }

  #trustedBut(except: Except): IsTrusted {
    return verified => this.#trusted(verified) && !except(verified as VerifiedStatement);
  }

  #source(digest: string, peer: string): void {
    const peers = this.#sources.get(digest) ?? new Set();
    this.#sources.set(digest, peers);
    if (peers.size < sourcesMax) peers.add(peer);
  }
}

function needed<T>(read: Parsed<T>): T {
  if (!read.ok) throw new RollcallError(read.code, read.message);
  return read.value;
}

type Except = (verified: VerifiedStatement) => boolean;
const nobody: Except = () => false;

/** A statement as it is stored: `{"commit":"dHJl…","fingerprint":"8d6f…","signedBy":"8d6f…","signer":"Ada Quist <…>"}`. */
const formatNote = ({ statement, fingerprint, signedBy, signer }: VerifiedStatement): Uint8Array =>
  utf8(JSON.stringify({ commit: Buffer.from(statement.bytes).toString('base64'), fingerprint, signedBy, signer }));

function parseNote(value: Uint8Array): VerifiedStatement | undefined {
  try {
    const { commit, ...names } = JSON.parse(fromUtf8(value)!);
    return restoredStatement(Uint8Array.from(Buffer.from(commit, 'base64')), names);
  } catch {
    return undefined;
  }
}
