// Brings the latest statement into force: examines it, makes the list what it says, and has that committed as a merge, which
// is written whole or not at all.
import { fromUtf8 } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import { type Clock, second } from '../base/time.ts';
import type { Parsed } from '../base/verdict.ts';
import type { Committer } from '../history/committer.ts';
import { batches } from '../history/diff.ts';
import type { Committed, History, WritesOf } from '../history/history.ts';
import type { Store } from '../history/store.ts';
import type { Change } from '../list/change.ts';
import type { ListRule } from '../list/deny.ts';
import type { Endorsed } from '../list/placement.ts';
import type { Verified } from '../records/verified.ts';
import { byRank } from '../trust/order.ts';
import type { DenyRule } from '../trust/policy.ts';
import type { QuotaRule } from '../trust/policy-quotas.ts';
import type { Statement } from '../trust/statement.ts';
import type { VerifiedStatement } from '../trust/verified.ts';
import { type ExamineDeps, type Examined, examine } from './examine.ts';
import { adoptionOf, type Force, forceOf, marksOf, noForce } from './force.ts';
import { withRoom } from './heap.ts';
import type { Live } from './live.ts';
import { floorWrites } from './load.ts';
import { type Recalled, recall, unknownOf } from './recall.ts';
import { Retries } from './retries.ts';
import type { StatementBook } from './statement-book.ts';
import { checkedFirstMax, forgedAmong, forgery } from './vouched.ts';

export type AdopterDeps = Pick<ExamineDeps, 'fetch' | 'serversMax' | 'pause' | 'peers'> & {
  readonly book: StatementBook;
  readonly live: Live;
  readonly history: Pick<History, 'write'>;
  /** Commits through `write`. */
  readonly committer: Pick<Committer, 'flush' | 'exclusively'>;
  /** Runs a task that leans on objects before a commit holds them. */
  readonly leaning: (task: () => Promise<void>) => Promise<void>;
  readonly store: Pick<Store, 'get' | 'write' | 'objects' | 'hasMany'>;
  /** Deny rules of this node's own, as they are now. */
  readonly ownRules: () => readonly ListRule[];
  readonly clock: Clock;
  readonly later: (delayMs: number, task: () => void) => void;
  /** Very much is about to come in at once: who keeps something of every server need not follow each step. */
  readonly applying: () => void;
  /** Another statement is in force, or none any more. Resolves when everybody knows. */
  readonly adopted: (commit: Committed, statement: VerifiedStatement | undefined) => Promise<void>;
  readonly log: (level: 'info' | 'warn', message: string) => void;
};

/** `pending`: the latest, not in force yet. */
export type AdoptionState = 'adopted' | 'pending' | 'superseded' | 'refused';

/** Servers moved before the event loop gets a turn: up to 80 µs each, with all who hear of it. */
const sliceMax = 200;
/**
 * A statement whose objects cannot be had is tried again with each peer that comes, and after this time: gossip passes it
 * on while the objects are still on their way to whoever did.
 */
const retryMinMs = 100;
const retryMaxMs = 15 * second;

export class Adopter {
  readonly #deps: AdopterDeps;
  #force = noForce;
  /** What the list follows already, while the history does not say so yet. */
  #uncommitted: Force | undefined;
  /** While a node starts: what was in force at its last stop. */
  #recalled: { readonly verified: VerifiedStatement; readonly tree: Recalled } | undefined;
  /**
   * Of what was in force at the last stop the store has lost something. The list keeps the places that it gave, so that nobody has to go
   * for what this machine forgot, until that or another is in force; or at once, when none is to be.
   */
  #isHalfRecalled = false;
  /** Checks of what was taken on a statement's word, one after the other. */
  #checks: Promise<void> = Promise.resolve();
  #checksLeft = 0;
  /** Why a statement can never be adopted, by digest. */
  readonly #refused = new Map<string, string>();
  /** Why the latest one is not in force yet. */
  #waitingFor = 'its objects are being fetched';
  #settling: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  readonly #retries: Retries;
  /** The latest when it was tried last. */
  #tried: VerifiedStatement | undefined;

  constructor(deps: AdopterDeps) {
    this.#deps = deps;
    const task = () => void this.settle();
    this.#retries = new Retries({ later: deps.later, task, minMs: retryMinMs, maxMs: retryMaxMs });
  }

  /** The statement in force. */
  get statement(): VerifiedStatement | undefined {
    return this.#force.verified;
  }

  /** Deny rules of the statement in force. */
  get policy(): readonly DenyRule[] {
    return this.#force.tree?.deny ?? [];
  }

  /** The same, with whose word it is. */
  maintainersRules(): readonly ListRule[] {
    const { verified } = this.#force;
    if (!verified) return [];
    const from = `${verified.statement.kind} ${verified.statement.sequence} by ${verified.signer}`;
    return this.policy.map(rule => ({ ...rule, from }));
  }

  /** Quota rules of the statement in force. */
  get quotas(): readonly QuotaRule[] {
    return this.#force.tree?.quotas ?? [];
  }

  /** Blob of each server that the statement in force lists. */
  get endorsed(): ReadonlyMap<string, string> {
    return this.#force.tree?.blobs ?? new Map();
  }

  /** The statement that is in force or should be: one that can never be adopted counts for nothing. */
  get latest(): VerifiedStatement | undefined {
    return this.#deps.book.latest(this.#isRefused);
  }

  stateOf(verified: VerifiedStatement): { state: AdoptionState; reason: string } {
    const { digest } = verified.statement;
    const refused = this.#refused.get(digest);
    if (refused !== undefined) return { state: 'refused', reason: refused };
    const isInForce = this.statement?.statement.digest === digest;
    if (isInForce && !this.#uncommitted) return { state: 'adopted', reason: 'in force' };
    if (!this.#deps.book.isTrusted(verified)) return { state: 'superseded', reason: 'its key is not trusted now' };
    if (isInForce || this.latest?.statement.digest === digest) return { state: 'pending', reason: this.#waitingFor };
    const better = this.statement ?? this.latest;
    return { state: 'superseded', reason: `statement ${better?.statement.sequence} is in force` };
  }

  /** At start, before the list is loaded: the servers that the statement lists which was in force at the last stop. */
  async recall(): Promise<Endorsed> {
    const { store, book } = this.#deps;
    const digest = await store.get('refs', 'statement');
    const verified = digest && book.get(fromUtf8(digest) ?? '');
    const tree = verified && (await recall(verified.statement, this.#deps));
    this.#recalled = verified && tree?.ok ? { verified, tree: tree.value } : undefined;
    return this.#recalled?.tree.blobs ?? this.endorsed;
  }

  /**
   * At start, before anything is shown: what was in force at the last stop is in force again. Whether a newer one has come
   * is for `settle` to see.
   */
  async resume(): Promise<void> {
    const { store, live } = this.#deps;
    const recalled = this.#recalled;
    this.#recalled = undefined;
    const vouched = recalled && (await unknownOf(recalled.tree, this.#deps, live.list));
    if (vouched?.ok) {
      const { verified, tree } = recalled!;
      const examined = { ...tree, vouched: vouched.value };
      await this.#apply(
        await forceOf(verified, examined, this.#rollbackUnder(verified), this.#examining()),
        vouched.value,
      );
    } else {
      this.#isHalfRecalled = (await store.get('refs', 'statement')) !== undefined;
      live.list.setRules(this.#rules());
    }
    if (!(await store.get('refs', 'unchecked'))) return;
    // Who waits for a place may get one, and who is barred may be let in: then nobody asks any more.
    const known = live.list.ids().map(id => live.list.held(id)!);
    this.#checkBehind([...new Set([...known, ...(vouched?.ok ? vouched.value : [])])]);
  }

  /** Resolves when all that was taken on a statement's word has been checked. */
  get checked(): Promise<void> {
    return this.#checks;
  }

  /** Makes the latest trusted statement the one in force, if it is not. Resolves when that is done or has to wait. */
  settle(): Promise<void> {
    this.#again = true;
    this.#settling ??= this.#loop().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  /** What is on its way does not come into force any more: the next start begins anew. Resolves when the store is needed no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#settling;
    await this.#checks;
  }

  /**
   * Commits the list as it stands: as a merge when another statement has come into force since the last commit. What `each`
   * gives for some of the changes is written in the same batch.
   */
  async write(changes: readonly Change[], each: WritesOf = () => []): Promise<Committed> {
    const { history, live, clock, adopted, log } = this.#deps;
    const now = clock();
    const force = this.#uncommitted;
    const commit = await history.write(
      live.tree,
      changes,
      now,
      force ? marksOf(force) : [],
      force && adoptionOf(force),
      some => [...floorWrites(some, live, now), ...each(some)],
    );
    if (!force) return commit;
    this.#uncommitted = undefined;
    // It is on disk: whoever fails to hear of it must not have it written again.
    await adopted(commit, force.verified).catch(error =>
      log('warn', `${commit.summary}: whoever was told of it failed: ${messageOf(error)}`),
    );
    return commit;
  }

  /** Whether a statement may come into force, and all that it brings. */
  examine(statement: Statement): Promise<Parsed<Examined>> {
    return examine(statement, this.#examining());
  }

  async #loop(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const { latest } = this;
      if (latest !== this.#tried) this.#retries.reset();
      this.#tried = latest;
      try {
        await this.#deps.leaning(() => this.#settle(latest));
      } catch (error) {
        this.#wait(messageOf(error));
        this.#deps.log('warn', `statement ${latest?.statement.sequence} cannot be adopted yet: ${messageOf(error)}`);
      }
    }
  }

  async #settle(latest: VerifiedStatement | undefined): Promise<void> {
    const { verified, rollback } = this.#force;
    const isInForce = latest === verified && rollback === (latest && this.#rollbackUnder(latest));
    if (isInForce && (latest || !this.#isHalfRecalled)) {
      if (this.#uncommitted) await this.#commit(async () => {}, true);
    } else if (latest) await withRoom(came => this.#adopt(latest, came));
    else await this.#enforce(noForce, []);
  }

  async #adopt(latest: VerifiedStatement, came: (announcements: number) => void): Promise<void> {
    // What is listed and not committed yet is then in the store too, and need not be fetched.
    await this.#deps.committer.flush();
    const examined = await examine(latest.statement, { ...this.#examining(), came });
    if (this.#stopped) return;
    if (!examined.ok && examined.code === 'OBJECTS_MISSING') return this.#wait(examined.message);
    if (!examined.ok) return this.#refuse(latest, examined.message);
    const force = await forceOf(latest, examined.value, this.#rollbackUnder(latest), this.#examining());
    // A newer one may have come, or its key may have gone, while objects were on their way.
    if (this.latest === latest && this.#rollbackUnder(latest) === force.rollback)
      await this.#enforce(force, examined.value.vouched);
    else this.#again = true;
  }

  async #enforce(force: Force, vouched: readonly Verified[]): Promise<void> {
    // The same statement under another rollback is no news to the history; the end of one that it says is in force is.
    const isNew = force.verified !== this.#force.verified || this.#isHalfRecalled;
    const apply = async () => {
      await this.#apply(force, vouched);
      if (isNew) this.#uncommitted = force;
    };
    await this.#commit(apply, isNew);
    if (force.isUnchecked) this.#checkBehind(vouched);
  }

  async #commit(task: () => Promise<void>, always: boolean): Promise<void> {
    if (!(await this.#deps.committer.exclusively(task, always))) this.#wait('it could not be written to the store');
  }

  /** Makes the list what the statement, the rollback in force and all deny rules say. Nothing here can fail half way. */
  async #apply(force: Force, vouched: readonly Verified[]): Promise<void> {
    const { live, pause, clock, applying } = this.#deps;
    const { list } = live;
    const now = clock();
    this.#force = force;
    this.#isHalfRecalled = false;
    if (vouched.length > checkedFirstMax) applying();
    list.setRules(this.#rules());
    list.setBaseline(force.baseline);
    list.setOrder(this.endorsed, this.quotas, now);
    await this.#dropUnwelcome(now);
    while (!list.isSettled) {
      live.changed(list.settle());
      await pause();
    }
    for (const batch of batches(vouched, sliceMax)) {
      live.changed(batch.flatMap(item => list.admit(item, now).changes));
      await pause();
    }
  }

  /** Puts deny rules in force that have changed; gives how many servers players no longer see. */
  async enforceRules(): Promise<number> {
    this.#deps.live.list.setRules(this.#rules());
    return this.#dropUnwelcome(this.#deps.clock());
  }

  #rules(): readonly ListRule[] {
    return [...this.#deps.ownRules(), ...this.maintainersRules()];
  }

  async #dropUnwelcome(now: number): Promise<number> {
    const { live, pause } = this.#deps;
    const { list } = live;
    let seen = 0;
    for (const batch of batches(list.ids(), sliceMax)) {
      const unwelcome = batch.filter(id => list.unwelcome(id, now));
      seen += unwelcome.filter(id => list.listed.get(id)?.announcement.state === 'up').length;
      live.changed(unwelcome.flatMap(id => list.drop(id)));
      await pause();
    }
    return seen;
  }

  #checkBehind(vouched: readonly Verified[]): void {
    this.#checksLeft++;
    const check = this.#checks.then(() => this.#check(vouched));
    this.#checks = check.catch(error =>
      this.#deps.log('info', `announcements that a statement vouches for are left to check: ${messageOf(error)}`),
    );
  }

  /** What its announcer never signed goes, and the statement that vouched for it. */
  async #check(vouched: readonly Verified[]): Promise<void> {
    const { live, book, store, pause, log } = this.#deps;
    const forged: Verified[] = [];
    for (const batch of batches(vouched, checkedFirstMax)) {
      forged.push(...(await forgedAmong(batch, book.listName, pause)));
      // The rest is for the next start, which finds the mark.
      if (this.#stopped) return;
    }
    for (const { id, oid } of forged) if (live.list.held(id)?.oid === oid) live.changed(live.list.drop(id));
    const inForce = forged.find(({ id, oid }) => this.endorsed.get(id) === oid);
    if (this.statement && inForce) {
      this.#refuse(this.statement, forgery(inForce));
      await this.settle();
    }
    if (--this.#checksLeft === 0) await store.write([{ space: 'refs', del: 'unchecked' }]);
    if (forged.length === 0) log('info', `all ${vouched.length} signatures that a statement vouched for are good`);
  }

  readonly #isRefused = ({ statement }: VerifiedStatement): boolean => this.#refused.has(statement.digest);

  /** The rollback that bounds the list under a statement: itself, or the best before it. */
  #rollbackUnder(verified: VerifiedStatement): VerifiedStatement | undefined {
    return this.#deps.book.rollbackInForce(other => this.#isRefused(other) || byRank(other, verified) < 0);
  }

  #wait(why: string): void {
    this.#waitingFor = why;
    this.#retries.again();
  }

  #refuse({ statement }: VerifiedStatement, why: string): void {
    this.#refused.set(statement.digest, why);
    this.#deps.log('warn', `${statement.kind} ${statement.sequence} is not adopted: ${why}`);
    this.#again = true;
  }

  #examining(): ExamineDeps {
    const { book, live } = this.#deps;
    return { ...this.#deps, list: live.list, listName: book.listName, sources: digest => book.sources(digest) };
  }
}
