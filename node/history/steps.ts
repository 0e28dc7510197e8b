// What differs between two lists, put together from steps that lead from the one to the other.
import { setImmediate as pause } from 'node:timers/promises';
import type { NotedChange } from './changes.ts';

/** A sixteenth of the servers is put in order before the event loop gets a turn: 10 ms at 100,000. */
const parts = 16;

export class Steps {
  /** By the first digit of the id. What it was before the first step, and what it is after the last. */
  readonly #parts = Array.from({ length: parts }, () => new Map<string, NotedChange>());

  /** The next step of a server. Of renewals alone comes a renewal. */
  add(id: string, before: string | undefined, after: string | undefined, isRenewal: boolean): void {
    const part = this.#parts[Number.parseInt(id[0]!, 16)]!;
    const known = part.get(id);
    part.set(id, {
      id,
      before: known ? known.before : before,
      after,
      isRenewal: isRenewal && known?.isRenewal !== false,
    });
  }

  /** Servers that are not in the end what they were at first, by id. */
  async result(): Promise<NotedChange[]> {
    const diffs: NotedChange[] = [];
    for (const part of this.#parts) {
      const some = [...part.values()].filter(({ before, after }) => before !== after);
      diffs.push(...some.sort((a, b) => (a.id < b.id ? -1 : 1)));
      await pause();
    }
    return diffs;
  }
}
