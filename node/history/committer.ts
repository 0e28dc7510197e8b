// Gathers changes of the list and commits them: after a while, or at once when there are many.
import type { Change } from '../list/change.ts';
import type { Verified } from '../records/verified.ts';
import type { Committed } from './history.ts';

export type CommitterDeps = {
  /** Writes the tree as it stands, with the changes that led there. */
  readonly write: (changes: readonly Change[]) => Promise<Committed>;
  /** The server as listed now. */
  readonly listed: (id: string) => Verified | undefined;
  readonly intervalMs: number;
  readonly changesMax: number;
  /** Calls `task` after `delayMs`, unless the signal has aborted. */
  readonly later: (delayMs: number, task: () => void) => void;
  readonly committed: (commit: Committed) => void;
  /** A commit failed; its changes are kept and tried again. */
  readonly failed: (error: unknown) => void;
};

export class Committer {
  readonly #deps: CommitterDeps;
  /** What the last commit holds of each server that has changed since. */
  #pending = new Map<string, Verified | undefined>();
  #running: Promise<void> | undefined;
  #scheduled = false;

  constructor(deps: CommitterDeps) {
    this.#deps = deps;
  }

  /** Servers that have changed since the last commit. */
  get pending(): number {
    return this.#pending.size;
  }

  note(changes: readonly Change[]): void {
    for (const { id, before } of changes) if (!this.#pending.has(id)) this.#pending.set(id, before);
    if (this.#pending.size === 0) return;
    if (this.#pending.size >= this.#deps.changesMax) this.#soon(0);
    else this.#soon(this.#deps.intervalMs);
  }

  /** Commits all that is pending now; resolves when it is on disk. */
  async flush(): Promise<void> {
    while (this.#running || this.#pending.size > 0) {
      const before = this.#pending.size;
      await this.#run();
      // A write that fails is reported and tried again later, not here for ever.
      if (this.#pending.size > 0 && this.#pending.size >= before && !this.#running) return;
    }
  }

  #soon(delayMs: number): void {
    if (delayMs > 0 && this.#scheduled) return;
    if (delayMs > 0) this.#scheduled = true;
    this.#deps.later(delayMs, () => {
      if (delayMs > 0) this.#scheduled = false;
      void this.#run();
    });
  }

  #run(): Promise<void> {
    this.#running ??= this.#commit().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #commit(): Promise<void> {
    const taken = this.#pending;
    this.#pending = new Map();
    const changes: Change[] = [];
    for (const [id, before] of taken) {
      const after = this.#deps.listed(id);
      if (before?.oid !== after?.oid) changes.push({ id, before, after });
    }
    if (changes.length === 0) return;
    try {
      this.#deps.committed(await this.#deps.write(changes));
    } catch (error) {
      for (const [id, before] of taken) this.#pending.set(id, before);
      this.#deps.failed(error);
      this.#soon(this.#deps.intervalMs);
    }
    // More may have come meanwhile than one interval should wait for.
    if (this.#pending.size >= this.#deps.changesMax) this.#soon(0);
  }
}
