// The tree of the list as it stands, in memory: `a/b/c/<id>.json` below `servers`. A change marks one leaf and the three
// trees above it; only those are hashed again when somebody asks, and only what the store lacks is written.
import { gitHash } from '../base/bytes.ts';
import { emptyTree } from './tree.ts';
import { entryIn, setEntry, withEntry } from './tree-bytes.ts';

/** Trees of one depth: 1, 16, 256 and 4,096 of them, each named by the number that its digits spell. */
type Level = {
  readonly bodies: Buffer[];
  /** Hash as last worked out; undefined when nothing is below. */
  readonly oids: (string | undefined)[];
  /** Hash that the store has, with all that is below. */
  readonly saved: (string | undefined)[];
  /** Changed since their hash was worked out. */
  readonly dirty: Set<number>;
};

/** Three digits lead to a leaf. Part of every hash. */
const depth = 3;

/** A tree object that is not in the store yet. */
export type UnsavedTree = { readonly oid: string; readonly body: Uint8Array };

export class ServersTree {
  readonly #levels: readonly Level[] = Array.from({ length: depth + 1 }, (_, level) => ({
    bodies: new Array<Buffer>(16 ** level).fill(noEntries),
    oids: new Array<string | undefined>(16 ** level).fill(undefined),
    saved: new Array<string | undefined>(16 ** level).fill(undefined),
    dirty: new Set<number>(),
  }));
  /** Bodies of the trees as last hashed. */
  readonly #byOid = new Map<string, Buffer>();

  /** The blob of a server. */
  get(id: string): string | undefined {
    return entryIn(this.#levels[depth]!.bodies[leafOf(id)]!, leafHead(id));
  }

  /** Sets the blob of a server, or takes the server out. */
  set(id: string, blob: string | undefined): void {
    this.#change(depth, leafOf(id), leafHead(id), blob);
  }

  /** Hash of `servers/`. */
  root(): string {
    for (let level = depth; level >= 0; level--) {
      const { bodies, oids, dirty } = this.#levels[level]!;
      for (const number of dirty) {
        const before = oids[number];
        if (before !== undefined) this.#byOid.delete(before);
        const body = bodies[number]!;
        const oid = body.length > 0 ? gitHash('tree', body) : undefined;
        oids[number] = oid;
        if (oid !== undefined) this.#byOid.set(oid, body);
        if (level > 0) this.#change(level - 1, number >> 4, `40000 ${(number & 15).toString(16)}\0`, oid);
      }
      dirty.clear();
    }
    return this.#levels[0]!.oids[0] ?? emptyTree;
  }

  /** Body of a tree of the list as it stands, by hash. */
  body(oid: string): Uint8Array | undefined {
    this.root();
    return this.#byOid.get(oid) ?? (oid === emptyTree ? noEntries : undefined);
  }

  /** Hash of the tree at some digits below `servers`: `['a', 'b']`. */
  at(digits: readonly string[]): string | undefined {
    this.root();
    return this.#levels[digits.length]?.oids[Number.parseInt(`0${digits.join('')}`, 16)];
  }

  /** The trees below the root, itself included, that the store lacks. They count as saved once `saved()` is called. */
  unsaved(): { trees: UnsavedTree[]; saved: () => void } {
    this.root();
    const trees: UnsavedTree[] = [];
    const changed: { readonly level: Level; readonly number: number; readonly oid: string | undefined }[] = [];
    const visit = (at: number, number: number): void => {
      const level = this.#levels[at]!;
      const oid = level.oids[number];
      if (oid === level.saved[number]) return;
      changed.push({ level, number, oid });
      if (oid !== undefined) trees.push({ oid, body: level.bodies[number]! });
      if (at < depth) for (let digit = 0; digit < 16; digit++) visit(at + 1, number * 16 + digit);
    };
    visit(0, 0);
    const saved = () => {
      // What is empty too: the store may let go of what was there before it comes back.
      for (const { level, number, oid } of changed) level.saved[number] = oid;
    };
    return { trees, saved };
  }

  /** Says that the store has every tree as it stands: after loading. */
  allSaved(): void {
    this.unsaved().saved();
  }

  #change(at: number, number: number, head: string, oid: string | undefined): void {
    const { bodies, dirty } = this.#levels[at]!;
    const body = bodies[number]!;
    // Made since the last hash, so nobody else has it yet.
    if (dirty.has(number) && oid !== undefined && setEntry(body, head, oid)) return;
    bodies[number] = withEntry(body, head, oid);
    if (bodies[number] !== body) dirty.add(number);
  }
}

const noEntries = Buffer.alloc(0);
const leafOf = (id: string): number => Number.parseInt(id.slice(0, depth), 16);
const leafHead = (id: string): string => `100644 ${id}.json\0`;
