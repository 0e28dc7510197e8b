// Lets history older than `history.keepMs` go, up to a checkpoint that was adopted: so that it begins with a list that a
// maintainer signed. Each step can be broken off at any point; the next run goes on.
import { messageOf } from '../base/errors.ts';
import { type Clock, day, hour, minute, type Ticker } from '../base/time.ts';
import {
  adoptedFrom,
  type Beginning,
  beginWith,
  forgetOlder,
  newestBeginning,
  oldestOf,
} from '../history/beginning.ts';
import type { Committer } from '../history/committer.ts';
import { Leases } from '../history/leases.ts';
import type { Store } from '../history/store.ts';
import { sweep } from '../history/sweep.ts';
import { rollbackInForceMs, statedAt } from '../trust/order.ts';
import type { VerifiedStatement } from '../trust/verified.ts';
import type { Adopter } from './adopter.ts';
import type { StatementBook } from './statement-book.ts';

export type RetentionDeps = {
  readonly store: Store;
  /** 0: for ever. */
  readonly keepMs: number;
  readonly committer: Pick<Committer, 'heldBack'>;
  readonly book: Pick<StatementBook, 'all'>;
  readonly adopter: Pick<Adopter, 'statement'>;
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
};

export type RetentionState = {
  /** When the oldest commit that is kept was made; null before the first. */
  readonly oldestAtMs: number | null;
  /** Older ones went. */
  readonly isShallow: boolean;
  /** Older ones should go, and no checkpoint was adopted that the history could begin with. */
  readonly isWaiting: boolean;
};

/** Each time all that is kept is walked once, so the history begins a day later at least. */
const stepMaxMs = day;
/** Looking costs a few reads. */
const everyMs = hour;
const firstRunMs = minute;
/** A draft is signed within this time, or made again: its objects are kept for so long. */
const draftMs = day;
/** More drafts than people make in a day; a root tree and what it changes are a few KB each. */
const draftsMax = 64;

export class Retention {
  readonly #deps: RetentionDeps;
  readonly #leases = new Leases();
  #running: Promise<void> | undefined;
  /** When drafts were made, by their root trees, oldest first. */
  readonly #drafts = new Map<string, number>();
  #state: RetentionState = { oldestAtMs: null, isShallow: false, isWaiting: false };

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  get state(): RetentionState {
    return this.#state;
  }

  /** Runs a task that leans on objects before a commit holds them. */
  leaning<T>(task: () => Promise<T>): Promise<T> {
    return this.#leases.use(task);
  }

  /** Runs a task that makes a draft, and keeps what its tree holds until it can be signed. */
  drafting<T extends { readonly tree: string }>(task: () => Promise<T>): Promise<T> {
    return this.leaning(async () => {
      const draft = await task();
      this.#drafts.delete(draft.tree);
      this.#drafts.set(draft.tree, this.#deps.clock());
      if (this.#drafts.size > draftsMax) this.#drafts.delete(this.#drafts.keys().next().value!);
      return draft;
    });
  }

  /** Looks soon after the start, when others have been heard, and then now and then. Ends when the signal aborts. */
  start(later: (delayMs: number, task: () => void) => void, every: Ticker, signal: AbortSignal): void {
    const task = () =>
      this.run().catch(error => {
        // Once the node has stopped there is no store any more: the rest is for the next start.
        if (!signal.aborted) this.#deps.log('error', `cannot let old history go: ${messageOf(error)}`);
      });
    later(firstRunMs, () => void task());
    every(everyMs, task, signal);
  }

  /** Looks whether something is to go, and lets it go. Resolves when that is done. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { store, pause, log } = this.#deps;
    await this.#begin();
    if ((await store.get('refs', 'sweeping')) === undefined) return;
    await forgetOlder(store, pause);
    const alone = <T>(task: () => Promise<T>) => this.#alone(task);
    const sweeping = { store, alone, leanedOn: () => this.#leanedOn(), pause };
    let [commits, objects] = [0, 0];
    for (let isDone = false; !isDone; ) {
      const swept = await sweep(sweeping);
      isDone = swept === undefined;
      commits += swept?.commits ?? 0;
      objects += swept?.objects ?? 0;
    }
    await store.write([{ space: 'refs', del: 'sweeping' }]);
    log('info', `${commits} commits and ${objects} objects older than history.keepMs have gone`);
  }

  async #begin(): Promise<void> {
    const { store, keepMs, clock } = this.#deps;
    const oldest = await oldestOf(store);
    const isShallow = oldest !== undefined && (await store.get('cuts', oldest.oid)) !== undefined;
    const isDue = keepMs > 0 && oldest !== undefined && oldest.atMs <= clock() - keepMs - Math.min(keepMs, stepMaxMs);
    const next = isDue ? await newestBeginning(store, clock() - keepMs) : undefined;
    const isNews = next !== undefined && next.height > oldest!.height;
    if (isNews) await this.#beginWith(next);
    this.#tell({
      oldestAtMs: (isNews ? next : oldest)?.atMs ?? null,
      isShallow: isShallow || isNews,
      isWaiting: isDue && !isNews,
    });
  }

  async #beginWith(beginning: Beginning): Promise<void> {
    const { store, log } = this.#deps;
    const adopted = new Set<string>();
    // Most of the log while commits go on.
    const height = await adoptedFrom(store, beginning.height + 1, adopted);
    await this.#alone(async () => {
      await adoptedFrom(store, height, adopted);
      await beginWith(beginning, adopted, store);
    });
    log('info', `the history begins with ${beginning.oid} of ${new Date(beginning.atMs).toISOString()} now`);
  }

  #tell(state: RetentionState): void {
    if (state.isWaiting && !this.#state.isWaiting) {
      this.#deps.log(
        'warn',
        'the history grows beyond history.keepMs: no checkpoint was adopted here that it could begin with',
      );
    }
    this.#state = state;
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#leases.alone(() => this.#deps.committer.heldBack(task));
  }

  /**
   * Trees that may be needed though no commit holds them: of the statement in force and of rollbacks in force; of the best
   * of each key, for when another key falls; and of drafts.
   */
  async #leanedOn(): Promise<string[]> {
    const { store, book, adopter, clock } = this.#deps;
    const all = book.all();
    const here = await store.hasMany(
      'objects',
      all.map(({ statement }) => statement.tree),
    );
    const best = new Map<string, VerifiedStatement>();
    const needed = all.filter((it, i) => {
      const isBest = here[i] && !best.has(it.fingerprint);
      if (isBest) best.set(it.fingerprint, it);
      return isBest || (it.statement.kind === 'rollback' && clock() < statedAt(it) + rollbackInForceMs);
    });
    for (const [tree, atMs] of this.#drafts) if (atMs + draftMs < clock()) this.#drafts.delete(tree);
    if (adopter.statement) needed.push(adopter.statement);
    return [...needed.map(({ statement }) => statement.tree), ...this.#drafts.keys()];
  }
}
