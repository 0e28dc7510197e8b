// The tree of the list as it stands, in memory: `a/b/c/<id>.json` below `servers`. A change marks one leaf and the three
// trees above it; only those are hashed again when somebody asks, and only what the store lacks is written.
import { gitHash } from '../base/bytes.ts';
import { emptyTree, formatTree, type TreeEntry } from './tree.ts';

/** Trees of one depth: 1, 16, 256 and 4,096 of them, each named by the number that its digits spell. */
type Level = {
  /** Hash as last worked out; undefined where a change waits or nothing is below. */
  readonly oids: (string | undefined)[];
  /** Hash that the store has. */
  readonly saved: (string | undefined)[];
};

/** Three digits lead to a leaf. Part of every hash. */
const depth = 3;

/** A tree object that is not in the store yet. */
export type UnsavedTree = { readonly oid: string; readonly body: Uint8Array };

export class ServersTree {
  readonly #levels: readonly Level[] = Array.from({ length: depth + 1 }, (_, level) => ({
    oids: new Array<string | undefined>(16 ** level).fill(undefined),
    saved: new Array<string | undefined>(16 ** level).fill(undefined),
  }));
  readonly #leaves: (Map<string, string> | undefined)[] = new Array(16 ** depth).fill(undefined);
  /** Changed since their hash was worked out, by level. */
  readonly #dirty: readonly Set<number>[] = Array.from({ length: depth + 1 }, () => new Set<number>());
  /** Where the tree with a hash is: level and number. */
  readonly #places = new Map<string, readonly [level: number, number: number]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): string | undefined {
    return this.#leaves[leafOf(id)]?.get(id);
  }

  /** Sets the blob of a server, or takes the server out. */
  set(id: string, blob: string | undefined): void {
    const number = leafOf(id);
    const leaf = this.#leaves[number] ?? new Map<string, string>();
    const before = leaf.get(id);
    if (before === blob) return;
    if (blob === undefined) leaf.delete(id);
    else leaf.set(id, blob);
    this.#leaves[number] = leaf.size > 0 ? leaf : undefined;
    this.#size += (blob === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    for (let level = depth, n = number; level >= 0 && !this.#dirty[level]!.has(n); level--, n >>= 4) {
      this.#dirty[level]!.add(n);
    }
  }

  /** Hash of `servers/`. */
  root(): string {
    for (let level = depth; level >= 0; level--) {
      for (const number of this.#dirty[level]!) this.#hash(level, number);
      this.#dirty[level]!.clear();
    }
    return this.#levels[0]!.oids[0] ?? emptyTree;
  }

  /** Body of a tree of the list as it stands, by hash. */
  body(oid: string): Uint8Array | undefined {
    this.root();
    const place = this.#places.get(oid);
    if (place) return formatTree(this.#entries(...place));
    return oid === emptyTree ? new Uint8Array() : undefined;
  }

  /** Hash of the tree or blob at a path below `servers`: `['a', 'b']`. */
  at(digits: readonly string[]): string | undefined {
    this.root();
    return digits.length > depth
      ? undefined
      : this.#levels[digits.length]!.oids[Number.parseInt(`0${digits.join('')}`, 16)];
  }

  /** Ids and blobs whose id begins with the digits. */
  *below(digits: readonly string[]): Generator<[id: string, blob: string]> {
    const shift = 4 * (depth - digits.length);
    const first = Number.parseInt(`0${digits.join('')}`, 16) << shift;
    for (let leaf = first; leaf < first + (1 << shift); leaf++) yield* this.#leaves[leaf] ?? [];
  }

  /** The trees below the root, itself included, that the store lacks. They count as saved once `saved()` is called. */
  unsaved(): { trees: UnsavedTree[]; saved: () => void } {
    this.root();
    const places: [level: number, number: number, oid: string][] = [];
    const visit = (level: number, number: number): void => {
      const { oids, saved } = this.#levels[level]!;
      const oid = oids[number];
      if (oid === undefined || oid === saved[number]) return;
      places.push([level, number, oid]);
      if (level < depth) for (let digit = 0; digit < 16; digit++) visit(level + 1, number * 16 + digit);
    };
    visit(0, 0);
    const trees = places.map(([level, number, oid]) => ({ oid, body: formatTree(this.#entries(level, number)) }));
    return { trees, saved: () => this.#markSaved(places) };
  }

  /** Says that the store has every tree as it stands: after loading. */
  allSaved(): void {
    this.root();
    for (const { oids, saved } of this.#levels) for (let i = 0; i < oids.length; i++) saved[i] = oids[i];
  }

  #markSaved(places: readonly (readonly [level: number, number: number, oid: string])[]): void {
    for (const [level, number, oid] of places) this.#levels[level]!.saved[number] = oid;
  }

  #hash(level: number, number: number): void {
    const { oids } = this.#levels[level]!;
    const before = oids[number];
    if (before !== undefined) this.#places.delete(before);
    const entries = this.#entries(level, number);
    oids[number] = entries.length > 0 ? gitHash('tree', formatTree(entries)) : undefined;
    if (oids[number] !== undefined) this.#places.set(oids[number], [level, number]);
  }

  #entries(level: number, number: number): TreeEntry[] {
    if (level === depth) {
      return [...(this.#leaves[number] ?? [])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, oid]) => ({ mode: '100644', name: `${id}.json`, oid }));
    }
    const children = this.#levels[level + 1]!.oids;
    return digits.flatMap((name, digit) => {
      const oid = children[number * 16 + digit];
      return oid === undefined ? [] : [{ mode: '40000', name, oid }];
    });
  }
}

const digits = [...'0123456789abcdef'];
const leafOf = (id: string): number => Number.parseInt(id.slice(0, depth), 16);
