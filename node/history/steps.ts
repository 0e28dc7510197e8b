// What differs between two lists, put together from steps that lead from the one to the other.
import { setImmediate as pause } from 'node:timers/promises';
import type { BlobDiff } from './diff.ts';

/** A sixteenth of the servers is put in order before the event loop gets a turn: 10 ms at 100,000. */
const parts = 16;

export class Steps {
  /** By the first digit of the id. What it was before the first step, and what it is after the last. */
  readonly #parts = Array.from({ length: parts }, () => new Map<string, BlobDiff>());

  /** The next step of a server. */
  add(id: string, before: string | undefined, after: string | undefined): void {
    const part = this.#parts[Number.parseInt(id[0]!, 16)]!;
    const known = part.get(id);
    part.set(id, { id, before: known ? known.before : before, after });
  }

  /** Servers that are not in the end what they were at first, by id. */
  async result(): Promise<BlobDiff[]> {
    const diffs: BlobDiff[] = [];
    for (const part of this.#parts) {
      const some = [...part.values()].filter(({ before, after }) => before !== after);
      diffs.push(...some.sort((a, b) => (a.id < b.id ? -1 : 1)));
      await pause();
    }
    return diffs;
  }
}
