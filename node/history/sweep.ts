// Deletes the objects of commits that are history no more. What may go is gathered from those commits; whatever is reached
// from a commit that is kept, or is leaned on, is spared; the rest is deleted, each object before those that lead to it. So
// memory is taken for what may go alone, nothing that can be reached is ever deleted, and what a crash leaves is found again.
import { fromUtf8 } from '../base/bytes.ts';
import { damaged } from './damaged.ts';
import { batches } from './diff.ts';
import { entriesFrom } from './log.ts';
import { readEntry } from './objects.ts';
import { OidSet } from './oid-set.ts';
import type { Store, Write } from './store.ts';
import { childrenIn } from './tree-bytes.ts';

export type SweepDeps = {
  readonly store: Store;
  /** Runs a task while no commit is written and nobody leans on objects that no commit holds. */
  readonly alone: <T>(task: () => Promise<T>) => Promise<T>;
  /** Root trees of statements and drafts that may be needed though no commit holds them. */
  readonly leanedOn: () => Promise<readonly string[]>;
  readonly pause: () => Promise<void>;
};

export type Swept = { readonly commits: number; readonly objects: number };

/** What may go is gathered up to here, 40 bytes each, then all that is kept is walked: the rest has its turn afterwards. */
const candidatesMax = 1_000_000;
/** Objects read before the event loop gets a turn: 3 ms. */
const readMax = 256;
/** Commits walked together. */
const commitsMax = 64;
/** Objects deleted in one batch: 5 ms. */
const deletedMax = 1_000;

/** One portion of what is to go; undefined when there is nothing. */
export async function sweep(deps: SweepDeps, most = candidatesMax): Promise<Swept | undefined> {
  const portion = new Portion(deps, most);
  const going = await portion.gather();
  if (going.length === 0) return undefined;
  await portion.spareKept();
  const objects = await portion.deleteOthers();
  for (const batch of batches(going, deletedMax)) {
    await deps.store.write(batch.map(([key]): Write => ({ space: 'going', del: key })));
  }
  return { commits: going.length, objects };
}

class Portion {
  readonly #deps: SweepDeps;
  readonly #most: number;
  /** In the order in which they were found: each was found in one before it. */
  readonly #candidates = new OidSet();
  /** A bit for each candidate. */
  #spared = new Uint8Array();
  /** The tree last walked at each path of kept commits, with all below it: commits have most of them from the one before. */
  readonly #walked = new Map<string, string>();
  readonly #leanedOn = new Set<string>();
  /** Up to where commits have been walked. */
  #height = 0;

  constructor(deps: SweepDeps, most: number) {
    this.#deps = deps;
    this.#most = most;
  }

  /** Candidates from commits that go, as many as there is room for. */
  async gather(): Promise<[key: string, oid: string][]> {
    const { store, leanedOn } = this.#deps;
    const needed = new Set(await leanedOn());
    const going: [key: string, oid: string][] = [];
    for await (const [key, value] of store.entries('going')) {
      const oid = fromUtf8(value)!;
      const [tree] = await this.#treesOf([oid]);
      // It is here for as long as somebody leans on it.
      if (tree !== undefined && needed.has(tree)) continue;
      going.push([key, oid]);
      this.#candidates.add(oid);
      if (tree !== undefined && this.#candidates.add(tree)) await this.#gatherBelow([tree]);
      if (this.#candidates.size >= this.#most) break;
    }
    this.#spared = new Uint8Array(Math.ceil(this.#candidates.size / 8));
    return going;
  }

  async #gatherBelow(trees: readonly string[]): Promise<void> {
    for (let level = trees; level.length > 0; ) {
      const next: string[] = [];
      for (const batch of batches(level, readMax)) {
        for (const body of await this.#bodies(batch)) {
          // An earlier sweep that was broken off had come as far as this: all below is gone too.
          if (body === undefined) continue;
          for (const { oid, isTree } of childrenIn(body)) if (this.#candidates.add(oid) && isTree) next.push(oid);
        }
        await this.#deps.pause();
      }
      level = next;
    }
  }

  /** Spares what commits in the log reach, and what is leaned on; to be asked again for those that came since. */
  async spareKept(): Promise<void> {
    const { store, leanedOn } = this.#deps;
    let commits: string[] = [];
    for await (const [height, { oid }] of entriesFrom(store, this.#height)) {
      this.#height = height + 1;
      if (commits.push(oid) < commitsMax) continue;
      await this.#spareCommits(commits);
      commits = [];
    }
    await this.#spareCommits(commits);
    for (const tree of await leanedOn()) {
      if (this.#leanedOn.has(tree)) continue;
      this.#leanedOn.add(tree);
      // Some of it may not be here yet. What is missing below a path counts for no other walk.
      await this.#spareTrees([tree], new Map(), () => {});
    }
  }

  async #spareCommits(oids: readonly string[]): Promise<void> {
    const trees = await this.#treesOf(oids);
    const missing = (what: string) => {
      throw damaged(`${what} is missing`);
    };
    for (const [i, oid] of oids.entries()) {
      this.#spare(oid);
      if (trees[i] === undefined) missing(`commit ${oid}`);
    }
    await this.#spareTrees(trees as string[], this.#walked, missing);
  }

  async #spareTrees(
    roots: readonly string[],
    walked: Map<string, string>,
    missing: (what: string) => void,
  ): Promise<void> {
    for (let level = roots.map(oid => ({ path: '', oid })); level.length > 0; ) {
      const next: typeof level = [];
      const fresh = level.filter(({ path, oid }) => {
        this.#spare(oid);
        if (walked.get(path) === oid) return false;
        walked.set(path, oid);
        return true;
      });
      for (const batch of batches(fresh, readMax)) {
        const bodies = await this.#bodies(batch.map(({ oid }) => oid));
        for (const [i, { path, oid }] of batch.entries()) {
          const body = bodies[i];
          if (body === undefined) missing(`tree ${oid}`);
          else
            for (const child of childrenIn(body)) {
              if (child.isTree) next.push({ path: `${path}/${child.name}`, oid: child.oid });
              else this.#spare(child.oid);
            }
        }
        await this.#deps.pause();
      }
      level = next;
    }
  }

  #spare(oid: string): void {
    const place = this.#candidates.placeOf(oid);
    if (place !== undefined) this.#spared[place >> 3]! |= 1 << (place & 7);
  }

  /** The last that was found goes first: what leads to an object is here for longer than it. */
  async deleteOthers(): Promise<number> {
    const { store, alone, pause } = this.#deps;
    let deleted = 0;
    for (let place = this.#candidates.size; place > 0; ) {
      await alone(async () => {
        // A commit may have brought back what was gone when the others were walked.
        await this.spareKept();
        const writes: Write[] = [];
        while (place > 0 && writes.length < deletedMax) {
          place--;
          if ((this.#spared[place >> 3]! & (1 << (place & 7))) === 0) {
            writes.push({ space: 'objects', del: this.#candidates.at(place) });
          }
        }
        if (writes.length > 0) await store.write(writes);
        deleted += writes.length;
      });
      await pause();
    }
    return deleted;
  }

  /** Of a commit's first line; undefined when it is not here. */
  async #treesOf(commits: readonly string[]): Promise<(string | undefined)[]> {
    const bodies = await this.#bodies(commits);
    return bodies.map(body => body?.toString('latin1', 'tree '.length, 'tree '.length + 40));
  }

  async #bodies(oids: readonly string[]): Promise<(Buffer | undefined)[]> {
    const entries = await this.#deps.store.getMany('objects', oids);
    return entries.map(entry => {
      const { body } = entry ? readEntry(entry) : {};
      return body && Buffer.from(body.buffer, body.byteOffset, body.length);
    });
  }
}
