// Keeps rows as they are now: what may be otherwise is looked at again, and so are those for whom that counts.
import type { Observed } from '../api/port.ts';
import type { Pause } from '../base/slices.ts';
import type { Monotonic } from '../base/time.ts';
import type { Group, Neighbour, Neighbours } from '../list/neighbours.ts';
import type { View } from '../list/view.ts';
import type { Verified } from '../records/verified.ts';
import { Crowds } from './crowds.ts';
import { KeptRow } from './kept-row.ts';
import { RowPages } from './row-pages.ts';

export type RowKeeperDeps = {
  readonly listed: ReadonlyMap<string, Verified>;
  readonly neighbours: Pick<Neighbours, 'get' | 'crowded' | 'giving'>;
  /** The list as of now; `surplus` is who is too many, where that is known. */
  readonly view: (surplus?: ReadonlySet<string>) => View<Observed>;
  readonly monotonic: Monotonic;
  readonly pause: Pause;
};

/** Rows that are looked at in one go, in 5 ms. More than that are caught up with in slices, and questions wait for it. */
const sliceRows = 250;

export class RowKeeper {
  readonly #deps: RowKeeperDeps;
  readonly pages: RowPages;
  readonly crowds: Crowds;
  /** All that were listed when this began, and were not looked at yet: nobody makes a set of them in one go. */
  #unseen: Iterator<string> | undefined;
  /** Ids of rows to be looked at again: at most those that were and are listed. */
  readonly #stale = new Set<string>();
  /** Addresses of which all who give them are stale already, in this pass. */
  readonly #disturbed = new Set<string>();
  /** New servers that each network had when its members were last looked at. */
  readonly #news = new WeakMap<Group, number>();
  #toSweep: Iterator<string> = [][Symbol.iterator]();

  constructor(deps: RowKeeperDeps) {
    const { listed, neighbours, view, monotonic, pause } = deps;
    this.#deps = deps;
    this.pages = new RowPages({ monotonic, pause }, listed.size);
    this.crowds = new Crowds({ neighbours, view: () => view(), monotonic, pause, changed: id => this.touch(id) });
    this.#unseen = listed.keys();
  }

  touch(id: string): void {
    this.#stale.add(id);
  }

  /** Whether every row is as it was told to be. */
  get isCurrent(): boolean {
    return this.#stale.size === 0 && !this.#unseen;
  }

  /** Whether there is more to look at than a question may do on the way. */
  get isBehind(): boolean {
    return this.#stale.size > sliceRows || this.#unseen !== undefined;
  }

  /** Looks at so many as one slice allows. Those that are added on the way are looked at as well. */
  lookAgain(): void {
    if (this.isCurrent) return;
    const view = this.#deps.view(this.crowds.surplus);
    this.#disturbed.clear();
    let left = sliceRows;
    for (const id of this.#stale.values().take(sliceRows)) {
      this.#stale.delete(id);
      this.#look(id, view);
      left--;
    }
    for (; this.#unseen && left > 0; left--) {
      const next = this.#unseen.next();
      if (next.done) this.#unseen = undefined;
      else this.#look(next.value, view);
    }
  }

  /** Rows that are to be looked at though nothing was heard of them, in turn. */
  sweep(count: number): void {
    for (let n = Math.min(count, this.pages.size); n > 0; n--) {
      let next = this.#toSweep.next();
      if (next.done) {
        this.#toSweep = this.#deps.listed.keys();
        next = this.#toSweep.next();
      }
      if (!next.done) this.touch(next.value);
    }
  }

  /** Makes a row anew; if it counts otherwise for others, theirs are stale too. */
  #look(id: string, view: View<Observed>): void {
    const before = this.pages.get(id);
    const after = this.#keep(id, before, view);
    if (before && after && before.countsAs(after)) return;
    const seen = new Set<Neighbour | undefined>([before?.neighbour, after?.neighbour]);
    for (const neighbour of seen) if (neighbour) this.#disturb(neighbour);
  }

  #keep(id: string, before: KeptRow | undefined, view: View<Observed>): KeptRow | undefined {
    const item = this.#deps.listed.get(id);
    if (!item) {
      this.pages.delete(id);
      return undefined;
    }
    const sight = view.of(item);
    const looked = { item, sight, rank: view.rank(item, sight), neighbour: this.#deps.neighbours.get(id) };
    if (before?.looksAs(looked)) return before;
    const after = new KeptRow(looked);
    this.pages.set(after);
    return after;
  }

  #disturb({ id, groups, addresses }: Neighbour): void {
    for (const group of groups) {
      this.crowds.disturb(group);
      const known = this.#news.get(group);
      if (group.kind !== 'network' || known === group.news) continue;
      this.#news.set(group, group.news);
      // Of a network that was never looked at all members are yet to be.
      if (known !== undefined) for (const member of group.members) this.touch(member.id);
    }
    for (const address of addresses) {
      if (this.#disturbed.has(address)) continue;
      this.#disturbed.add(address);
      for (const other of this.#deps.neighbours.giving(address)) if (other.id !== id) this.touch(other.id);
    }
  }
}
