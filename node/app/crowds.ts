// Who is too many in a crowd, as it was counted a moment ago: it depends on all of the crowd, so no row tells it by itself.
import { inSlices, type Pause } from '../base/slices.ts';
import type { Monotonic } from '../base/time.ts';
import type { Group, Neighbours } from '../list/neighbours.ts';
import type { View } from '../list/view.ts';

export type CrowdsDeps = {
  readonly neighbours: Pick<Neighbours, 'crowded'>;
  /** The list as of now. */
  readonly view: () => Pick<View<never>, 'surplusInSlices'>;
  readonly monotonic: Monotonic;
  readonly pause: Pause;
  /** A server is too many now, or no more. */
  readonly changed: (id: string) => void;
};

/** What took long to work out is kept so many times as long. */
const keptFactor = 20;

export class Crowds {
  readonly #deps: CrowdsDeps;
  #surplus: ReadonlySet<string> = new Set();
  /** Groups that were crowded when that was worked out. */
  #crowded: ReadonlySet<Group> = new Set();
  /** Of a list that was never counted everything is new. */
  #moved = true;
  #keptUntilMs = 0;
  #counting: Promise<void> | undefined;

  constructor(deps: CrowdsDeps) {
    this.#deps = deps;
  }

  get surplus(): ReadonlySet<string> {
    return this.#surplus;
  }

  /** A member of the group counts otherwise than before. */
  disturb(group: Group): void {
    if (this.#deps.neighbours.crowded.has(group) || this.#crowded.has(group)) this.#moved = true;
  }

  /** Counts, if that is to be done. undefined: it need not be. */
  counted(): Promise<void> | undefined {
    if (!this.#counting && this.#moved && this.#deps.monotonic() >= this.#keptUntilMs) {
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined;
      });
    }
    return this.#counting;
  }

  async #count(): Promise<void> {
    const { view, monotonic, neighbours, pause, changed } = this.#deps;
    const [startedAtMs, before] = [monotonic(), this.#surplus];
    const crowded = new Set(neighbours.crowded);
    this.#moved = false;
    this.#surplus = await inSlices(view().surplusInSlices(), pause);
    this.#crowded = crowded;
    for (const id of before.symmetricDifference(this.#surplus)) changed(id);
    const doneAtMs = monotonic();
    this.#keptUntilMs = doneAtMs + keptFactor * (doneAtMs - startedAtMs);
  }
}
