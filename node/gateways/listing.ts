// The list as gateways show it: groups of servers that clients ask for together, kept by change and sorted when asked for.
import { type Monotonic, second } from '../base/time.ts';
import type { Filterable } from '../list/filter.ts';
import type { Announcement } from '../records/announcement.ts';

/** A server as it is shown: its announcement, where it stands, what was seen of it. */
export type Row = Pick<
  Filterable,
  'id' | 'game' | 'name' | 'addresses' | 'version' | 'tags' | 'attributes' | 'standing' | 'karma' | 'observed'
>;
/** The groups that a server belongs to, by what its announcement says; none when no client of the family could use it. */
export type KeysOf = (announcement: Announcement) => readonly string[];

/** What was seen of servers, and how they stand, may be this old. */
export const freshMs = second;
/** Who joined or left is in the list within this time: a flood of changes must not sort it for every question. */
export const promptMs = 100;
/** Of a list so large that sorting takes long, sorting takes at most this share of the time. */
const sortingShareMax = 1 / 20;

export type ListingDeps = {
  /** Of these servers the ones that players see unless they ask for all, in the order in which they see them. */
  readonly rows: (ids: Iterable<string>) => readonly Row[];
  readonly monotonic: Monotonic;
};

export class Listing {
  readonly #deps: ListingDeps;
  readonly #groups: Groups[] = [];

  constructor(deps: ListingDeps) {
    this.#deps = deps;
  }

  /** Groups by other keys; `known` are the servers listed now. */
  groups(keysOf: KeysOf, known: Iterable<Announced>): Groups {
    const groups = new Groups(this.#deps, keysOf);
    for (const { id, announcement } of known) groups.set(id, announcement);
    this.#groups.push(groups);
    return groups;
  }

  /** A server is listed, or something of it is new; without an announcement it left. */
  set(id: string, announcement: Announcement | undefined): void {
    for (const groups of this.#groups) groups.set(id, announcement);
  }
}

export type Announced = { readonly id: string; readonly announcement: Announcement };

type Group = {
  readonly ids: Set<string>;
  rows: readonly Row[];
  changed: boolean;
  promptAtMs: number;
  staleAtMs: number;
};

const nobody: readonly Row[] = [];

/** As many groups as the listed servers name: a question about any other key costs and keeps nothing. */
export class Groups {
  readonly #deps: ListingDeps;
  readonly #keysOf: KeysOf;
  readonly #keys = new Map<string, readonly string[]>();
  readonly #groups = new Map<string, Group>();

  constructor(deps: ListingDeps, keysOf: KeysOf) {
    this.#deps = deps;
    this.#keysOf = keysOf;
  }

  /** Rows of one group in order. The very same array until it is built again: what is made from it can be kept beside it. */
  get(key: string): readonly Row[] {
    const { monotonic, rows } = this.#deps;
    const group = this.#groups.get(key);
    if (!group) return nobody;
    const now = monotonic();
    if (now >= group.staleAtMs || (group.changed && now >= group.promptAtMs)) {
      group.rows = rows(group.ids);
      group.changed = false;
      const restMs = (monotonic() - now) / sortingShareMax;
      group.promptAtMs = now + Math.max(promptMs, restMs);
      group.staleAtMs = now + Math.max(freshMs, restMs);
    }
    return group.rows;
  }

  set(id: string, announcement: Announcement | undefined): void {
    const keys = announcement?.state === 'up' ? this.#keysOf(announcement) : [];
    for (const key of this.#keys.get(id) ?? []) this.#leave(key, id);
    if (keys.length === 0) this.#keys.delete(id);
    else this.#keys.set(id, keys);
    for (const key of keys) this.#join(key, id);
  }

  #join(key: string, id: string): void {
    const group = this.#groups.get(key) ?? { ids: new Set(), rows: nobody, changed: true, promptAtMs: 0, staleAtMs: 0 };
    group.ids.add(id);
    group.changed = true;
    this.#groups.set(key, group);
  }

  #leave(key: string, id: string): void {
    const group = this.#groups.get(key)!;
    group.ids.delete(id);
    group.changed = true;
    if (group.ids.size === 0) this.#groups.delete(key);
  }
}
