// Who joined, left and changed, a step at a time: counted from the log once, then from what was committed since.
import type { SeriesSpan } from '../api/port.ts';
import { serial } from '../base/serial.ts';
import { heightOfLog, type LogEntry, readLog } from '../history/log.ts';
import type { Store } from '../history/store.ts';
import { spanNames, spans } from './series-columns.ts';

export type Changes = { joined: number[]; left: number[]; changed: number[] };

/** Log entries read in one go. */
const pageMax = 2_000;

type Counts = [joined: number, left: number, changed: number];

export class ChangeCounts {
  readonly #store: Store;
  readonly #bySpan = new Map<SeriesSpan, Map<number, Counts>>(spanNames.map(span => [span, new Map()]));
  /** The newest commit that is counted. */
  #height = 0;
  readonly #inTurn = serial();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Of the steps from `first` to `last`. */
  async of(span: SeriesSpan, first: number, last: number, nowMs: number): Promise<Changes> {
    await this.#inTurn(() => this.#catchUp(nowMs));
    const counts = this.#bySpan.get(span)!;
    const changes: Changes = { joined: [], left: [], changed: [] };
    for (let step = first; step <= last; step++) {
      const [joined, left, changed] = counts.get(step) ?? [0, 0, 0];
      changes.joined.push(joined);
      changes.left.push(left);
      changes.changed.push(changed);
    }
    return changes;
  }

  /** A month of a commit each 30 s is 86,400 entries, once. */
  async #catchUp(nowMs: number): Promise<void> {
    const top = await heightOfLog(this.#store);
    const oldestMs = nowMs - Math.max(...spanNames.map(span => spans[span].stepMs * spans[span].steps));
    for (let below = top + 1; below - 1 > this.#height; ) {
      const limit = Math.min(pageMax, below - 1 - this.#height);
      const entries = await readLog(this.#store, { limit, below });
      for (const entry of entries) this.#add(entry);
      const oldest = entries.findLast(({ statement }) => !statement);
      if (entries.length < limit || (oldest && oldest.atMs < oldestMs)) break;
      below -= entries.length;
    }
    this.#height = top;
    for (const span of spanNames) {
      const { stepMs, steps } = spans[span];
      const first = Math.floor(nowMs / stepMs) - steps;
      const counts = this.#bySpan.get(span)!;
      for (const step of [...counts.keys()]) if (step < first) counts.delete(step);
    }
  }

  #add({ atMs, added, removed, changed }: LogEntry): void {
    if (added + removed + changed === 0) return;
    for (const span of spanNames) {
      const counts = this.#bySpan.get(span)!;
      const step = Math.floor(atMs / spans[span].stepMs);
      const held = counts.get(step) ?? [0, 0, 0];
      counts.set(step, [held[0] + added, held[1] + removed, held[2] + changed]);
    }
  }
}
