// Gathers changes of the list and commits them: after a while, or at once when there are many.
import { second } from '../base/time.ts';
import type { Change } from '../list/change.ts';
import type { Committed } from './history.ts';

export type CommitterDeps = {
  /** Writes the tree as it stands, with the changes that led there. @throws only when that is not on disk */
  readonly write: (changes: readonly Change[]) => Promise<Committed>;
  /** The commit that was written last. */
  readonly head: () => string | undefined;
  readonly intervalMs: number;
  readonly changesMax: number;
  /** Calls `task` after `delayMs`, unless the signal has aborted. */
  readonly later: (delayMs: number, task: () => void) => void;
  readonly committed: (commit: Committed) => void;
  /** Whoever was told of a commit failed; it is on disk all the same. */
  readonly unheard: (error: unknown) => void;
  /** A commit failed; its changes are kept and tried again. */
  readonly failed: (error: unknown) => void;
};

/** `since`: undefined before the first commit. */
export type Uncommitted = { readonly since: string | undefined; readonly changes: readonly Change[] };

/**
 * After a commit of twice as many changes as make one, or more, the next waits so long: each writes the trees above what
 * changed, and while a newcomer takes a large list, or in a flood, that is most of the list's trees, again and again.
 */
export const burstMs = 5 * second;

/** By id. What a server is now is noted with it: to look 100,000 up when they are committed held the event loop for 40 ms. */
type Pending = Map<string, Change>;

export class Committer {
  readonly #deps: CommitterDeps;
  /** How each server has changed since the last commit took it. */
  #pending: Pending = new Map();
  /** What the commit that is being written takes. */
  #taken: Pending = new Map();
  /** The commit before that one. */
  #before: string | undefined;
  /** Gives whether the commit is on disk. */
  #running: Promise<boolean> | undefined;
  /** Delays for which a timer runs: one timer each. */
  readonly #waitingMs = new Set<number>();
  #failing = false;
  /** More came in than the last commit waited for. */
  #isBurst = false;

  constructor(deps: CommitterDeps) {
    this.#deps = deps;
  }

  /** Servers that have changed since the last commit that is on disk. */
  get pending(): number {
    const [few, many] = [this.#taken, this.#pending].sort((a, b) => a.size - b.size) as [Pending, Pending];
    // Asked for with each status, and a newcomer commits 100,000.
    return many.size + few.keys().reduce((alone, id) => alone + (many.has(id) ? 0 : 1), 0);
  }

  /** What they changed to since a commit: while one is written, and until everybody has heard of it, since the one before. */
  uncommitted(): Uncommitted {
    const all = new Map(this.#taken);
    for (const change of this.#pending.values()) add(all, change);
    return { since: this.#taken.size > 0 ? this.#before : this.#deps.head(), changes: changesOf(all) };
  }

  note(changes: readonly Change[]): void {
    for (const change of changes) add(this.#pending, change);
    this.#schedule();
  }

  /** Commits all that is pending; resolves when it is on disk, or when a write failed: that is tried again later, not here. */
  async flush(): Promise<void> {
    while (this.#running || this.#pending.size > 0) if (!(await this.#run())) return;
  }

  /**
   * Keeps commits back while `task` changes the list as a whole, then commits what it did; with `always` even when that is
   * nothing. Gives whether it is on disk: what failed is kept and tried again. @throws what the task throws
   */
  async exclusively(task: () => Promise<void>, always: boolean): Promise<boolean> {
    while (this.#running) await this.#running;
    const run = task().then(() => this.#commit(always));
    void this.#occupy(run.catch(() => false));
    return run;
  }

  /** Keeps commits back while `task` runs; what gathers meanwhile is committed when it is due. @throws what the task throws */
  async heldBack<T>(task: () => Promise<T>): Promise<T> {
    while (this.#running) await this.#running;
    const run = task();
    void this.#occupy(
      run.then(
        () => true,
        () => false,
      ),
    );
    return run;
  }

  #schedule(): void {
    if (this.#pending.size === 0) return;
    const { intervalMs, changesMax, later } = this.#deps;
    // A full disk is not asked again with every change.
    const isDue = this.#pending.size >= changesMax && !this.#failing;
    const delayMs = isDue ? Math.min(this.#isBurst ? burstMs : 0, intervalMs) : intervalMs;
    if (this.#waitingMs.has(delayMs)) return;
    this.#waitingMs.add(delayMs);
    later(delayMs, () => {
      this.#waitingMs.delete(delayMs);
      void this.#run();
    });
  }

  #run(): Promise<boolean> {
    return this.#running ?? this.#occupy(this.#commit());
  }

  #occupy(run: Promise<boolean>): Promise<boolean> {
    this.#running = run.finally(() => {
      this.#running = undefined;
      // What came meanwhile may have seen its timer go off in vain.
      this.#schedule();
    });
    return this.#running;
  }

  #putBack(taken: Pending): void {
    const since = this.#pending;
    this.#pending = taken;
    for (const change of since.values()) add(taken, change);
  }

  async #commit(always = false): Promise<boolean> {
    const taken = this.#pending;
    this.#pending = new Map();
    const changes = changesOf(taken);
    if (changes.length === 0 && !always) return true;
    let commit: Committed;
    this.#taken = taken;
    this.#before = this.#deps.head();
    try {
      commit = await this.#deps.write(changes);
    } catch (error) {
      this.#putBack(taken);
      this.#failing = true;
      this.#deps.failed(error);
      return false;
    } finally {
      this.#taken = new Map();
    }
    this.#failing = false;
    this.#isBurst = changes.length >= 2 * this.#deps.changesMax;
    try {
      this.#deps.committed(commit);
    } catch (error) {
      this.#deps.unheard(error);
    }
    return true;
  }
}

/** What comes after what is held already. */
function add(pending: Pending, change: Change): void {
  const held = pending.get(change.id);
  pending.set(change.id, held ? { ...change, before: held.before } : change);
}

const changesOf = (pending: Pending): Change[] =>
  [...pending.values()].filter(({ before, after }) => before?.oid !== after?.oid);
