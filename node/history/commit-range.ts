// Which commits lie between what somebody wants and what he has, also for shallow clones.
import { RollcallError } from '../base/errors.ts';
import { type CommitLinks, type EntrySource, readLinks } from './commit-links.ts';

export type Range = {
  readonly wants: readonly string[];
  /** Commits that the other side holds with all that they reach; unknown ones count for nothing. */
  readonly haves: readonly string[];
  /** The other side holds none of the parents of these, and wants them now unless `wantCuts` says otherwise. */
  readonly haveCuts?: ReadonlySet<string>;
  /** The parents of these are not wanted. */
  readonly wantCuts?: ReadonlySet<string>;
};

/** A commit to send; `bases` are trees that the other side has or gets too: what they hold need not be sent again. */
export type NewCommit = { readonly oid: string; readonly tree: string; readonly bases: readonly string[] };

/** A commit without a known parent is compared with some of the haves instead: more than a few cost more than they save. */
const strangeBasesMax = 4;

/**
 * Walks newest first by time, from both ends at once, until nothing wanted is left that is not had. A clock that was wrong can
 * make this list a commit that the other side has, which costs bytes and nothing else; it never leaves one out. Gives each
 * commit after its parents, so that what is compared with a base never is what the base was compared with: a list that went
 * from one state to another and back would lose what both hold.
 */
export async function newCommits(store: EntrySource, range: Range): Promise<NewCommit[]> {
  const walk = new Walk(store);
  await walk.visit(range.haves, true);
  const had = walk.nodes();
  const healed = [...(range.haveCuts ?? [])].filter(oid => !range.wantCuts?.has(oid));
  const links = await readLinks(store, healed);
  await walk.visit([...range.wants, ...links.flatMap(commit => commit?.parents ?? [])], false);
  for (let node = walk.next(); node !== undefined; node = walk.next()) {
    const cuts = node.had ? range.haveCuts : range.wantCuts;
    if (!cuts?.has(node.oid)) await walk.visit(node.parents, node.had);
  }
  const strangeBases = had.slice(0, strangeBasesMax).map(({ tree }) => tree);
  return walk.wanted().map(({ oid, tree, parents }) => {
    // Who has nothing is sent everything once, and that needs no comparing.
    if (had.length === 0) return { oid, tree, bases: [] };
    const bases = parents.flatMap(parent => walk.node(parent)?.tree ?? []);
    return { oid, tree, bases: bases.length > 0 ? bases : strangeBases };
  });
}

type Node = CommitLinks & { had: boolean; queued: boolean };

class Walk {
  readonly #store: EntrySource;
  readonly #nodes = new Map<string, Node>();
  /** Oldest first, so that the newest is taken from the end. */
  readonly #queue: Node[] = [];
  /** How many in the queue are wanted and not had. */
  #open = 0;

  constructor(store: EntrySource) {
    this.#store = store;
  }

  nodes(): Node[] {
    return [...this.#nodes.values()];
  }

  /** Those that are not had, each after its parents. */
  wanted(): Node[] {
    const placed = new Set<Node>();
    for (const node of this.#nodes.values()) {
      const open = node.had ? [] : [node];
      for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
        const before = placed.has(last) ? [] : this.#wantedParents(last).filter(parent => !placed.has(parent));
        if (before.length > 0) open.push(...before);
        else placed.add(open.pop()!);
      }
    }
    return [...placed];
  }

  #wantedParents({ parents }: Node): Node[] {
    return parents.flatMap(oid => {
      const parent = this.#nodes.get(oid);
      return parent && !parent.had ? [parent] : [];
    });
  }

  node(oid: string): Node | undefined {
    return this.#nodes.get(oid);
  }

  next(): Node | undefined {
    if (this.#open === 0) return undefined;
    const node = this.#queue.pop()!;
    node.queued = false;
    if (!node.had) this.#open--;
    return node;
  }

  /** @throws RollcallError STORE_DAMAGED when a wanted commit is not there */
  async visit(oids: readonly string[], had: boolean): Promise<void> {
    const strange = [...new Set(oids)].filter(oid => !this.#nodes.has(oid));
    const links = await readLinks(this.#store, strange);
    if (had) for (const oid of oids) this.#markHad(oid);
    for (const [i, found] of links.entries()) {
      if (found !== undefined) {
        const node = { ...found, had, queued: false };
        this.#nodes.set(node.oid, node);
        this.#enqueue(node);
      } else if (!had) {
        throw new RollcallError('STORE_DAMAGED', `commit ${strange[i]} is missing from the store`);
      }
    }
  }

  #markHad(oid: string): void {
    const node = this.#nodes.get(oid);
    if (node === undefined || node.had) return;
    if (node.queued) this.#open--;
    node.had = true;
    // Its parents were taken for wanted: it has to pass the news on.
    if (!node.queued) this.#enqueue(node);
  }

  #enqueue(node: Node): void {
    let low = 0;
    for (let high = this.#queue.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#queue[middle]!.timeS <= node.timeS) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, node);
    node.queued = true;
    if (!node.had) this.#open++;
  }
}
